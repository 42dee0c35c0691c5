/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "peer.h"

/* The limit: a bare epoll loop that only counts bytes, linked with TLS or
 * without.  It unmasks the first
 * message it gets and from then on answers with prepared copies of it, one for
 * as many bytes as a message has.  So all messages have to be alike, as
 * `ws-load --templates 1` sends them, and the generator can verify them. */

#define MAX_EVENTS  256
#define BUFFER_SIZE CHANNEL_BUFFER_SIZE
#define MAX_REQUEST 1024

typedef struct Client Client;

struct Client
{
  Client *next; /* list of all; for messages that go to all */
  Client *previous;
  Channel channel;
  int     fd;
  bool    is_open;
  bool    wants_output;
  bool    is_dead;
  size_t  got;     /* bytes of the question under way */
  size_t  due;     /* answers that are to be sent */
  size_t  sent;    /* bytes of the first of them */
  char   *request; /* (owned) (nullable): only while opening */
  size_t  request_length;
};

static int      epoll_fd;
static uint8_t *buffer; /* (owned) */
static uint8_t *first;  /* (owned): the first question so far */
static size_t   first_length;
static uint8_t *answers;         /* (owned): a batch of prepared answers */
static size_t   question_length; /* 0 until the first question is complete */
static size_t   answer_length;
static size_t   batch;
static bool     to_all;
static Client  *clients;
static Client  *teacher; /* sends the first question */

static void *
allocate (size_t size)
{
  void *memory = calloc (1, size);

  if (memory == NULL)
    abort ();
  return memory;
}

static void
prepare_answers (size_t head, uint64_t size)
{
  const uint8_t *mask = first + head;

  question_length = head + 4 + size;
  answer_length = head + size;
  batch = BUFFER_SIZE / answer_length + 1;
  answers = allocate (batch * answer_length);
  memcpy (answers, first, head);
  answers[1] &= 0x7f;
  for (uint64_t i = 0; i < size; i++)
    answers[head + i] = mask[4 + i] ^ mask[i % 4];
  for (size_t i = 1; i < batch; i++)
    memcpy (answers + i * answer_length, answers, answer_length);
  to_all = answers[0] == 0x82 && size > 0 && answers[head] == 'B';
}

/* Gathers the first question of all, and returns whether it is complete. */
static bool
learn (const uint8_t *data, size_t length)
{
  size_t   head = 2;
  uint64_t size;

  first = realloc (first, first_length + length);
  if (first == NULL)
    abort ();
  memcpy (first + first_length, data, length);
  first_length += length;
  if (first_length < 2)
    return false;
  size = first[1] & 0x7f;
  if (size > 125)
    head = size == 126 ? 4 : 10;
  if (first_length < head)
    return false;
  for (size_t i = 2, end = head; i < end; i++)
    size = i == 2 ? first[i] : size << 8 | first[i];
  if (first_length < head + 4 + size)
    return false;
  prepare_answers (head, size);
  return true;
}

static void
watch (Client *client, bool wants_output)
{
  struct epoll_event event
      = { .events = EPOLLIN | (wants_output ? EPOLLOUT : 0),
          .data.ptr = client };

  if (client->wants_output == wants_output)
    return;
  epoll_ctl (epoll_fd, EPOLL_CTL_MOD, client->fd, &event);
  client->wants_output = wants_output;
}

static void
flush (Client *client)
{
  while (client->due > 0)
    {
      size_t  run = client->due < batch ? client->due : batch;
      ssize_t sent = channel_send (&client->channel, answers + client->sent,
                                   run * answer_length - client->sent);

      if (sent < 0)
        break;
      client->sent += (size_t) sent;
      client->due -= client->sent / answer_length;
      client->sent %= answer_length;
    }
  if (channel_has_output (&client->channel))
    channel_flush (&client->channel);
  watch (client, client->due > 0 || channel_has_output (&client->channel));
}

