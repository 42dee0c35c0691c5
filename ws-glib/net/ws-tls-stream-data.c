/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and writes through a TLS stream once its handshake is done. */
#include "net/ws-tls-stream-private.h"

#include "net/ws-tls-packer.h"

/* Of ciphertext: a full record and more. */
#define MIN_READ (20 * 1024)
/* Of ciphertext, in one call: most of it may be padding. */
#define MAX_READ (1024 * 1024)

/* --- Ciphertext --- */

gboolean
ws_tls_stream_has_output (WsTlsStream *self)
{
  gsize len;

  ws_tls_session_peek_output (self->session, &len);
  return len > 0;
}

static void
drop_output (WsTlsStream *self)
{
  gsize len;

  ws_tls_session_peek_output (self->session, &len);
  ws_tls_session_drop_output (self->session, len);
}

/* A program's own stream may call back: then nothing is done here meanwhile,
 * for what is being written is the session's. */
static gssize
write_inner (WsTlsStream *self, const GOutputVector *vector)
{
  const gboolean was_busy = self->busy;
  gssize         n;

  self->busy = TRUE;
  n = ws_transport_writev (self->inner, vector, 1, &self->failure);
  self->busy = was_busy ? TRUE : FALSE;
  return n;
}

gboolean
ws_tls_stream_flush (WsTlsStream *self)
{
  while (self->failure == NULL)
    {
      gsize         len;
      const guint8 *data = ws_tls_session_peek_output (self->session, &len);
      GOutputVector vector = { data, len };
      gssize        n;

      if (len == 0)
        break;
      n = write_inner (self, &vector);
      if (n == WS_IO_AGAIN)
        return FALSE;
      if (n >= 0)
        ws_tls_session_drop_output (self->session, (gsize) n);
    }
  if (self->failure != NULL)
    {
      drop_output (self);
      return FALSE;
    }

  if (self->says_bye)
    {
      self->says_bye = FALSE;
      ws_transport_shutdown (self->inner);
    }
  return TRUE;
}

gssize
ws_tls_stream_feed (WsTlsStream  *self,
                    WsReadBuffer *buffer,
                    gsize         len,
                    GError      **error)
{
  const gboolean was_busy = self->busy;
  gssize         n;

  self->busy = TRUE;
  n = ws_transport_read (self->inner, buffer->data, len, error);
  self->busy = was_busy ? TRUE : FALSE;
  self->drained
      = n == WS_IO_AGAIN
        || (n < (gssize) len && self->inner->klass->short_read_is_last);
  if (n > 0)
    ws_tls_session_feed (self->session, buffer->data, (gsize) n);
  else if (n == 0)
    ws_tls_session_feed_eof (self->session);
  return n;
}

/* --- Reading and writing --- */

/* Decrypts into @data until it is full or the inner transport has no more. */
static gssize
decrypt (WsTlsStream  *self,
         WsReadBuffer *buffer,
         guint8       *data,
         gsize         len,
         GError      **error)
{
  gsize total = 0;
  gsize budget = MAX_READ;

  self->drained = FALSE;
  for (;;)
    {
      gssize n = ws_tls_session_read (self->session, data + total, len - total,
                                      total > 0 ? NULL : error);

      if (n > 0)
        total += (gsize) n;
      /* What the session has told of its end it tells again. */
      if ((n <= 0 && n != WS_IO_AGAIN) || total == len)
        return total > 0 ? (gssize) total : n;

      /* What waits is no whole record, or waits for the next turn. */
      ws_tls_session_keep_input (self->session);
      if (self->drained || budget == 0
          || ws_tls_session_is_resting (self->session))
        break;
      /* Not much more than the caller can take, for the rest is copied. */
      n = ws_tls_stream_feed (self, buffer,
                              CLAMP (len - total, MIN_READ,
                                     WS_READ_BUFFER_SIZE),
                              total > 0 ? NULL : error);
      if (n == WS_IO_ERROR)
        return total > 0 ? (gssize) total : n;
      budget -= MIN (budget, (gsize) MAX (n, 0));
    }
  if (!self->drained || ws_tls_session_is_resting (self->session))
    ws_poller_rest (self->parent.poller);
  return total > 0 ? (gssize) total : WS_IO_AGAIN;
}

