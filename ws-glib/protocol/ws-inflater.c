/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decompresses the messages of one direction with zlib, within limits. */
#include "protocol/ws-inflater.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "protocol/ws-deflate-whole.h"
#include "protocol/ws-deflater.h"

/* The bits of a window that no distance can leave. */
#define MAX_WINDOW_BITS 15

/* Bytes that zlib is given at once. */
#define MAX_STEP (1024 * 1024 * 1024)

/* Room that is made at least. */
#define MIN_ROOM 512

/* Bytes of a message to which the ratio does not apply: a text of one repeated
 * word is no attack, but what people try first. */
#define FREE_OF_RATIO (1024 * 1024)
/* What is inflated as a whole is shorter. */
G_STATIC_ASSERT (WS_INFLATE_WHOLE_ROOM <= FREE_OF_RATIO);

/* A smaller history is not worth packing. */
#define MIN_PACKED 512

/* inflate() tells this in data_type: the input stands between two blocks, and
 * so many bits of the last byte are unused. */
#define BETWEEN_BLOCKS 128
#define UNUSED_BITS    63

void
ws_inflater_init (WsInflater *self,
                  guint       window_bits,
                  gboolean    keeps_context,
                  guint       max_ratio)
{
  *self = (WsInflater){ .window_bits = (guint8) window_bits,
                        .keeps_context = keeps_context != FALSE,
                        .max_ratio = max_ratio };
}

static void
give_stream (WsInflater *self)
{
  if (self->stream != NULL)
    ws_deflate_pool_give_inflater (g_steal_pointer (&self->stream));
}

void
ws_inflater_clear (WsInflater *self)
{
  give_stream (self);
  g_clear_pointer (&self->reach, ws_deflate_reach_free);
  ws_buffer_clear (&self->history);
}

static gboolean
refuse_data (const WsInflater *self, const char *what, WsFault *fault)
{
  ws_fault_set (fault, WS_CLOSE_INVALID_PAYLOAD,
                "Compressed data is corrupt: %s", what);
  return FALSE;
}

static gboolean
refuse_size (guint64 limit, WsFault *fault)
{
  ws_fault_set (fault, WS_CLOSE_TOO_BIG,
                "Message exceeds max-incoming-message-size, "
                "%" G_GUINT64_FORMAT " bytes, once inflated",
                limit);
  return FALSE;
}

static gboolean
check_ratio (const WsInflater *self, WsFault *fault)
{
  if (self->max_ratio == 0 || self->n_out <= FREE_OF_RATIO
      || self->n_out / self->max_ratio <= self->n_in)
    return TRUE;
  ws_fault_set (fault, WS_CLOSE_TOO_BIG,
                "Message inflates to more than %u times its size, the "
                "max-ratio of the property compression",
                self->max_ratio);
  return FALSE;
}

/* Makes some room in @out for what @len bytes become, and for a NUL; returns
 * how much there is, 0 at the limit. Grows with what is there already. */
static gsize
make_room (WsBuffer *out, gsize len, guint64 limit)
{
  /* The limit may have been lowered since. */
  gsize most = limit > out->len ? (gsize) limit - out->len : 0;
  gsize want = MAX (MIN (len, most / 4) * 4, MIN_ROOM);

  if (out->size < out->len + MIN (MIN_ROOM, most) + 1)
    ws_buffer_reserve (out, MIN (want, most) + 1, (gsize) limit + 1);
  return MIN (MIN (out->size - out->len - 1, most), MAX_STEP);
}

/* What zlib has taken of its input. 7.1.2: the sender has
 * agreed to a window. */
static gboolean
check_reach (WsInflater *self, gsize n_taken, WsFault *fault)
{
  if (self->reach == NULL
      || ws_deflate_reach_feed (self->reach, self->stream->next_in - n_taken,
                                n_taken))
    return TRUE;
  return refuse_data (self, "a distance is beyond the agreed window", fault);
}

/* One call of inflate(). What was taken out of @out before counts in what the
 * whole message may become. */
static gboolean
inflate_step (WsInflater *self, guint64 limit, WsBuffer *out, WsFault *fault)
{
  z_stream *stream = self->stream;
  gsize     room = make_room (out, stream->avail_in, limit);
  uInt      before = stream->avail_in;
  guint8    beyond; /* shows whether there is more than the limit allows */
  uInt      given = room > 0 ? (uInt) room : 1;
  int       status;

  stream->next_out = room > 0 ? out->data + out->len : &beyond;
  stream->avail_out = given;
  status = inflate (stream, Z_SYNC_FLUSH);
  if (!check_reach (self, before - stream->avail_in, fault))
    return FALSE;
  if (room == 0 && stream->avail_out == 0)
    return refuse_size (self->n_out - out->len + limit, fault);

  self->n_in += before - stream->avail_in;
  self->n_out += given - stream->avail_out;
  out->len += given - stream->avail_out;
  self->at_end = status == Z_STREAM_END;
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
    return refuse_data (self, stream->msg != NULL ? stream->msg : "no deflate",
                        fault);
  return check_ratio (self, fault);
}

/* Inflates all of @data, whatever blocks it is made of
 * (7.2.3.4 and 7.2.3.5). */
