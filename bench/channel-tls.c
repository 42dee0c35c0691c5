/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Ciphertext of one recv(): with what the library has of a record already, it
 * becomes less than CHANNEL_BUFFER_SIZE of plaintext. */
#define MAX_RECEIVED (CHANNEL_BUFFER_SIZE - (32 << 10))
/* Plaintext of one send(). */
#define MAX_SENT ((size_t) 256 << 10)

/* There is one thread, and no channel keeps anything here between calls. */
static uint8_t        received[MAX_RECEIVED];
static const uint8_t *input;
static size_t         input_length;
static uint8_t       *pushed; /* (owned) */
static size_t         pushed_length;
static size_t         pushed_size;

size_t
channel_pull (uint8_t *data, size_t length)
{
  if (length > input_length)
    length = input_length;
  memcpy (data, input, length);
  input += length;
  input_length -= length;
  return length;
}

static void *
resize (void *memory, size_t size)
{
  memory = realloc (memory, size);
  if (memory == NULL)
    abort ();
  return memory;
}

void
channel_push (const void *data, size_t length)
{
  if (pushed_length + length > pushed_size)
    {
      pushed_size = 2 * (pushed_length + length);
      pushed = resize (pushed, pushed_size);
    }
  memcpy (pushed + pushed_length, data, length);
  pushed_length += length;
}

void
channel_set_up (const char *certificate, const char *key)
{
  tls_set_up (certificate, key);
}

const char *
channel_scheme (void)
{
  return "wss";
}

void
channel_init (Channel *self, int fd, bool is_server)
{
  *self = (Channel){ .fd = fd, .session = tls_new (is_server) };
}

bool
channel_has_output (const Channel *self)
{
  return self->output_length > 0;
}

bool
channel_flush (Channel *self)
{
  uint8_t *data = pushed;
  size_t   length = pushed_length;
  ssize_t  sent;

  if (self->output_length > 0)
    {
      self->output = resize (self->output, self->output_length + length);
      memcpy (self->output + self->output_length, pushed, length);
      data = self->output;
      length += self->output_length;
    }
  pushed_length = 0;
  sent = length > 0 ? send (self->fd, data, length, MSG_NOSIGNAL) : 0;
  if (sent < 0 && errno != EAGAIN)
    sent = (ssize_t) length; /* Of an end we hear from recv(). */
  if (sent < 0)
    sent = 0;
  length -= (size_t) sent;
  if (length > 0 && data == pushed)
    self->output = resize (self->output, length);
  if (length > 0)
    memmove (self->output, data + sent, length);
  else
    {
      free (self->output);
      self->output = NULL;
    }
  self->output_length = length;
  return length == 0;
}

static bool
shake_hands (Channel *self)
{
  int code = tls_handshake (self->session);

  self->is_ready = code > 0;
  channel_flush (self);
  errno = code == TLS_FAILED ? EPROTO : EAGAIN;
  return self->is_ready;
}

void
channel_start (Channel *self)
{
  shake_hands (self);
}

ssize_t
channel_receive (Channel *self, uint8_t *data, size_t length)
{
  ssize_t n = recv (self->fd, received, MAX_RECEIVED, 0);
  size_t  total = 0;

  if (n <= 0)
    return n;
  input = received;
  input_length = (size_t) n;
  if (!self->is_ready && !shake_hands (self))
    return -1;
  do
    {
      n = tls_read (self->session, data + total, length - total);
      if (n > 0)
        total += (size_t) n;
    }
  while (n > 0 && total < length);
  if (pushed_length > 0)
    channel_flush (self);
  if (total > 0 || n == 0)
    return (ssize_t) total;
  errno = n == TLS_FAILED ? EPROTO : EAGAIN;
  return -1;
}

ssize_t
channel_send (Channel *self, const uint8_t *data, size_t length)
{
  if (channel_has_output (self) && !channel_flush (self))
    {
      errno = EAGAIN;
      return -1;
    }
  if (length > MAX_SENT)
    length = MAX_SENT;
  if (!tls_write (self->session, data, length))
    {
      errno = EPROTO;
      return -1;
    }
  channel_flush (self);
  return (ssize_t) length;
}

void
channel_shutdown (Channel *self, bool with_fin)
{
  tls_bye (self->session);
  if (channel_flush (self) && with_fin)
    shutdown (self->fd, SHUT_WR);
}

void
channel_clear (Channel *self)
{
  if (self->session != NULL)
    tls_free (self->session);
  free (self->output);
  *self = (Channel){ .fd = -1 };
}
