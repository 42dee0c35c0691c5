/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads, checks and writes the header of a frame. */
#include "protocol/ws-frame.h"

#include <string.h>

#include "protocol/ws-close.h"

#define FIN_BIT      0x80
#define OPCODE_BITS  0x0F
#define MASK_BIT     0x80
#define LENGTH_BITS  0x7F
#define LENGTH_16BIT 126
#define LENGTH_64BIT 127

static gboolean
opcode_is_known (guint opcode)
{
  return opcode <= WS_OPCODE_BINARY
         || (opcode >= WS_OPCODE_CLOSE && opcode <= WS_OPCODE_PONG);
}

static gboolean
read_first_byte (WsFrameHeader *header, guint8 byte, WsFault *fault)
{
  const guint opcode = byte & OPCODE_BITS;

  if (!opcode_is_known (opcode))
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Frame with reserved opcode 0x%X", opcode);
      return FALSE;
    }

  header->fin = (byte & FIN_BIT) != 0;
  header->rsv = byte & WS_FRAME_RSV_BITS;
  header->opcode = (guint8) opcode;

  /* 5.5: control frames must not be fragmented. */
  if (!header->fin && ws_opcode_is_control (header->opcode))
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Control frame is fragmented");
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_second_byte (WsFrameHeader *header, guint8 byte, WsFault *fault)
{
  header->masked = (byte & MASK_BIT) != 0;
  header->length = byte & LENGTH_BITS;
  header->size = header->masked ? 6 : 2;

  if (header->length == LENGTH_16BIT)
    header->size = (guint8) (header->size + 2);
  else if (header->length == LENGTH_64BIT)
    header->size = (guint8) (header->size + 8);

  /* 5.5: a control frame's length fits the seven bits. */
  if (header->length > WS_CONTROL_PAYLOAD_MAX
      && ws_opcode_is_control (header->opcode))
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Control frame has more than %d bytes",
                    WS_CONTROL_PAYLOAD_MAX);
      return FALSE;
    }
  return TRUE;
}

static WsParse
fail_length (WsFault *fault, const char *what)
{
  ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR, "Frame length %s", what);
  return WS_FAILED;
}

static WsParse
read_16bit_length (guint64      *length,
                   const guint8 *field,
                   gsize         len,
                   WsFault      *fault)
{
  if (len < 2)
    return WS_NEED_MORE;

  *length = (guint) field[0] << 8 | field[1];
  /* 5.2: the minimal number of bytes must be used. */
  if (*length < LENGTH_16BIT)
    return fail_length (fault, "takes 16 bits where 7 do");
  return WS_DONE;
}

static WsParse
read_64bit_length (guint64      *length,
                   const guint8 *field,
                   gsize         len,
                   WsFault      *fault)
{
  guint64 value = 0;

  for (gsize i = 0; i < MIN (len, 8); i++)
    value = value << 8 | field[i];

  /* 5.2: the most significant bit must be 0, and the length minimal. Both show
   * before the last byte is here. */
  if (len >= 1 && (field[0] & 0x80) != 0)
    return fail_length (fault, "has its most significant bit set");
  if (len >= 6 && value >> 8 * (MIN (len, 8) - 6) == 0)
    return fail_length (fault, "takes 64 bits where 16 do");
  if (len < 8)
    return WS_NEED_MORE;

  *length = value;
  return WS_DONE;
}

WsParse
ws_frame_header_parse (WsFrameHeader *header,
                       const guint8  *data,
                       gsize          len,
                       WsFault       *fault)
{
  WsParse parsed = WS_DONE;

  if (len < 1)
    return WS_NEED_MORE;
  if (!read_first_byte (header, data[0], fault))
    return WS_FAILED;
  if (len < 2)
    return WS_NEED_MORE;
  if (!read_second_byte (header, data[1], fault))
    return WS_FAILED;

  if (header->length == LENGTH_16BIT)
    parsed = read_16bit_length (&header->length, data + 2, len - 2, fault);
  else if (header->length == LENGTH_64BIT)
    parsed = read_64bit_length (&header->length, data + 2, len - 2, fault);
  if (parsed != WS_DONE)
    return parsed;
  if (len < header->size)
    return WS_NEED_MORE;

  if (header->masked)
    memcpy (header->mask, data + header->size - sizeof header->mask,
            sizeof header->mask);
  else
    memset (header->mask, 0, sizeof header->mask);
  return WS_DONE;
}

gboolean
ws_frame_header_check (const WsFrameHeader *header,
                       WsRole               role,
                       guint8               rsv_allowed,
                       WsFault             *fault)
{
  /* 5.2: reserved bits are 0 unless an extension defines them. Those that do
   * mark a message with its first frame (RFC 7692, 6.1). */
  const gboolean begins_message
      = header->opcode == WS_OPCODE_TEXT || header->opcode == WS_OPCODE_BINARY;
  const guint8   rsv_legal = begins_message ? rsv_allowed : 0;
  const gboolean must_mask = role == WS_ROLE_SERVER;

  if ((header->rsv & ~rsv_legal) != 0)
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    "Frame with reserved bits 0x%02X",
                    header->rsv & ~rsv_legal);
      return FALSE;
    }

  /* 5.1: a client masks all its frames, a server none. */
  if (header->masked != must_mask)
    {
      ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                    must_mask ? "Frame of a client is not masked"
                              : "Frame of a server is masked");
      return FALSE;
    }
  return TRUE;
}

/* Writes @value, most significant byte first. */
static void
write_big_endian (guint8 *out, guint64 value, gsize size)
{
  for (gsize i = size; i-- > 0; value >>= 8)
    out[i] = value & 0xFF;
}

gsize
ws_frame_header_write (const WsFrameHeader *header,
                       guint8               out[WS_FRAME_HEADER_MAX])
{
  const guint8 mask_bit = header->masked ? MASK_BIT : 0;
  gsize        size = 2;

  out[0] = ws_frame_first_byte (header->fin, header->rsv, header->opcode);
  if (header->length < LENGTH_16BIT)
    {
      out[1] = (guint8) (mask_bit | header->length);
    }
  else if (header->length <= G_MAXUINT16)
    {
      out[1] = mask_bit | LENGTH_16BIT;
      write_big_endian (out + size, header->length, 2);
      size += 2;
    }
  else
    {
      out[1] = mask_bit | LENGTH_64BIT;
      write_big_endian (out + size, header->length, 8);
      size += 8;
    }

  if (header->masked)
    {
      memcpy (out + size, header->mask, sizeof header->mask);
      size += sizeof header->mask;
    }
  return size;
}