static gboolean
inflate_all (WsInflater   *self,
             const guint8 *data,
             gsize         len,
             guint64       limit,
             WsBuffer     *out,
             WsFault      *fault)
{
  z_stream *stream = self->stream;

  stream->next_in = (Bytef *) data;
  stream->avail_in = 0;
  while (TRUE)
    {
      if (stream->avail_in == 0)
        {
          stream->avail_in = (uInt) MIN (len, MAX_STEP);
          len -= stream->avail_in;
        }
      if (self->at_end)
        {
          if (stream->avail_in == 0)
            return TRUE;
          /* The window stays, for blocks to come may refer to it. */
          inflateResetKeep (stream);
        }
      if (!inflate_step (self, limit, out, fault))
        return FALSE;
      if (stream->avail_in == 0 && len == 0 && stream->avail_out > 0)
        return TRUE;
    }
}

/* Unpacks the history that ws_inflater_release() has packed. */
static void
unpack_history (WsInflater *self)
{
  z_stream *stream = ws_deflate_pool_take_inflater (15);
  WsBuffer  plain = { 0 };

  ws_buffer_reserve (&plain, self->history_len, 0);
  stream->next_in = self->history.data;
  stream->avail_in = (uInt) self->history.len;
  stream->next_out = plain.data;
  stream->avail_out = (uInt) self->history_len;
  inflate (stream, Z_SYNC_FLUSH);
  g_assert (stream->avail_out == 0);
  plain.len = self->history_len;
  ws_deflate_pool_give_inflater (stream);

  ws_buffer_clear (&self->history);
  self->history = plain;
  self->history_len = 0;
}

/* Before the first byte of a message. */
static void
begin_message (WsInflater *self)
{
  self->in_message = TRUE;
  self->n_in = 0;
  self->n_out = 0;
  if (self->window_bits < MAX_WINDOW_BITS)
    self->reach = ws_deflate_reach_new (1u << self->window_bits);
  if (self->stream != NULL)
    return;
  if (self->history_len > 0)
    unpack_history (self);
  self->stream = ws_deflate_pool_take_inflater (self->window_bits);
  self->at_end = FALSE;
  if (self->history.len > 0)
    inflateSetDictionary (self->stream, self->history.data,
                          (uInt) self->history.len);
  ws_buffer_clear (&self->history);
}

/* 7.2.2: appends what the sender has left out. A message without any byte is an
 * empty one, and one that a last block ends needs no more, although both should
 * have another byte (7.2.3.4 and 7.2.3.6). */
static gboolean
finish_blocks (WsInflater *self, guint64 limit, WsBuffer *out, WsFault *fault)
{
  static const guint8 tail[] = { 0x00, 0x00, 0xff, 0xff };
  int                 where;

  if (self->n_in == 0 || self->at_end)
    return TRUE;
  if (!inflate_all (self, tail, sizeof tail, limit, out, fault))
    return FALSE;
  where = self->stream->data_type;
  if ((where & BETWEEN_BLOCKS) == 0 || (where & UNUSED_BITS) != 0)
    return refuse_data (self, "the message ends within a block", fault);
  return TRUE;
}

/* Room that was made for more is given back if it is much. */
static void
trim (WsBuffer *out)
{
  if (out->size < 4 * 1024 || out->len + 1 > out->size / 2)
    return;
  ws_buffer_shrink (out, 1);
}

/* A whole message that refers to none before it, within all limits. */
static gboolean
inflate_whole (const WsInflater *self,
               const guint8     *data,
               gsize             len,
               guint64           limit,
               WsBuffer         *out)
{
  if (self->keeps_context || self->window_bits != MAX_WINDOW_BITS
      || limit <= out->len)
    return FALSE;
  limit = MIN (limit - out->len, G_MAXSSIZE);
  return ws_deflate_whole_inflate (data, len, (gsize) limit, out);
}

gboolean
ws_inflater_feed (WsInflater   *self,
                  const guint8 *data,
                  gsize         len,
                  gboolean      is_last,
                  guint64       limit,
                  WsBuffer     *out,
                  WsFault      *fault)
{
  if (is_last && !self->in_message
      && inflate_whole (self, data, len, limit, out))
    return TRUE;
  if (!self->in_message)
    begin_message (self);
  if (len > 0 && !inflate_all (self, data, len, limit, out, fault))
    return FALSE;
  if (!is_last)
    return TRUE;

  if (!finish_blocks (self, limit, out, fault))
    return FALSE;
  trim (out);
  g_clear_pointer (&self->reach, ws_deflate_reach_free);
  self->in_message = FALSE;
  if (!self->keeps_context)
    give_stream (self);
  return TRUE;
}

void
ws_inflater_release (WsInflater *self)
{
  WsDeflater packer;
  WsBuffer   plain = { 0 };
  uInt       len = 0;

  if (self->stream == NULL || self->in_message)
    return;
  ws_buffer_reserve (&plain, (gsize) 1 << 15, 0);
  inflateGetDictionary (self->stream, plain.data, &len);
  plain.len = len;
  give_stream (self);

  ws_deflater_init (&packer, (WsDeflateShape){ 15, 1, 8 }, FALSE);
  if (len >= MIN_PACKED
      && ws_deflater_compress (&packer, plain.data, len, &self->history))
    self->history_len = len;
  else
    ws_buffer_append (&self->history, plain.data, len);
  ws_buffer_clear (&plain);
  if (self->history.len > 0)
    ws_buffer_shrink (&self->history, 0);
}
