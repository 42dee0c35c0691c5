/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ciphertext of a TLS session: what came, and what has to leave. */
#include "net/ws-tls-session-private.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

/* RFC 8446, 5.1 and 5.2: TLSCiphertext; TLS 1.2 allows more expansion
 * (RFC 5246, 6.2.3). */
#define HEADER_SIZE 5
#define MAX_RECORD  (16384 + 2048)
/* Content types: change_cipher_spec, alert, handshake, application_data. */
#define FIRST_TYPE 20
#define LAST_TYPE  23

#define MIN_OUTPUT 512

/* A message of a handshake may say that it has 16 MiB, and GnuTLS stores what
 * comes of it before it refuses more than 128 KiB. The rest is for the headers
 * of small records, and records with nothing in them. */
#define MAX_FRUITLESS (256 * 1024)

/* --- In --- */

static gsize
input_len (WsTlsSession *self)
{
  return (gsize) self->kept_len + self->fed_len;
}

/* Moves up to @len bytes of input to @data. */
static gsize
take_input (WsTlsSession *self, guint8 *data, gsize len)
{
  gsize from_kept = MIN (len, self->kept_len);
  gsize from_fed = MIN (len - from_kept, self->fed_len);

  if (from_kept > 0)
    {
      memcpy (data, self->kept + self->kept_start, from_kept);
      self->kept_start += (guint) from_kept;
      self->kept_len -= (guint) from_kept;
      if (self->kept_len == 0)
        g_clear_pointer (&self->kept, g_free);
    }
  if (from_fed > 0)
    {
      memcpy (data + from_kept, self->fed, from_fed);
      self->fed += from_fed;
      self->fed_len -= from_fed;
    }
  self->n_fruitless += (guint) (from_kept + from_fed);
  return from_kept + from_fed;
}

gboolean
ws_tls_session_has_record (WsTlsSession *self)
{
  gsize  n_kept = MIN (self->kept_len, HEADER_SIZE);
  guint8 header[HEADER_SIZE];
  gsize  size;

  if (input_len (self) < HEADER_SIZE)
    return FALSE;

  if (n_kept > 0)
    memcpy (header, self->kept + self->kept_start, n_kept);
  if (n_kept < HEADER_SIZE)
    memcpy (header + n_kept, self->fed, HEADER_SIZE - n_kept);
  size = (gsize) header[3] << 8 | header[4];
  return header[0] < FIRST_TYPE || header[0] > LAST_TYPE || header[1] != 3
         || size > MAX_RECORD || input_len (self) >= HEADER_SIZE + size;
}

void
ws_tls_session_feed (WsTlsSession *self, const guint8 *data, gsize len)
{
  g_return_if_fail (self->fed_len == 0);

  self->fed = data;
  self->fed_len = len;
}

gsize
ws_tls_session_get_unread (WsTlsSession *self)
{
  return input_len (self);
}

void
ws_tls_session_keep_input (WsTlsSession *self)
{
  guint8 *kept;

  if (self->fed_len > 0)
    {
      kept = g_malloc (input_len (self));
      if (self->kept_len > 0)
        memcpy (kept, self->kept + self->kept_start, self->kept_len);
      memcpy (kept + self->kept_len, self->fed, self->fed_len);
      g_free (self->kept);
      self->kept = kept;
      self->kept_start = 0;
      self->kept_len += (guint) self->fed_len;
    }
  self->fed = NULL;
  self->fed_len = 0;
}

void
ws_tls_session_feed_eof (WsTlsSession *self)
{
  self->is_at_eof = TRUE;
}

void
ws_tls_session_begin_turn (WsTlsSession *self)
{
  self->turn = (WsTurn){ 0 };
  self->n_tickets = 0;
  self->resting = FALSE;
}

gboolean
ws_tls_session_is_resting (WsTlsSession *self)
{
  return self->resting && input_len (self) > 0;
}

gboolean
ws_tls_session_bears_fruit (WsTlsSession *self)
{
  if (self->n_fruitless <= MAX_FRUITLESS)
    return TRUE;
  if (self->failure == NULL)
    self->failure = g_error_new (
        G_TLS_ERROR, G_TLS_ERROR_MISC,
        "The peer sent more than %d KiB of TLS with neither data nor a whole "
        "message in it",
        MAX_FRUITLESS / 1024);
  return FALSE;
}

