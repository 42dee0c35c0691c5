/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "far-side.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "support/worker.h"

struct _FarSide
{
  Worker   *worker;
  WsServer *server; /* (owned) */
  guint16   port;
  pid_t     id; /* of the thread */
};

/* --- Namespaces --- */

static void
write_map (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644,
                            &error);
  g_assert_no_error (error);
}

/* Without privileges one is root in a namespace of users. */
static void
unshare_users (void)
{
  g_autofree char *users = g_strdup_printf ("0 %d 1", (int) getuid ());
  g_autofree char *groups = g_strdup_printf ("0 %d 1", (int) getgid ());

  if (unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    g_error ("Network namespaces cannot be made: %s", g_strerror (errno));
  write_map ("/proc/self/setgroups", "deny");
  write_map ("/proc/self/uid_map", users);
  write_map ("/proc/self/gid_map", groups);
}

void
near_side_ip (const char *arguments)
{
  g_autofree char *line = g_strconcat ("ip ", arguments, NULL);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                NULL, &complaint, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", line, complaint);
}

void
far_side_unshare (void)
{
  if (unshare (CLONE_NEWNET) != 0)
    unshare_users ();
  near_side_ip ("link set lo up");
}

/* --- The thread --- */

typedef struct
{
  void (*function) (FarSide *self, gpointer argument);
  FarSide *self;
  gpointer argument;
} Call;

static void
on_call (gpointer data)
{
  Call *call = data;

  call->function (call->self, call->argument);
}

/* Runs @function there, and our own context meanwhile. */
static void
call_there (FarSide *self,
            void (*function) (FarSide *self, gpointer argument),
            gpointer argument)
{
  Call call = { function, self, argument };

  worker_call (self->worker, on_call, &call);
}

static void
ip_there (FarSide *self, gpointer arguments)
{
  near_side_ip (arguments);
}

void
far_side_ip (FarSide *self, const char *arguments)
{
  call_there (self, ip_there, (gpointer) arguments);
}

typedef struct
{
  void (*function) (gpointer argument);
  gpointer argument;
} Request;

static void
do_there (FarSide *self, gpointer argument)
{
  const Request *request = argument;

  request->function (request->argument);
}

void
far_side_call (FarSide *self,
               void (*function) (gpointer argument),
               gpointer argument)
{
  Request request = { function, argument };

  call_there (self, do_there, &request);
}

static void
on_client_connected (WsServer *server, WsSocket *client)
{
}

static void
begin (FarSide *self, gpointer argument)
{
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (unshare (CLONE_NEWNET));
  self->id = gettid ();
  near_side_ip ("link set lo up");
  self->server = ws_server_new ("far side", WS_SSL_MODE_NON_SECURE);
  g_signal_connect (self->server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  ws_server_listen (self->server, NULL, 0, &error);
  g_assert_no_error (error);
  self->port = ws_server_get_server_port (self->server);
}

static void
end (FarSide *self, gpointer argument)
{
  g_clear_object (&self->server);
}

/* --- The cable --- */

static void
plug_in (FarSide *self)
{
  g_autofree char *cable = g_strdup_printf (
      "link add near type veth peer name far netns /proc/%d/task/%d/ns/net",
      (int) getpid (), (int) self->id);

  near_side_ip (cable);
  near_side_ip ("addr add " NEAR_ADDRESS "/24 dev near");
  near_side_ip ("addr add fd09::1/64 dev near nodad");
  near_side_ip ("link set near up");
  far_side_ip (self, "addr add " FAR_ADDRESS "/24 dev far");
  far_side_ip (self, "addr add " FAR_ADDRESS6 "/64 dev far nodad");
  far_side_ip (self, "link set far up");
}

FarSide *
far_side_new (void)
{
  FarSide *self = g_new0 (FarSide, 1);

  self->worker = worker_new ();
  call_there (self, begin, NULL);
  plug_in (self);
  return self;
}

void
far_side_free (FarSide *self)
{
  near_side_ip ("link del near");
  call_there (self, end, NULL);
  worker_free (self->worker);
  g_free (self);
}

guint16
far_side_get_port (FarSide *self)
{
  return self->port;
}

static void
count_there (FarSide *self, gpointer argument)
{
  *(guint *) argument = g_list_model_get_n_items (G_LIST_MODEL (self->server));
}

guint
far_side_count_clients (FarSide *self)
{
  guint n = 0;

  call_there (self, count_there, &n);
  return n;
}

static void
set_keepalive_there (FarSide *self, gpointer argument)
{
  GListModel *clients = G_LIST_MODEL (self->server);
  const guint time = *(guint *) argument;

  for (guint i = 0; i < g_list_model_get_n_items (clients); i++)
    {
      g_autoptr (WsSocket) client = g_list_model_get_item (clients, i);

      ws_socket_set_ping_timeout (client, time);
      ws_socket_set_ping_interval (client, time);
    }
}

void
far_side_set_keepalive (FarSide *self, guint time)
{
  call_there (self, set_keepalive_there, &time);
}
