/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Describes what a peer did wrong, with the close code for it. */
#include "protocol/ws-fault.h"

#include <stdarg.h>

void
ws_fault_set (WsFault *fault, guint close_code, const char *format, ...)
{
  const char *valid_end;
  va_list     args;

  fault->close_code = close_code;
  va_start (args, format);
  g_vsnprintf (fault->reason, sizeof fault->reason, format, args);
  va_end (args);

  /* A close frame's reason is UTF-8, and the cut may have halved a character.
   */
  if (!g_utf8_validate (fault->reason, -1, &valid_end))
    fault->reason[valid_end - fault->reason] = '\0';
}
