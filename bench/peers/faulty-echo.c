/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

/* An echo server for one connection at a time that does one thing wrong, from
 * its sixth message on: what ws-load has to find. */

#define FAULT_FROM  5
#define MAX_MESSAGE ((size_t) 1 << 20)

typedef enum
{
  NONE,
  FLIP,     /* the last byte is another */
  MIDDLE,   /* a byte in the middle is another */
  SHORT,    /* a byte too few */
  LONG,     /* a byte too many */
  LENGTH,   /* a length in more bytes than it needs */
  ORDER,    /* each message is answered with the next one's content */
  TYPE,     /* text for binary, binary for text */
  MASKED,   /* the answer is masked */
  RESERVED, /* RSV1 is set */
  OPCODE,   /* opcode 3 */
  LOST,     /* one message is not answered */
  TWICE,    /* one message is answered twice */
  FRAGMENT, /* the fragments of one message are two messages' */
  CLOSE,    /* a close frame */
  HANGUP,   /* the connection is dropped */
  SILENCE,  /* no answer to the request */
  STATUS,   /* 200 instead of 101 */
  ACCEPT,   /* the answer to another key */
  N_FAULTS,
} Fault;

static const char *const fault_names[N_FAULTS]
    = { "none",  "flip",   "middle",   "short",  "long",  "length", "order",
        "type",  "masked", "reserved", "opcode", "lost",  "twice",  "fragment",
        "close", "hangup", "silence",  "status", "accept" };

typedef struct
{
  int      fd;
  Fault    fault;
  unsigned messages;
  int      opcode;
  size_t   length;
  uint8_t *payload; /* (owned): MAX_MESSAGE bytes, one more for LONG */
  uint8_t *held;    /* (owned): the question before, for ORDER */
  uint8_t *frame;   /* (owned) */
} Echo;

static bool
read_all (int fd, void *data, size_t length)
{
  uint8_t *bytes = data;

  while (length > 0)
    {
      ssize_t got = recv (fd, bytes, length, 0);

      if (got <= 0)
        return false;
      bytes += got;
      length -= (size_t) got;
    }
  return true;
}

static bool
write_all (int fd, const uint8_t *data, size_t length)
{
  while (length > 0)
    {
      ssize_t sent = send (fd, data, length, MSG_NOSIGNAL);

      if (sent <= 0)
        return false;
      data += sent;
      length -= (size_t) sent;
    }
  return true;
}

static bool
read_message (Echo *echo)
{
  uint8_t head[14];
  size_t  extra;

  if (!read_all (echo->fd, head, 2))
    return false;
  echo->opcode = head[0] & 15;
  echo->length = head[1] & 0x7f;
  extra = echo->length == 126 ? 2 : echo->length == 127 ? 8 : 0;
  if (!read_all (echo->fd, head + 2, extra + 4))
    return false;
  for (size_t i = 0; i < extra; i++)
    echo->length = i == 0 ? head[2] : echo->length << 8 | head[2 + i];
  if (echo->length > MAX_MESSAGE
      || !read_all (echo->fd, echo->payload, echo->length))
    return false;
  for (size_t i = 0; i < echo->length; i++)
    echo->payload[i] ^= head[2 + extra + i % 4];
  return true;
}

static bool
write_frame (Echo          *echo,
             uint8_t        first_byte,
             const uint8_t *payload,
             size_t         length,
             Fault          fault)
{
  uint8_t *frame = echo->frame;
  size_t   bytes = length < 126 ? 0 : length < 65536 ? 2 : 8;
  size_t   head;

  if (fault == LENGTH)
    bytes = bytes == 0 ? 2 : 8;
  frame[0] = first_byte;
  frame[1] = (uint8_t) (bytes == 0 ? length : bytes == 2 ? 126 : 127);
  for (size_t i = 0; i < bytes; i++)
    frame[2 + i] = (uint8_t) ((uint64_t) length >> (8 * (bytes - 1 - i)));
  head = 2 + bytes;
  if (fault == MASKED)
    {
      frame[1] |= 0x80;
      memset (frame + head, 0, 4);
      head += 4;
    }
  memcpy (frame + head, payload, length);
  return write_all (echo->fd, frame, head + length);
}

