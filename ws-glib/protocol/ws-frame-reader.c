/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the frames in a stream of bytes that is cut anywhere. */
#include "protocol/ws-frame-reader.h"

#include <string.h>

/* Keeps the shortest beginning of @data that is wrong, and its fault: the same
 * ones that would have been found had the bytes come one by one. */
static WsParse
refuse (WsFrameReader *self, const guint8 *data, gsize len, WsFault *fault)
{
  gsize n = 1;

  len = MIN (len, WS_FRAME_HEADER_MAX);
  while (n < len
         && ws_frame_header_parse (&self->header, data, n, fault) != WS_FAILED)
    n++;
  if (n == len)
    ws_frame_header_parse (&self->header, data, n, fault);
  memmove (self->stored, data, n);
  self->n_stored = (guint8) n;
  return WS_FAILED;
}

static WsParse
begin_frame (WsFrameReader *self, WsFault *fault)
{
  if (!ws_frame_header_check (&self->header, (WsRole) self->role,
                              self->rsv_allowed, fault))
    return WS_FAILED;
  self->in_frame = TRUE;
  self->n_frames++;
  self->left = self->header.length;
  return WS_DONE;
}

/* Goes on with a header whose first bytes came with an earlier read. */
static WsParse
resume_header (WsFrameReader *self,
               const guint8  *data,
               gsize          len,
               gsize         *used,
               WsFault       *fault)
{
  gsize   before = self->n_stored;
  gsize   n = MIN (len, WS_FRAME_HEADER_MAX - before);
  WsParse answer;

  memcpy (self->stored + before, data, n);
  *used = n;
  answer
      = ws_frame_header_parse (&self->header, self->stored, before + n, fault);
  if (answer == WS_FAILED)
    return refuse (self, self->stored, before + n, fault);
  if (answer == WS_NEED_MORE)
    {
      self->n_stored = (guint8) (before + n);
      return WS_NEED_MORE;
    }
  *used = self->header.size - before;
  self->n_stored = 0;
  return begin_frame (self, fault);
}

void
ws_frame_reader_init (WsFrameReader *self, WsRole role)
{
  memset (self, 0, sizeof *self);
  self->role = (guint8) role;
}

WsParse
ws_frame_reader_read_header (WsFrameReader *self,
                             const guint8  *data,
                             gsize          len,
                             gsize         *used,
                             WsFault       *fault)
{
  if (self->n_stored > 0)
    return resume_header (self, data, len, used, fault);

  switch (ws_frame_header_parse (&self->header, data, len, fault))
    {
    case WS_DONE:
      *used = self->header.size;
      return begin_frame (self, fault);
    case WS_NEED_MORE:
      memcpy (self->stored, data, len);
      self->n_stored = (guint8) len;
      *used = len;
      return WS_NEED_MORE;
    case WS_FAILED:
      break;
    }
  *used = len;
  return refuse (self, data, len, fault);
}

gsize
ws_frame_reader_describe (const WsFrameReader *self,
                          char out[WS_FRAME_READER_DESCRIPTION_MAX])
{
  WsFrameHeader unmasked = self->header;
  guint8        written[WS_FRAME_HEADER_MAX];
  const guint8 *bytes = self->stored;
  gsize         n = self->n_stored;
  gsize         len = 0;

  if (n == 0)
    {
      /* Legal lengths are minimal, so writing gives the bytes that came. */
      unmasked.masked = FALSE;
      n = ws_frame_header_write (&unmasked, written);
      if (self->header.masked)
        written[1] |= 0x80;
      bytes = written;
    }
  for (gsize i = 0; i < MIN (n, 10); i++)
    len += (gsize) g_snprintf (out + len, 3, "%02x", bytes[i]);
  len += (gsize) g_snprintf (out + len, WS_FRAME_READER_DESCRIPTION_MAX - len,
                             " at byte %" G_GUINT64_FORMAT, self->offset);
  return len;
}
