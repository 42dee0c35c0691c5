/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "protocol/ws-mask.h"

/* Payloads up to this length are spelled out. */
#define SHORT_MAX 64

static const guint8 mask_key[4] = { 0x37, 0xfa, 0x21, 0x3d };

void
wire_append (GByteArray   *wire,
             gboolean      fin,
             WsOpcode      opcode,
             gconstpointer payload,
             gsize         len,
             gboolean      masked)
{
  WsFrameHeader header
      = { .fin = fin, .opcode = opcode, .masked = masked, .length = len };
  guint8 bytes[WS_FRAME_HEADER_MAX];
  guint  begin;

  memcpy (header.mask, mask_key, sizeof mask_key);
  g_byte_array_append (wire, bytes, ws_frame_header_write (&header, bytes));
  begin = wire->len;
  if (len > 0)
    g_byte_array_append (wire, payload, len);
  if (masked)
    ws_mask (wire->data + begin, wire->data + begin, len, mask_key, 0);
}

void
wire_append_text (GByteArray *wire, const char *text, gboolean masked)
{
  wire_append (wire, TRUE, WS_OPCODE_TEXT, text, strlen (text), masked);
}

void
wire_append_close (GByteArray *wire,
                   guint       code,
                   const char *reason,
                   gboolean    masked)
{
  guint8 payload[WS_CLOSE_PAYLOAD_MAX];
  gsize  len = ws_close_write (code, reason, payload);

  wire_append (wire, TRUE, WS_OPCODE_CLOSE, payload, len, masked);
}

static const char *
opcode_name (WsOpcode opcode)
{
  switch (opcode)
    {
    case WS_OPCODE_CONTINUATION:
      return "continuation";
    case WS_OPCODE_TEXT:
      return "text";
    case WS_OPCODE_BINARY:
      return "binary";
    case WS_OPCODE_CLOSE:
      return "close";
    case WS_OPCODE_PING:
      return "ping";
    case WS_OPCODE_PONG:
      return "pong";
    }
  return "?";
}

static void
describe_frame (GString             *text,
                const WsFrameHeader *header,
                const guint8        *payload)
{
  gsize len = header->length;

  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                          opcode_name (header->opcode));
  if (len > SHORT_MAX && header->opcode != WS_OPCODE_CLOSE)
    {
      guint hash = 0;

      for (gsize i = 0; i < len; i++)
        hash = hash * 31 + payload[i];
      g_string_append_printf (text, "[%" G_GSIZE_FORMAT " %08x]", len, hash);
    }
  else if (header->opcode == WS_OPCODE_CLOSE && len >= 2)
    g_string_append_printf (text, "(%u%s%.*s)", payload[0] << 8 | payload[1],
                            len > 2 ? " " : "", (int) len - 2, payload + 2);
  else
    g_string_append_printf (text, "(%.*s)", (int) len, payload);
  if (!header->fin)
    g_string_append_c (text, '+');
}

char *
wire_describe (const guint8 *data, gsize len, gboolean masked)
{
  GString *text = g_string_new (NULL);

  while (len > 0)
    {
      WsFrameHeader header;
      WsFault       fault;
      WsParse       parse = ws_frame_header_parse (&header, data, len, &fault);
      g_autofree guint8 *payload = NULL;

      g_assert_cmpint (parse, !=, WS_FAILED);
      if (parse == WS_NEED_MORE || len - header.size < header.length)
        {
          g_string_append_printf (text, "%scut[%" G_GSIZE_FORMAT "]",
                                  text->len > 0 ? " " : "", len);
          break;
        }
      g_assert_cmpint (header.masked, ==, masked);
      payload = g_malloc0 (header.length + 1);
      memcpy (payload, data + header.size, header.length);
      if (masked)
        ws_mask (payload, payload, header.length, header.mask, 0);
      describe_frame (text, &header, payload);
      data += header.size + header.length;
      len -= header.size + header.length;
    }
  return g_string_free (text, FALSE);
}

guint8 *
wire_pattern (guint seed, gsize len)
{
  guint8 *bytes = g_malloc (len + 1);

  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) (seed * 7 + i * 13 + (i >> 8));
  return bytes;
}
