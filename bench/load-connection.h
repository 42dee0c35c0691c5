/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <netinet/in.h>

#include "channel.h"
#include "load-key.h"
#include "load-reader.h"

#define LOAD_BUFFER_SIZE CHANNEL_BUFFER_SIZE

typedef enum
{
  LOAD_CLOSED,
  LOAD_CONNECTING,
  LOAD_SECURING, /* connected; TLS shakes hands */
  LOAD_OPENING,  /* the request is out */
  LOAD_OPEN,
  LOAD_CLOSING, /* our close frame is out */
} LoadState;

/* What all connections share. */
typedef struct
{
  int                epoll_fd;
  struct sockaddr_in address;
  const char        *path;
  uint8_t           *buffer; /* LOAD_BUFFER_SIZE bytes to receive into */
} LoadTarget;

typedef struct
{
  const LoadTarget *target;
  LoadState         state;
  Channel           channel;
  int               fd;
  unsigned          number;
  bool              wants_output;
  char              key[LOAD_KEY_LENGTH + 1];
  char             *response; /* (owned) (nullable): only while opening */
  size_t            response_length;
  LoadReader        reader;
  uint64_t          posted;     /* messages that are to be sent */
  uint64_t          sent_bytes; /* of the messages' frames */
  /* The latency is taken from one message at a time: 0, or how many have
   * been received once that one has. */
  uint64_t mark;
  uint64_t mark_time;
} LoadConnection;

/* Starts a new connection.  @number tells it from all others, @start is the
 * slot of its first message. */
void load_connection_open (LoadConnection      *self,
                           const LoadTarget    *target,
                           const LoadTemplates *templates,
                           unsigned             number,
                           unsigned             start);

/* Does what epoll says is possible. */
void load_connection_on_ready (LoadConnection *self, uint32_t events);

/* Sends that many further messages, as soon as the socket takes them. */
void load_connection_post (LoadConnection *self, uint64_t messages);

/* Starts the close handshake; the state is LOAD_CLOSED at its end. */
void load_connection_close (LoadConnection *self);
