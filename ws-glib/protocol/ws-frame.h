/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-fault.h"

G_BEGIN_DECLS

/* RFC 6455, 5.2 */
typedef enum
{
  WS_OPCODE_CONTINUATION = 0x0,
  WS_OPCODE_TEXT = 0x1,
  WS_OPCODE_BINARY = 0x2,
  WS_OPCODE_CLOSE = 0x8,
  WS_OPCODE_PING = 0x9,
  WS_OPCODE_PONG = 0xA
} WsOpcode;

/* Which end we are: a server's incoming frames are masked, a client's not. */
typedef enum
{
  WS_ROLE_CLIENT,
  WS_ROLE_SERVER
} WsRole;

#define WS_FRAME_HEADER_MAX    14
#define WS_CONTROL_PAYLOAD_MAX 125
#define WS_FRAME_RSV1          0x40
#define WS_FRAME_RSV_BITS      0x70

/* There is one for each idle connection: keep it small. */
typedef struct
{
  guint64 length; /* of the payload */
  guint8  mask[4];
  guint8  opcode; /* a WsOpcode */
  guint8  rsv;    /* the bits 0x40, 0x20, 0x10 as they stand on the wire */
  guint8  size;   /* of the header itself */
  guint8  fin : 1;
  guint8  masked : 1;
} WsFrameHeader;

/* Reads a header from the first bytes of a frame. WS_NEED_MORE while @len is
 * too short to hold it; WS_FAILED (1002) as soon as the bytes seen cannot begin
 * a legal header of any role: reserved opcodes, over-long or fragmented control
 * frames, lengths that are not minimal or have the top bit set. */
WsParse ws_frame_header_parse (WsFrameHeader *header,
                               const guint8  *data,
                               gsize          len,
                               WsFault       *fault);

/* Judges what depends on the connection: reserved bits (@rsv_allowed are owned
 * by an extension, and legal on a message's first frame only) and whether the
 * frame is masked as our @role demands. */
gboolean ws_frame_header_check (const WsFrameHeader *header,
                                WsRole               role,
                                guint8               rsv_allowed,
                                WsFault             *fault);

/* What a frame begins with on the wire. */
static inline guint8
ws_frame_first_byte (gboolean fin, guint8 rsv, WsOpcode opcode)
{
  return (guint8) ((fin ? 0x80 : 0) | rsv | opcode);
}

/* Writes @header (its size is not read) and returns the bytes used. */
gsize ws_frame_header_write (const WsFrameHeader *header,
                             guint8               out[WS_FRAME_HEADER_MAX]);

/* The bytes that ws_frame_header_write() needs for @len of payload. */
static inline gsize
ws_frame_header_size (guint64 len, gboolean masked)
{
  return (len < 126 ? 2u : len < 65536 ? 4u : 10u) + (masked ? 4u : 0u);
}

static inline gboolean
ws_opcode_is_control (WsOpcode opcode)
{
  return (opcode & 0x8) != 0;
}

G_END_DECLS
