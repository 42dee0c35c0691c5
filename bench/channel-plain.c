/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel.h"

#include <sys/socket.h>

void
channel_set_up (const char *certificate, const char *key)
{
  (void) certificate;
  (void) key;
}

const char *
channel_scheme (void)
{
  return "ws";
}

void
channel_init (Channel *self, int fd, bool is_server)
{
  *self = (Channel){ .fd = fd, .is_ready = is_server };
}

void
channel_start (Channel *self)
{
  self->is_ready = true;
}

ssize_t
channel_receive (Channel *self, uint8_t *data, size_t length)
{
  return recv (self->fd, data, length, 0);
}

ssize_t
channel_send (Channel *self, const uint8_t *data, size_t length)
{
  return send (self->fd, data, length, MSG_NOSIGNAL);
}

bool
channel_has_output (const Channel *self)
{
  (void) self;
  return false;
}

bool
channel_flush (Channel *self)
{
  (void) self;
  return true;
}

void
channel_shutdown (Channel *self, bool with_fin)
{
  if (with_fin)
    shutdown (self->fd, SHUT_WR);
}

void
channel_clear (Channel *self)
{
  (void) self;
}
