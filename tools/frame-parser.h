/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The header of a frame (RFC 6455, 5.2), as it is on the wire. */
typedef struct
{
  gboolean is_final;
  guint    reserved; /* the three bits: 4 is RSV1 */
  guint    opcode;
  gboolean is_masked;
  guint8   mask[4];
  guint64  length;    /* of the payload */
  gboolean is_longer; /* the length takes more bytes than it has to */
} Frame;

typedef struct
{
  /* A line of an HTTP head, without its end; "" is the last one. */
  void (*line) (const char *line, gpointer user_data);
  /* A piece of the payload, without mask. */
  void (*payload) (const Frame  *frame,
                   const guint8 *data,
                   gsize         size,
                   gpointer      user_data);
  /* All of it has come. */
  void (*end) (const Frame *frame, gpointer user_data);
} FrameParserFuncs;

/* One direction of a connection. */
typedef struct
{
  const FrameParserFuncs *funcs;
  gpointer                user_data;  /* (unowned) */
  gboolean                is_in_head; /* of HTTP */
  GByteArray *begin; /* (owned): of a line, or of a frame's header */
  Frame       frame;
  guint64     left; /* of the payload */
  guint64     at;   /* of the payload */
  gboolean    is_in_frame;
} FrameParser;

void     frame_parser_init (FrameParser            *self,
                            gboolean                has_head,
                            const FrameParserFuncs *funcs,
                            gpointer                user_data);
void     frame_parser_clear (FrameParser *self);
void     frame_parser_feed (FrameParser *self, const guint8 *data, gsize size);
gboolean frame_parser_is_between (const FrameParser *self);

G_END_DECLS
