/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames as they are, right or wrong: the library's own reader, which is not
 * public, stops at the first wrong one. */
#include "frame-parser.h"

#include <string.h>

#define MAX_LINE_SIZE   65536
#define MAX_HEADER_SIZE 14
#define PIECE_SIZE      4096

/* With a head the bytes begin with one of HTTP. */
void
frame_parser_init (FrameParser            *self,
                   gboolean                has_head,
                   const FrameParserFuncs *funcs,
                   gpointer                user_data)
{
  *self = (FrameParser){ .funcs = funcs,
                         .user_data = user_data,
                         .is_in_head = has_head,
                         .begin = g_byte_array_new () };
}

void
frame_parser_clear (FrameParser *self)
{
  g_clear_pointer (&self->begin, g_byte_array_unref);
}

/* Each of these returns how many bytes it has taken. */

static gsize
take_line (FrameParser *self, const guint8 *data, gsize size)
{
  const guint8 *feed = memchr (data, '\n', size);
  gsize         taken = feed != NULL ? (gsize) (feed - data) + 1 : size;

  g_byte_array_append (self->begin, data, (guint) taken);
  if (feed == NULL && self->begin->len < MAX_LINE_SIZE)
    return taken;

  g_autofree char *line
      = g_strndup ((const char *) self->begin->data, self->begin->len);

  line[strcspn (line, "\r\n")] = '\0';
  g_byte_array_set_size (self->begin, 0);
  if (*line == '\0')
    self->is_in_head = FALSE;
  self->funcs->line (line, self->user_data);
  return taken;
}

static guint64
read_number (const guint8 *data, guint size)
{
  guint64 number = 0;

  for (guint i = 0; i < size; i++)
    number = number << 8 | data[i];
  return number;
}

/* How long the header is that begins so; 0: two bytes are needed to know. */
static guint
get_header_size (const guint8 *data, guint size)
{
  if (size < 2)
    return 0;

  guint length = data[1] & 0x7F;

  return 2
         + (length == 127   ? 8
            : length == 126 ? 2
                            : 0)
         + (data[1] & 0x80 ? 4 : 0);
}

static void
read_header (Frame *frame, const guint8 *data, guint size)
{
  guint length = data[1] & 0x7F;

  *frame = (Frame){ .is_final = (data[0] & 0x80) != 0,
                    .reserved = data[0] >> 4 & 7,
                    .opcode = data[0] & 0xF,
                    .is_masked = (data[1] & 0x80) != 0,
                    .length = length };
  if (length == 126)
    frame->length = read_number (data + 2, 2);
  else if (length == 127)
    frame->length = read_number (data + 2, 8);
  frame->is_longer = (length == 126 && frame->length < 126)
                     || (length == 127 && frame->length <= G_MAXUINT16);
  if (frame->is_masked)
    memcpy (frame->mask, data + size - 4, 4);
}

static gsize
take_header (FrameParser *self, const guint8 *data, gsize size)
{
  gsize taken = 0;
  guint wanted;

  do
    {
      g_byte_array_append (self->begin, data + taken++, 1);
      wanted = get_header_size (self->begin->data, self->begin->len);
    }
  while (taken < size && self->begin->len != wanted);
  if (self->begin->len != wanted)
    return taken;
  read_header (&self->frame, self->begin->data, wanted);
  g_byte_array_set_size (self->begin, 0);
  self->is_in_frame = TRUE;
  self->left = self->frame.length;
  self->at = 0;
  return taken;
}

static gsize
take_payload (FrameParser *self, const guint8 *data, gsize size)
{
  guint8 piece[PIECE_SIZE];
  gsize  taken = MIN (MIN (size, sizeof piece), self->left);

  for (gsize i = 0; i < taken; i++)
    piece[i] = self->frame.is_masked
                   ? data[i] ^ self->frame.mask[(self->at + i) % 4]
                   : data[i];
  self->at += taken;
  self->left -= taken;
  self->funcs->payload (&self->frame, piece, taken, self->user_data);
  return taken;
}

void
frame_parser_feed (FrameParser *self, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gsize taken;

      if (self->is_in_head)
        taken = take_line (self, data, size);
      else if (!self->is_in_frame)
        taken = take_header (self, data, size);
      else
        taken = take_payload (self, data, size);
      data += taken;
      size -= taken;
      if (self->is_in_frame && self->left == 0)
        {
          self->is_in_frame = FALSE;
          self->funcs->end (&self->frame, self->user_data);
        }
    }
}

/* Whether what has come ends with a frame, or a line of a head. */
gboolean
frame_parser_is_between (const FrameParser *self)
{
  return !self->is_in_frame && self->begin->len == 0;
}
