/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What every incremental parser answers. */
typedef enum
{
  WS_NEED_MORE,
  WS_DONE,
  WS_FAILED
} WsParse;

/* Why a connection has to be failed: the close code to send, and a reason that
 * fits a close frame (123 bytes and a NUL). The reason is what our own error
 * message says, too, so it names the limit and the property. */
typedef struct
{
  guint close_code;
  char  reason[124];
} WsFault;

void ws_fault_set (WsFault *fault, guint close_code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