static gssize
read_data (WsTlsStream *self, guint8 *data, gsize len, GError **error)
{
  WsPoller     *poller = self->parent.poller;
  WsReadBuffer *buffer = ws_poller_acquire_buffer (poller);
  gssize        n;

  self->busy = TRUE;
  n = decrypt (self, buffer, data, len, error);
  ws_tls_session_keep_input (self->session);
  ws_poller_release_buffer (poller, buffer);
  self->busy = FALSE;
  return n;
}

/* What the owner asked for while the stream was busy; and the peer gets its
 * answers: of a key update, or to what we refused. */
static void
catch_up (WsTlsStream *self)
{
  if (self->freed)
    return;
  if (self->shuts_down)
    ws_tls_stream_say_bye (self);
  else if (ws_tls_stream_has_output (self))
    ws_tls_stream_flush (self);
  if (self->freed)
    return;
  ws_tls_stream_update_inner (self);
  ws_tls_stream_update_job (self);
}

gssize
ws_tls_stream_read (WsTransport *transport,
                    guint8      *data,
                    gsize        len,
                    GError     **error)
{
  WsTlsStream *self = (WsTlsStream *) transport;
  gssize       n;

  if (self->state != WS_TLS_STREAM_OPEN || self->busy || len == 0)
    return WS_IO_AGAIN;
  /* News come first, from the job, for their handlers may end all this. */
  if (ws_tls_news_is_waiting (&self->news))
    return WS_IO_AGAIN;

  self->n_refs++;
  n = read_data (self, data, len, error);
  catch_up (self);
  /* An end is told again, unless nobody listens any more. */
  if (self->freed || (n <= 0 && ws_tls_news_is_waiting (&self->news)))
    {
      if (n == WS_IO_ERROR)
        g_clear_error (error);
      n = WS_IO_AGAIN;
    }
  ws_tls_stream_unref (self);
  return n;
}

/* What the inner transport takes at once has no memory of its own. */
static gssize
encrypt (WsTlsStream         *self,
         const GOutputVector *vectors,
         guint                n_vectors,
         GError             **error)
{
  WsPoller     *poller = self->parent.poller;
  WsReadBuffer *buffer = ws_poller_acquire_buffer (poller);
  gssize        n;

  ws_tls_session_lend_output (self->session, buffer->data, WS_READ_BUFFER_SIZE);
  self->busy = TRUE;
  n = ws_tls_pack (self->session, vectors, n_vectors, error);
  self->busy = FALSE;
  if (n > 0)
    ws_tls_stream_flush (self);
  ws_tls_session_keep_output (self->session);
  ws_poller_release_buffer (poller, buffer);
  return n;
}

static gssize
write_data (WsTlsStream         *self,
            const GOutputVector *vectors,
            guint                n_vectors,
            GError             **error)
{
  gssize n = WS_IO_AGAIN;

  if (ws_tls_stream_flush (self) && !self->freed)
    n = encrypt (self, vectors, n_vectors, error);
  if (self->shuts_down && !self->freed)
    ws_tls_stream_say_bye (self);
  if (self->freed)
    {
      g_clear_error (error);
      return WS_IO_AGAIN;
    }
  ws_tls_stream_update_inner (self);
  if (self->failure == NULL)
    return n;
  g_clear_error (error);
  g_propagate_error (error, g_error_copy (self->failure));
  return WS_IO_ERROR;
}

gssize
ws_tls_stream_writev (WsTransport         *transport,
                      const GOutputVector *vectors,
                      guint                n_vectors,
                      GError             **error)
{
  WsTlsStream *self = (WsTlsStream *) transport;
  gssize       n;

  if (self->busy
      || (self->failure == NULL && self->state != WS_TLS_STREAM_OPEN))
    return WS_IO_AGAIN;

  self->n_refs++;
  n = write_data (self, vectors, n_vectors, error);
  ws_tls_stream_unref (self);
  return n;
}