/* GnuTLS reads a header and the rest apart. It goes on to the next record of
 * its own accord when one has nothing in it. */
static gboolean
may_pull (WsTlsSession *self, gsize len)
{
  if (len == HEADER_SIZE && ws_turn_is_due (&self->turn)
      && ws_turn_is_over (&self->turn, NULL))
    self->resting = TRUE;
  return len != HEADER_SIZE
         || (!self->resting && self->n_fruitless <= MAX_FRUITLESS);
}

static ssize_t
on_pull (gnutls_transport_ptr_t pointer, void *data, size_t len)
{
  WsTlsSession *self = pointer;
  gboolean      may = may_pull (self, len);
  gsize         n = may ? take_input (self, data, len) : 0;

  if (n == 0 && !(may && self->is_at_eof))
    {
      gnutls_transport_set_errno (self->tls, EAGAIN);
      return -1;
    }
  return (ssize_t) n;
}

/* Nothing ever waits here. */
static int
on_pull_timeout (gnutls_transport_ptr_t pointer, unsigned int timeout)
{
  WsTlsSession *self = pointer;

  return input_len (self) > 0 || self->is_at_eof;
}

/* --- Out --- */

void
ws_tls_session_reserve_output (WsTlsSession *self, gsize len)
{
  gsize   size = self->output_size;
  guint8 *output;

  if (self->output_start + self->output_len + len <= size)
    return;

  /* What was written makes room as well, when that is enough. */
  if (self->output_len + len <= size / 2)
    {
      memmove (self->output, self->output + self->output_start,
               self->output_len);
      self->output_start = 0;
      return;
    }

  size = MAX (MAX (2 * size, self->output_len + len), MIN_OUTPUT);
  output = g_malloc (size);
  if (self->output_len > 0)
    memcpy (output, self->output + self->output_start, self->output_len);
  if (!self->lent)
    g_free (self->output);
  self->output = output;
  self->output_start = 0;
  self->output_size = (guint) size;
  self->lent = FALSE;
}

void
ws_tls_session_lend_output (WsTlsSession *self, guint8 *place, gsize size)
{
  if (self->output != NULL)
    return;

  self->output = place;
  self->output_size = (guint) size;
  self->lent = TRUE;
}

void
ws_tls_session_keep_output (WsTlsSession *self)
{
  if (!self->lent)
    return;

  self->output
      = self->output_len > 0
            ? g_memdup2 (self->output + self->output_start, self->output_len)
            : NULL;
  self->output_start = 0;
  self->output_size = self->output_len;
  self->lent = FALSE;
}

static ssize_t
on_push (gnutls_transport_ptr_t pointer, const giovec_t *vectors, int n_vectors)
{
  WsTlsSession *self = pointer;
  gsize         total = 0;

  for (int i = 0; i < n_vectors; i++)
    total += vectors[i].iov_len;
  ws_tls_session_reserve_output (self, total);
  for (int i = 0; i < n_vectors; i++)
    {
      memcpy (self->output + self->output_start + self->output_len,
              vectors[i].iov_base, vectors[i].iov_len);
      self->output_len += (guint) vectors[i].iov_len;
    }
  return (ssize_t) total;
}

const guint8 *
ws_tls_session_peek_output (WsTlsSession *self, gsize *len)
{
  *len = self->output_len;
  return self->output_len > 0 ? self->output + self->output_start : NULL;
}

void
ws_tls_session_drop_output (WsTlsSession *self, gsize len)
{
  g_return_if_fail (len <= self->output_len);

  self->output_start += (guint) len;
  self->output_len -= (guint) len;
  if (self->output_len > 0)
    return;

  self->output_start = 0;
  if (self->lent)
    return;
  g_clear_pointer (&self->output, g_free);
  self->output_size = 0;
}

void
ws_tls_session_attach_buffers (WsTlsSession *self)
{
  gnutls_transport_set_ptr (self->tls, self);
  gnutls_transport_set_pull_function (self->tls, on_pull);
  gnutls_transport_set_pull_timeout_function (self->tls, on_pull_timeout);
  gnutls_transport_set_vec_push_function (self->tls, on_push);
}
