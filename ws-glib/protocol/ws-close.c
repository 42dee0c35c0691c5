/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and writes the payload of close frames. */
#include "protocol/ws-close.h"

#include <string.h>

#include "protocol/ws-utf8.h"

#define CODE_SIZE 2

gboolean
ws_close_is_sendable (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

gboolean
ws_close_parse (const guint8  *payload,
                gsize          len,
                guint         *code,
                const guint8 **reason,
                gsize         *reason_len,
                WsFault       *fault)
{
  *code = WS_CLOSE_NO_STATUS;
  *reason = payload;
  *reason_len = 0;
  if (len == 0)
    return TRUE;

  /* 5.5.1: if there is a body, it begins with two bytes of code. */
  if (len < CODE_SIZE)
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Close frame with a payload of a single byte");
      return FALSE;
    }

  *code = (guint) payload[0] << 8 | payload[1];
  *reason = payload + CODE_SIZE;
  *reason_len = len - CODE_SIZE;
  if (!ws_close_is_sendable (*code))
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Close frame with the illegal code %u", *code);
      return FALSE;
    }
  if (!ws_utf8_is_valid (*reason, *reason_len))
    {
      ws_fault_set (fault, WS_CLOSE_INVALID_PAYLOAD,
                    "Close frame with a reason that is not UTF-8");
      return FALSE;
    }
  return TRUE;
}

gsize
ws_close_write (guint       code,
                const char *reason,
                guint8      out[WS_CLOSE_PAYLOAD_MAX])
{
  gsize reason_len;

  if (code == WS_CLOSE_NO_STATUS)
    return 0;
  g_assert (ws_close_is_sendable (code));

  out[0] = (guint8) (code >> 8);
  out[1] = code & 0xFF;
  if (reason == NULL)
    return CODE_SIZE;

  reason_len = ws_utf8_cut (reason, strlen (reason), WS_CLOSE_REASON_MAX);
  memcpy (out + CODE_SIZE, reason, reason_len);
  return CODE_SIZE + reason_len;
}