static bool
write_fragments (Echo *echo)
{
  uint8_t start = (uint8_t) echo->opcode;

  return write_frame (echo, start, echo->payload, echo->length / 2, NONE)
         && write_frame (echo, start | 0x80, echo->payload, echo->length, NONE);
}

static bool
answer (Echo *echo)
{
  bool    now = echo->messages++ >= FAULT_FROM;
  bool    once = echo->messages == FAULT_FROM + 1;
  Fault   fault = now ? echo->fault : NONE;
  uint8_t first_byte = (uint8_t) (0x80 | echo->opcode);

  if (fault == HANGUP)
    return false;
  if (fault == CLOSE)
    return write_frame (echo, 0x88, (const uint8_t *) "\x03\xea", 2, NONE);
  if (fault == LOST && once)
    return true;
  if (fault == FRAGMENT)
    return write_fragments (echo);
  if (fault == FLIP)
    echo->payload[echo->length - 1] ^= 1;
  if (fault == MIDDLE)
    echo->payload[echo->length / 2] ^= 1;
  if (fault == SHORT)
    echo->length--;
  if (fault == LONG)
    echo->payload[echo->length++] = 0;
  if (fault == TYPE)
    first_byte ^= 3;
  if (fault == RESERVED)
    first_byte |= 0x40;
  if (fault == OPCODE)
    first_byte = 0x83;
  if (fault == TWICE && once
      && !write_frame (echo, first_byte, echo->payload, echo->length, fault))
    return false;
  return write_frame (echo, first_byte,
                      fault == ORDER ? echo->held : echo->payload, echo->length,
                      fault);
}

static bool
answer_request (Echo *echo)
{
  char   request[4096];
  char   response[512];
  size_t length = 0;
  size_t answer_length = 0;

  while (answer_length == 0)
    {
      ssize_t got
          = recv (echo->fd, request + length, sizeof request - 1 - length, 0);

      if (got <= 0)
        return false;
      length += (size_t) got;
      request[length] = '\0';
      answer_length = peer_accept (request, response, sizeof response);
    }
  if (echo->fault == SILENCE)
    return recv (echo->fd, request, 1, 0) > 0;
  if (echo->fault == STATUS)
    memcpy (response, "HTTP/1.1 200", 12);
  if (echo->fault == ACCEPT)
    response[answer_length - 8] ^= 1;
  return write_all (echo->fd, (const uint8_t *) response, answer_length);
}

static void
serve (Echo *echo)
{
  if (!answer_request (echo))
    return;
  while (read_message (echo))
    {
      if (echo->opcode == 8)
        {
          write_frame (echo, 0x88, echo->payload, echo->length, NONE);
          return;
        }
      if (!answer (echo))
        return;
      memcpy (echo->held, echo->payload, echo->length);
    }
}

int
main (int argc, char **argv)
{
  Echo echo = { .payload = malloc (MAX_MESSAGE + 1),
                .held = malloc (MAX_MESSAGE + 1),
                .frame = malloc (MAX_MESSAGE + 20) };
  int  listener;

  echo.fault = N_FAULTS;
  for (int i = 0; argc == 3 && i < N_FAULTS; i++)
    if (strcmp (argv[1], "--fault") == 0
        && strcmp (argv[2], fault_names[i]) == 0)
      echo.fault = (Fault) i;
  if (echo.fault == N_FAULTS || !echo.payload || !echo.held || !echo.frame)
    {
      fprintf (stderr, "Usage: faulty-echo --fault NAME, one of:");
      for (int i = 0; i < N_FAULTS; i++)
        fprintf (stderr, " %s", fault_names[i]);
      fprintf (stderr, "\n");
      return 1;
    }
  listener = peer_listen (0, 0, "ws");
  while ((echo.fd = accept (listener, NULL, NULL)) >= 0)
    {
      echo.messages = 0;
      serve (&echo);
      close (echo.fd);
    }
  return 0;
}
