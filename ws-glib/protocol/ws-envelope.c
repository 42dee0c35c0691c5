/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form in which brokers carry messages from server to server. */
#include "protocol/ws-envelope.h"

#include <string.h>

#include "protocol/ws-utf8.h"

#define MAGIC 'W'

static void
write_number (guint8 *to, guint64 number)
{
  number = GUINT64_TO_BE (number);
  memcpy (to, &number, sizeof number);
}

static guint64
read_number (const guint8 *from)
{
  guint64 number;

  memcpy (&number, from, sizeof number);
  return GUINT64_FROM_BE (number);
}

void
ws_envelope_write_head (const WsEnvelope *self, guint8 head[WS_ENVELOPE_HEAD])
{
  head[0] = MAGIC;
  head[1] = WS_ENVELOPE_VERSION;
  head[2] = (guint8) self->opcode;
  head[3] = 0;
  write_number (head + 4, self->node);
  write_number (head + 12, self->client);
}

/* (transfer full) (nullable): what is wrong with the head. */
static char *
judge_head (const guint8 *data, gsize len)
{
  if (len == 0)
    return g_strdup ("It is empty");
  if (data[0] != MAGIC)
    return g_strdup_printf ("It begins with 0x%02x instead of 0x%02x: "
                            "something else has put it there",
                            data[0], MAGIC);
  if (len > 1 && data[1] != WS_ENVELOPE_VERSION)
    return g_strdup_printf ("It has version %u; this library reads version %u",
                            data[1], WS_ENVELOPE_VERSION);
  if (len < WS_ENVELOPE_HEAD)
    return g_strdup_printf ("It ends in its head, after %" G_GSIZE_FORMAT
                            " of %d bytes",
                            len, WS_ENVELOPE_HEAD);
  if (data[2] != WS_OPCODE_TEXT && data[2] != WS_OPCODE_BINARY)
    return g_strdup_printf ("It has opcode %u, which is neither text nor "
                            "binary",
                            data[2]);
  if (data[3] != 0)
    return g_strdup_printf ("Its fourth byte is %u, not 0", data[3]);
  return NULL;
}

gboolean
ws_envelope_read (WsEnvelope   *self,
                  const guint8 *data,
                  gsize         len,
                  char        **problem)
{
  *problem = judge_head (data, len);
  if (*problem != NULL)
    return FALSE;
  *self = (WsEnvelope){
    .opcode = (WsOpcode) data[2],
    .node = read_number (data + 4),
    .client = read_number (data + 12),
    .data = data + WS_ENVELOPE_HEAD,
    .len = len - WS_ENVELOPE_HEAD,
  };
  if (self->opcode == WS_OPCODE_TEXT
      && !ws_utf8_is_valid (self->data, self->len))
    *problem = g_strdup ("Its text is not valid UTF-8");
  return *problem == NULL;
}
