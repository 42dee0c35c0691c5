/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* accept4() */
#include "world.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- Where clients come in --- */

static struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned): of ours */
  char *inner;  /* (owned): of the server's */
  char *url;    /* (owned) */
  int   fd;
  pid_t pid;
} door;

static void
close_door (void)
{
  if (door.pid != getpid ())
    return;
  g_unlink (door.path);
  g_unlink (door.inner);
  g_rmdir (door.folder);
  g_free (door.folder);
  g_free (door.path);
  g_free (door.inner);
  g_free (door.url);
}

static struct sockaddr_un
make_address (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  return address;
}

static void
bind_path (void)
{
  struct sockaddr_un address = make_address (door.path);

  door.fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_no_errno (door.fd);
  g_assert_no_errno (
      bind (door.fd, (struct sockaddr *) &address, sizeof address));
  door.url = g_strconcat ("ws+unix:", door.path, ":/chat", NULL);
}

/* There is no wss to a path. */
static void
bind_port (void)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t len = sizeof address;

  door.fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_no_errno (door.fd);
  g_assert_no_errno (bind (door.fd, (struct sockaddr *) &address, len));
  g_assert_no_errno (getsockname (door.fd, (struct sockaddr *) &address, &len));
  door.url = g_strdup_printf ("wss://127.0.0.1:%u/chat",
                              (guint) ntohs (address.sin_port));
}

static void
open_door (void)
{
  g_autoptr (GError) error = NULL;

  door.folder = g_dir_make_tmp ("fuzz-world-XXXXXX", &error);
  g_assert_no_error (error);
  door.path = g_build_filename (door.folder, "s", NULL);
  door.inner = g_build_filename (door.folder, "t", NULL);
  door.pid = getpid ();
  if (world_is_secure)
    bind_port ();
  else
    bind_path ();
  g_assert_no_errno (listen (door.fd, 64));
  atexit (close_door);
}

const char *
world_wire_url (void)
{
  if (door.url == NULL)
    open_door ();
  return door.url;
}

const char *
world_wire_path (void)
{
  return door.inner;
}

void
world_wire_forget_clients (void)
{
  int fd;

  while ((fd = accept (door.fd, NULL, NULL)) >= 0)
    close (fd);
}

/* --- Ends --- */

