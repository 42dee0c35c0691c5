/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "load-connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load-fail.h"

#define MAX_RESPONSE 8192
/* So many connections have to find a port of their own on one address. */
#define PORTS_PER_ADDRESS 20000

static void
watch (LoadConnection *self, int operation, uint32_t events)
{
  struct epoll_event event = { .events = events, .data.ptr = self };

  if (epoll_ctl (self->target->epoll_fd, operation, self->fd, &event) != 0)
    load_fail (LOAD_BROKEN, "epoll_ctl: %s", strerror (errno));
}

static void
set_wants_output (LoadConnection *self, bool wants_output)
{
  if (self->wants_output == wants_output)
    return;
  self->wants_output = wants_output;
  watch (self, EPOLL_CTL_MOD, EPOLLIN | (wants_output ? EPOLLOUT : 0));
}

/* One address has some 28 000 ports to connect from; further connections
 * leave from 127.0.0.2, 127.0.0.3, … */
static void
choose_source (LoadConnection *self)
{
  struct sockaddr_in source = { .sin_family = AF_INET };
  uint32_t           step = self->number / PORTS_PER_ADDRESS % 250;
  int                yes = 1;

  if (step == 0 || ntohl (self->target->address.sin_addr.s_addr) >> 24 != 127)
    return;
  source.sin_addr.s_addr = htonl (INADDR_LOOPBACK + step);
  setsockopt (self->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  if (bind (self->fd, (struct sockaddr *) &source, sizeof source) != 0)
    load_fail (LOAD_BROKEN, "bind: %s", strerror (errno));
}

void
load_connection_open (LoadConnection      *self,
                      const LoadTarget    *target,
                      const LoadTemplates *templates,
                      unsigned             number,
                      unsigned             start)
{
  int yes = 1;

  memset (self, 0, sizeof *self);
  self->target = target;
  self->number = number;
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0)
    load_fail (LOAD_BROKEN, "socket: %s", strerror (errno));
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  load_key_make (number, self->key);
  load_reader_init (&self->reader, templates, number, start);
  choose_source (self);
  if (connect (self->fd, (const struct sockaddr *) &target->address,
               sizeof target->address)
          != 0
      && errno != EINPROGRESS)
    load_fail (LOAD_BROKEN, "connect: %s", strerror (errno));
  channel_init (&self->channel, self->fd, false);
  self->state = LOAD_CONNECTING;
  self->wants_output = true;
  watch (self, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void
send_request (LoadConnection *self)
{
  char request[1024];
  int  length;

  length = snprintf (request, sizeof request,
                     "GET %s HTTP/1.1\r\n"
                     "Host: 127.0.0.1:%u\r\n"
                     "Upgrade: websocket\r\n"
                     "Connection: Upgrade\r\n"
                     "Sec-WebSocket-Key: %s\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "\r\n",
                     self->target->path, ntohs (self->target->address.sin_port),
                     self->key);
  if (channel_send (&self->channel, (uint8_t *) request, (size_t) length)
      != length)
    load_fail (LOAD_BROKEN, "connection %u: request not sent: %s", self->number,
               strerror (errno));
  self->response = malloc (MAX_RESPONSE + 1);
  if (self->response == NULL)
    load_fail (LOAD_BROKEN, "no memory for connection %u", self->number);
  self->state = LOAD_OPENING;
}

static void
secure (LoadConnection *self)
{
  int       error = 0;
  socklen_t size = sizeof error;

  getsockopt (self->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    load_fail (LOAD_BROKEN, "connection %u: %s", self->number,
               strerror (error));
  self->state = LOAD_SECURING;
  channel_start (&self->channel);
  set_wants_output (self, false);
  if (self->channel.is_ready)
    send_request (self);
}

/* Finds a header in a response that ends with an empty line.  @value is what
 * follows the colon, up to the end of the line. */
static bool
has_header (const char *response, const char *name, const char *value)
{
  size_t name_length = strlen (name);

  for (const char *line = strstr (response, "\r\n"); line != NULL;
       line = strstr (line, "\r\n"))
    {
      const char *start;

      line += 2;
      if (strncasecmp (line, name, name_length) != 0
          || line[name_length] != ':')
        continue;
      start = line + name_length + 1;
      start += strspn (start, " \t");
      if (strncasecmp (start, value, strlen (value)) == 0
          && start[strlen (value)] == '\r')
        return true;
    }
  return false;
}

static void
check_response (LoadConnection *self)
{
  char accept[LOAD_ACCEPT_LENGTH + 1];

  load_key_accept (self->key, accept);
  if (strncmp (self->response, "HTTP/1.1 101", 12) != 0)
    load_fail (LOAD_WRONG, "connection %u: refused: %.40s", self->number,
               self->response);
  if (!has_header (self->response, "Upgrade", "websocket")
      || !has_header (self->response, "Connection", "Upgrade"))
    load_fail (LOAD_WRONG, "connection %u: the answer is no upgrade",
               self->number);
  /* The digest's case counts, so the whole line is looked for once more. */
  if (!has_header (self->response, "Sec-WebSocket-Accept", accept)
      || strstr (self->response, accept) == NULL)
    load_fail (LOAD_WRONG, "connection %u: wrong Sec-WebSocket-Accept",
               self->number);
}

static void
take_response (LoadConnection *self, const uint8_t *data, size_t length)
{
  size_t room = MAX_RESPONSE - self->response_length;
  size_t before = self->response_length;
  size_t taken = length < room ? length : room;
  char  *end;

  memcpy (self->response + before, data, taken);
  self->response_length += taken;
  self->response[self->response_length] = '\0';
  end = strstr (self->response, "\r\n\r\n");
  if (end == NULL && self->response_length == MAX_RESPONSE)
    load_fail (LOAD_WRONG, "connection %u: endless response", self->number);
  if (end == NULL)
    return;
  end[2] = '\0';
  check_response (self);
  taken = (size_t) (end + 4 - self->response) - before;
  free (self->response);
  self->response = NULL;
  self->state = LOAD_OPEN;
  load_reader_feed (&self->reader, data + taken, length - taken);
}

static void
end_connection (LoadConnection *self)
{
  if (self->state == LOAD_SECURING
      || (self->state == LOAD_OPENING && self->response_length == 0))
    load_fail (LOAD_WRONG,
               "connection %u: hung up without an answer (is the server's "
               "backlog shorter than --window?)",
               self->number);
  if (self->state != LOAD_CLOSING)
    load_fail (LOAD_WRONG, "connection %u: the server hung up", self->number);
  if (!self->reader.closed)
    load_fail (LOAD_WRONG, "connection %u: hung up without a close frame",
               self->number);
  channel_shutdown (&self->channel, false);
  channel_clear (&self->channel);
  close (self->fd);
  self->fd = -1;
  self->state = LOAD_CLOSED;
}

static void
take_input (LoadConnection *self, const uint8_t *data, size_t length)
{
  if (self->state == LOAD_SECURING)
    load_fail (LOAD_WRONG, "connection %u: an answer to no request",
               self->number);
  if (self->state == LOAD_OPENING)
    take_response (self, data, length);
  else
    load_reader_feed (&self->reader, data, length);
  if (self->reader.closed && self->state != LOAD_CLOSING)
    load_fail (LOAD_WRONG, "connection %u: the server closed with code %d",
               self->number, self->reader.close_code);
}

static void
receive (LoadConnection *self)
{
  uint8_t *buffer = self->target->buffer;
  ssize_t  got = channel_receive (&self->channel, buffer, LOAD_BUFFER_SIZE);

  if (got > 0)
    take_input (self, buffer, (size_t) got);
  else if (got == 0 || errno == ECONNRESET || errno == EPIPE)
    end_connection (self);
  else if (errno != EAGAIN && errno != EINTR)
    load_fail (LOAD_BROKEN, "connection %u: recv: %s", self->number,
               strerror (errno));
  if (self->state == LOAD_SECURING && self->channel.is_ready)
    send_request (self);
}

static void
flush (LoadConnection *self)
{
  const LoadTemplates *t = self->reader.templates;
  uint64_t             due = self->posted * t->question_length;
  uint64_t             ring = (uint64_t) t->count * t->question_length;
  uint64_t             frames = (uint64_t) t->frames * t->question_length;
  uint64_t start = (uint64_t) self->reader.start * t->question_length;

  while (self->sent_bytes < due)
    {
      uint64_t at = (start + self->sent_bytes) % ring;
      uint64_t length = due - self->sent_bytes;
      ssize_t  sent;

      if (length > frames - at)
        length = frames - at;
      sent = channel_send (&self->channel, t->questions + at, (size_t) length);
      if (sent < 0 && errno != EAGAIN)
        load_fail (LOAD_WRONG, "connection %u: send: %s", self->number,
                   strerror (errno));
      if (sent > 0)
        self->sent_bytes += (uint64_t) sent;
      if (sent < (ssize_t) length)
        break;
    }
  if (channel_has_output (&self->channel))
    channel_flush (&self->channel);
  set_wants_output (self, self->sent_bytes < due
                              || channel_has_output (&self->channel));
}

void
load_connection_on_ready (LoadConnection *self, uint32_t events)
{
  if (self->state == LOAD_CONNECTING)
    {
      if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        secure (self);
      return;
    }
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
    receive (self);
  if (events & EPOLLOUT && self->state == LOAD_OPEN)
    flush (self);
}

void
load_connection_post (LoadConnection *self, uint64_t messages)
{
  self->posted += messages;
  if (!self->wants_output)
    flush (self);
}

void
load_connection_close (LoadConnection *self)
{
  /* Code 1000, masked with 1, 2, 3, 4. */
  static const uint8_t frame[] = { 0x88, 0x82, 1, 2, 3, 4, 3 ^ 1, 0xe8 ^ 2 };

  self->state = LOAD_CLOSING;
  if (channel_send (&self->channel, frame, sizeof frame) != sizeof frame)
    load_fail (LOAD_WRONG, "connection %u: close not sent: %s", self->number,
               strerror (errno));
}
