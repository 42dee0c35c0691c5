/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A non-blocking socket, plain or below TLS: which of the two is decided by
 * what is linked, channel-plain.c or channel-tls.c. */
typedef struct
{
  int      fd;       /* (unowned) */
  bool     is_ready; /* the TLS handshake is over */
  void    *session;  /* (owned) (nullable) */
  uint8_t *output;   /* (owned) (nullable): what the kernel did not take */
  size_t   output_length;
} Channel;

/* Once for the process. A client gives no files; a plain one needs none. */
void channel_set_up (const char *certificate, const char *key);
/* "ws" or "wss". */
const char *channel_scheme (void);

void channel_init (Channel *self, int fd, bool is_server);
/* A client's beginning, once the socket is connected. */
void channel_start (Channel *self);
/* As recv(), with EAGAIN as long as there is no plaintext; shakes hands.
 * @length is CHANNEL_BUFFER_SIZE: nothing waits then, and epoll tells of all
 * there is. */
ssize_t channel_receive (Channel *self, uint8_t *data, size_t length);
/* As send(); may take a part. */
ssize_t channel_send (Channel *self, const uint8_t *data, size_t length);
/* Whether something taken before still has to be sent. */
bool channel_has_output (const Channel *self);
/* Sends that, and returns whether all of it is gone. */
bool channel_flush (Channel *self);
/* Says that nothing follows: close_notify, and FIN from a server. */
void channel_shutdown (Channel *self, bool with_fin);
void channel_clear (Channel *self);

#define CHANNEL_BUFFER_SIZE ((size_t) 256 << 10)