static void
count_questions (Client *client, size_t length)
{
  size_t questions;

  client->got += length;
  questions = client->got / question_length;
  client->got %= question_length;
  if (questions == 0)
    return;
  if (!to_all)
    {
      client->due += questions;
      flush (client);
      return;
    }
  for (Client *other = clients; other != NULL; other = other->next)
    if (other->is_open)
      {
        other->due += questions;
        flush (other);
      }
}

static void
take_request (Client *client, size_t length)
{
  char   response[512];
  size_t response_length;

  if (client->request_length + length > MAX_REQUEST)
    {
      client->is_dead = true;
      return;
    }
  memcpy (client->request + client->request_length, buffer, length);
  client->request_length += length;
  client->request[client->request_length] = '\0';
  response_length = peer_accept (client->request, response, sizeof response);
  if (response_length == 0)
    return;
  if (channel_send (&client->channel, (uint8_t *) response, response_length)
      < 0)
    client->is_dead = true;
  free (client->request);
  client->request = NULL;
  client->is_open = true;
}

static void
take_close (Client *client)
{
  static const uint8_t frame[] = { 0x88, 2, 3, 0xe8 };

  if (channel_send (&client->channel, frame, sizeof frame) >= 0)
    channel_shutdown (&client->channel, true);
  client->is_dead = true;
}

/* Only bytes of the teacher are looked at; what others have sent meanwhile is
 * answered when it has been learnt how long a question is. */
static void
take_first (Client *client, size_t length)
{
  if (teacher == NULL)
    teacher = client;
  client->got += length;
  if (client != teacher || !learn (buffer, length))
    return;
  for (Client *other = clients; other != NULL; other = other->next)
    count_questions (other, 0);
}

static void
take_input (Client *client)
{
  ssize_t got = channel_receive (&client->channel, buffer, BUFFER_SIZE);
  size_t  length = got > 0 ? (size_t) got : 0;

  if (got < 0 && errno == EAGAIN)
    return;
  if (got <= 0)
    client->is_dead = true;
  else if (!client->is_open)
    take_request (client, length);
  else if (client->got == 0 && buffer[0] == 0x88)
    take_close (client);
  else if (question_length > 0)
    count_questions (client, length);
  else
    take_first (client, length);
}

static void
drop (Client *client)
{
  if (client->previous != NULL)
    client->previous->next = client->next;
  else
    clients = client->next;
  if (client->next != NULL)
    client->next->previous = client->previous;
  channel_clear (&client->channel);
  close (client->fd);
  free (client->request);
  free (client);
}

static void
on_client (Client *client, uint32_t events)
{
  if (events & EPOLLOUT)
    flush (client);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    take_input (client);
  if (client->is_dead)
    drop (client);
}

static void
on_listener (int listener)
{
  struct epoll_event event = { .events = EPOLLIN };
  int                yes = 1;
  int                fd;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
    {
      Client *client = allocate (sizeof *client);

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      client->fd = fd;
      channel_init (&client->channel, fd, true);
      client->request = allocate (MAX_REQUEST + 1);
      client->next = clients;
      if (clients != NULL)
        clients->previous = client;
      clients = client;
      event.data.ptr = client;
      epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

int
main (int argc, char **argv)
{
  struct epoll_event events[MAX_EVENTS] = { { .events = EPOLLIN } };
  const char        *certificate = peer_option (argc, argv, "--certificate");
  const char        *port = peer_option (argc, argv, "--port");
  int listener = peer_listen (port != NULL ? atoi (port) : 0, SOCK_NONBLOCK,
                              channel_scheme ());

  channel_set_up (certificate, peer_option (argc, argv, "--key"));
  buffer = allocate (BUFFER_SIZE);
  epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, events);
  for (;;)
    {
      int n = epoll_wait (epoll_fd, events, MAX_EVENTS, -1);

      for (int i = 0; i < n; i++)
        if (events[i].data.ptr == NULL)
          on_listener (listener);
        else
          on_client (events[i].data.ptr, events[i].events);
    }
}