static void
shrink (World *self, int fd)
{
  int size = 4096;

  if (!self->choices.small_buffers)
    return;
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static void
close_end (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* (transfer full): takes @fd. */
static GIOStream *
wrap (World *self, int fd)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;

  if (self->choices.streams)
    {
      input = g_unix_input_stream_new (fd, TRUE);
      output = g_unix_output_stream_new (dup (fd), TRUE);
      return g_simple_io_stream_new (input, output);
    }
  socket = g_socket_new_from_fd (fd, NULL);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* -1: the server does not listen any more, or its queue is full. */
static int
knock (World *self)
{
  struct sockaddr_un address = make_address (door.inner);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_no_errno (fd);
  shrink (self, fd);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    close_end (&fd);
  return fd;
}

/* -1: the server takes nobody. */
static int
reach_server (World *self)
{
  int fds[2];
  g_autoptr (GIOStream) stream = NULL;

  if (self->server == NULL)
    return -1;
  if (self->choices.listens)
    return knock (self);
  g_assert_no_errno (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  shrink (self, fds[0]);
  shrink (self, fds[1]);
  stream = wrap (self, fds[1]);
  ws_server_handle_connection (self->server, stream, NULL);
  return fds[0];
}

/* The oldest one goes where there is no room. */
static void
add (World *self, int to_client, int to_server)
{
  Wire *wire = &self->wires[self->n_wires % WORLD_N_WIRES];

  world_wire_cut (self, wire);
  *wire = (Wire){ .to_client = to_client,
                  .to_server = to_server,
                  .up = g_byte_array_new (),
                  .down = g_byte_array_new (),
                  .age = self->n_wires++ };
}

void
world_wire_accept (World *self)
{
  int fd;

  while ((fd = accept4 (door.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC))
         >= 0)
    {
      shrink (self, fd);
      add (self, fd, self->choices.ends == 0 ? reach_server (self) : -1);
    }
}

void
world_wire_add_raw (World *self)
{
  self->is_tampered = TRUE;
  add (self, -1, reach_server (self));
}

void
world_wire_cut (World *self, Wire *wire)
{
  if (wire->up == NULL)
    return;
  close_end (&wire->to_client);
  close_end (&wire->to_server);
  g_clear_pointer (&wire->up, g_byte_array_unref);
  g_clear_pointer (&wire->down, g_byte_array_unref);
}

/* --- What goes over --- */

static void
choose (Wire *wire, WireWay way, int **from, int **to, GByteArray **held)
{
  *from = way == WIRE_UP ? &wire->to_client : &wire->to_server;
  *to = way == WIRE_UP ? &wire->to_server : &wire->to_client;
  *held = way == WIRE_UP ? wire->up : wire->down;
}

/* FALSE: the end is gone. */
static gboolean
take (int fd, gsize n, GByteArray *held)
{
  guint8 data[16384];
  gssize got;

  while (n > 0)
    {
      got = recv (fd, data, MIN (n, sizeof data), 0);
      if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
      g_byte_array_append (held, data, (guint) got);
      n -= (gsize) got;
    }
  return TRUE;
}

/* How many went. */
static gsize
give (int *fd, const guint8 *data, gsize n)
{
  gsize  done = 0;
  gssize went = 0;

  while (*fd >= 0 && done < n)
    {
      went = send (*fd, data + done, n - done, MSG_NOSIGNAL);
      if (went < 0)
        break;
      done += (gsize) went;
    }
  if (went < 0 && errno != EAGAIN && errno != EINTR)
    done = n;
  return *fd >= 0 ? done : n;
}

gboolean
world_wire_move (World *self, Wire *wire, WireWay way, gsize n)
{
  int        *from, *to;
  GByteArray *held;
  gboolean   *ended = way == WIRE_UP ? &wire->up_ended : &wire->down_ended;
  gsize       went;
  guint       before;
  gboolean    is_alive;

  if (wire->up == NULL)
    return FALSE;
  choose (wire, way, &from, &to, &held);
  before = held->len;
  is_alive = *from < 0 || *ended || held->len >= n
             || take (*from, MIN (n, 1 << 20) - held->len, held);
  went = give (to, held->data, MIN (held->len, n));
  if (went > 0)
    g_byte_array_remove_range (held, 0, (guint) went);
  if (!is_alive && held->len == 0)
    {
      *ended = TRUE;
      if (*to >= 0)
        shutdown (*to, SHUT_WR);
      return TRUE;
    }
  return went > 0 || held->len != before;
}

void
world_wire_say (World *self, Wire *wire, WireWay way, const void *data, gsize n)
{
  int        *from, *to;
  GByteArray *held;

  if (wire->up == NULL)
    return;
  choose (wire, way, &from, &to, &held);
  self->is_tampered = TRUE;
  if (*to >= 0 && held->len < 1 << 22)
    g_byte_array_append (held, data, (guint) n);
  world_wire_move (self, wire, way, held->len);
}

GByteArray *
world_wire_overhear (Wire *wire, WireWay way)
{
  GByteArray *heard = g_byte_array_new ();
  int        *from, *to;
  GByteArray *held;

  if (wire->up == NULL)
    return heard;
  choose (wire, way, &from, &to, &held);
  g_byte_array_append (heard, held->data, held->len);
  g_byte_array_set_size (held, 0);
  if (*from >= 0)
    take (*from, 65536, heard);
  return heard;
}

void
world_wire_flip (World *self, Wire *wire, WireWay way, guint bit)
{
  int        *from, *to;
  GByteArray *held;

  if (wire->up == NULL)
    return;
  choose (wire, way, &from, &to, &held);
  self->is_tampered = TRUE;
  if (*from >= 0 && held->len == 0)
    take (*from, 4096, held);
  if (held->len > 0)
    held->data[bit / 8 % held->len] ^= 1u << bit % 8;
}

void
world_wire_end (World *self, Wire *wire, WireWay way)
{
  int        *from, *to;
  GByteArray *held;

  if (wire->up == NULL)
    return;
  choose (wire, way, &from, &to, &held);
  self->is_tampered = TRUE;
  if (*to >= 0)
    shutdown (*to, SHUT_WR);
}
