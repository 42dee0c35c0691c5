/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-envelope.h"
#include "protocol/ws-utf8.h"

/* What comes from a broker, which anybody may have put there. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  WsEnvelope       envelope;
  guint8           head[WS_ENVELOPE_HEAD];
  g_autofree char *problem = NULL;

  if (!ws_envelope_read (&envelope, data, size, &problem))
    {
      g_assert_nonnull (problem);
      g_assert_true (g_utf8_validate (problem, -1, NULL));
      return 0;
    }
  g_assert_null (problem);
  g_assert_true (envelope.data + envelope.len == data + size);
  g_assert_true (envelope.opcode != WS_OPCODE_TEXT
                 || ws_utf8_is_valid (envelope.data, envelope.len));
  ws_envelope_write_head (&envelope, head);
  g_assert_cmpmem (head, sizeof head, data, sizeof head);
  return 0;
}
