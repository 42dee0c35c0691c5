/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "load-key.h"

#define BACKLOG 4096

const char *
peer_option (int argc, char **argv, const char *name)
{
  for (int i = 1; i + 1 < argc; i += 2)
    if (strcmp (argv[i], name) == 0)
      return argv[i + 1];
  return NULL;
}

int
peer_listen (int port, int socket_flags, const char *scheme)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((uint16_t) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  struct rlimit      files;
  int                fd = socket (AF_INET, SOCK_STREAM | socket_flags, 0);
  int                yes = 1;

  signal (SIGPIPE, SIG_IGN);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, size) != 0
      || listen (fd, BACKLOG) != 0
      || getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    {
      perror ("listen");
      exit (1);
    }
  printf ("%s://127.0.0.1:%d/\n", scheme, ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

size_t
peer_accept (const char *request, char *response, size_t size)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  const char       *key = strstr (request, name);
  char              accept[LOAD_ACCEPT_LENGTH + 1];

  if (strstr (request, "\r\n\r\n") == NULL || key == NULL)
    return 0;
  load_key_accept (key + strlen (name), accept);
  return (size_t) snprintf (response, size,
                            "HTTP/1.1 101 Switching Protocols\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n"
                            "\r\n",
                            accept);
}
