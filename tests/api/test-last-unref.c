/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "support/worker.h"

/* The last reference goes in one thread while the object's own thread is at
 * work with it: who comes first is for chance to say, and either may. What
 * chance hardly ever does is made sure of at the end. */

#define N_ROUNDS 400

static void
on_finalised (gpointer data, GObject *where_it_was)
{
  g_atomic_int_inc ((int *) data);
  g_main_context_wakeup (NULL);
}

static void
do_nothing (gpointer data)
{
}

/* A little later with each round. */
static void
linger (guint round)
{
  for (volatile guint spin = 0; spin < round % 40 * 250; spin++)
    ;
}

/* --- Sockets --- */

typedef struct
{
  const char   *url;
  WsSocket     *socket; /* (owned) (nullable) */
  WsMessageLog *log;    /* (owned) (nullable) */
  gboolean      is_heard;
  gboolean      is_logged;
} Round;

static void
on_disconnected (WsSocket *socket, gpointer user_data)
{
}

/* In the worker. */
static void
open_there (gpointer data)
{
  Round *round = data;

  round->socket = ws_socket_new ();
  if (round->is_heard)
    g_signal_connect (round->socket, "disconnected",
                      G_CALLBACK (on_disconnected), NULL);
  if (round->is_logged)
    {
      round->log = ws_message_log_new ();
      ws_message_log_set_socket (round->log, round->socket);
    }
  ws_socket_open (round->socket, round->url, NULL);
}

static void
end_by_reset (RawPeer *peer)
{
  raw_peer_reset (peer);
}

static void
end_by_close (RawPeer *peer)
{
  raw_peer_send_close (peer, 1000, "");
  raw_peer_free (peer);
}

static void
end_by_message (RawPeer *peer)
{
  raw_peer_send_frame (peer, 0x81, "a", 1);
  end_by_close (peer);
}

static void
test_sockets (gconstpointer data)
{
  void (*end) (RawPeer * peer) = (void (*) (RawPeer *)) data;
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  Worker          *worker = worker_new ();
  int              n_finalised = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      Round    round = { .url = url, .is_heard = i % 2 != 0 };
      RawPeer *peer;

      worker_call (worker, open_there, &round);
      peer = raw_listener_take (listener);
      raw_peer_accept (peer);
      /* Not all rounds have come to the handshake's end there. */
      if (i % 8 != 0)
        worker_call (worker, do_nothing, NULL);
      g_object_weak_ref (G_OBJECT (round.socket), on_finalised, &n_finalised);
      end (peer);
      linger (i);
      g_object_unref (round.socket);
    }
  ws_test_until (NULL, g_atomic_int_get (&n_finalised) == N_ROUNDS);
  worker_free (worker);
}

/* --- Message logs --- */

static void
drop_socket (gpointer data)
{
  Round *round = data;

  g_clear_object (&round->socket);
}

static void
test_logs (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  Worker          *worker = worker_new ();
  int              n_finalised = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      Round    round = { .url = url, .is_logged = TRUE };
      RawPeer *peer;

      worker_call (worker, open_there, &round);
      peer = raw_listener_take (listener);
      raw_peer_accept (peer);
      worker_call (worker, do_nothing, NULL);
      g_object_weak_ref (G_OBJECT (round.log), on_finalised, &n_finalised);
      end_by_message (peer);
      linger (i);
      g_object_unref (round.log);
      worker_call (worker, drop_socket, &round);
    }
  ws_test_until (NULL, g_atomic_int_get (&n_finalised) == N_ROUNDS);
  worker_free (worker);
}

/* --- Servers --- */

typedef struct
{
  WsServer *server; /* (owned) (nullable) */
  guint16   port;
} Host;

/* In the worker. */
static void
listen_there (gpointer data)
{
  Host *host = data;

  host->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_assert_true (ws_server_listen (host->server, NULL, 0, NULL));
  host->port = ws_server_get_server_port (host->server);
}

static void
test_servers (void)
{
  Worker *worker = worker_new ();
  int     n_finalised = 0;

  for (guint i = 0; i < N_ROUNDS / 4; i++)
    {
      Host     host = { NULL };
      RawPeer *peer;

      worker_call (worker, listen_there, &host);
      peer = raw_peer_connect (host.port);
      if (i % 4 != 0)
        raw_peer_send (peer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      g_object_weak_ref (G_OBJECT (host.server), on_finalised, &n_finalised);
      linger (i);
      g_object_unref (host.server);
      raw_peer_free (peer);
    }
  ws_test_until (NULL, g_atomic_int_get (&n_finalised) == N_ROUNDS / 4);
  worker_free (worker);
}

/* --- What chance hardly ever does --- */

/* A socket that its own thread and another meet at. */
typedef struct
{
  WsSocket     parent_instance;
  GThread     *home;
  Worker      *worker;
  RawPeer     *peer; /* (nullable): ends the connection during an unref */
  int         *is_over;
  GAsyncQueue *disposed; /* (owned): is told when dispose has been called */
} LateSocket;

typedef WsSocketClass LateSocketClass;

static GType late_socket_get_type (void);
G_DEFINE_TYPE (LateSocket, late_socket, WS_TYPE_SOCKET)

/* In the thread of the last unref: the connection ends meanwhile, and its
 * handlers run. */
static void
late_socket_dispose (GObject *object)
{
  LateSocket *self = (LateSocket *) object;
  RawPeer    *peer = g_steal_pointer (&self->peer);

  if (g_thread_self () != self->home && peer != NULL)
    {
      raw_peer_reset (peer);
      ws_test_until (NULL, g_atomic_int_get (self->is_over));
    }
  /* Somebody may have notified while the unref held notifications back. */
  g_object_notify (object, "state");
  G_OBJECT_CLASS (late_socket_parent_class)->dispose (object);
  if (g_thread_self () != self->home)
    g_async_queue_push (self->disposed, self->disposed);
}

/* GLib's last look at an object that was revived in dispose. */
static void
late_socket_dispatch_properties_changed (GObject     *object,
                                         guint        n_pspecs,
                                         GParamSpec **pspecs)
{
  LateSocket *self = (LateSocket *) object;

  if (g_thread_self () != self->home)
    for (guint i = 0; i < 3; i++)
      worker_call (self->worker, do_nothing, NULL);
  G_OBJECT_CLASS (late_socket_parent_class)
      ->dispatch_properties_changed (object, n_pspecs, pspecs);
}

static void
late_socket_finalize (GObject *object)
{
  g_async_queue_unref (((LateSocket *) object)->disposed);
  G_OBJECT_CLASS (late_socket_parent_class)->finalize (object);
}

static void
late_socket_class_init (LateSocketClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = late_socket_dispose;
  G_OBJECT_CLASS (klass)->finalize = late_socket_finalize;
  G_OBJECT_CLASS (klass)->dispatch_properties_changed
      = late_socket_dispatch_properties_changed;
}

static void
late_socket_init (LateSocket *self)
{
  self->home = g_thread_self ();
  self->disposed = g_async_queue_new ();
}

typedef struct
{
  const char *url;
  LateSocket *socket;
  int         is_connected;
  int         is_over;
  int         n_finalised;
  GThread    *death;
} Meeting;

static void
on_connected (WsSocket *socket, Meeting *meeting)
{
  g_atomic_int_set (&meeting->is_connected, TRUE);
  g_main_context_wakeup (NULL);
}

/* In the worker: the other thread goes on meanwhile. */
static void
on_over (WsSocket *socket, Meeting *meeting)
{
  g_atomic_int_set (&meeting->is_over, TRUE);
  g_main_context_wakeup (NULL);
  g_assert_nonnull (
      g_async_queue_timeout_pop (((LateSocket *) socket)->disposed,
                                 60 * G_USEC_PER_SEC));
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  g_assert_cmpint (g_atomic_int_get (&meeting->n_finalised), ==, 0);
}

static void
on_gone (gpointer data, GObject *where_it_was)
{
  Meeting *meeting = data;

  meeting->death = g_thread_self ();
  on_finalised (&meeting->n_finalised, where_it_was);
}

static void
meet (gpointer data)
{
  Meeting *meeting = data;

  meeting->socket = g_object_new (late_socket_get_type (), NULL);
  g_signal_connect (meeting->socket, "connected", G_CALLBACK (on_connected),
                    meeting);
  g_signal_connect (meeting->socket, "disconnected", G_CALLBACK (on_over),
                    meeting);
  g_object_weak_ref (G_OBJECT (meeting->socket), on_gone, meeting);
  ws_socket_open (WS_SOCKET (meeting->socket), meeting->url, NULL);
}

/* @data: whether the connection ends while the last unref has begun. */
static void
test_meeting (gconstpointer data)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  Meeting          meeting = { .url = url };
  Worker          *worker = worker_new ();
  RawPeer         *peer;

  worker_call (worker, meet, &meeting);
  peer = raw_listener_take (listener);
  raw_peer_accept (peer);
  ws_test_until (NULL, g_atomic_int_get (&meeting.is_connected));
  worker_call (worker, do_nothing, NULL);
  meeting.socket->worker = worker;
  meeting.socket->is_over = &meeting.is_over;
  if (data != NULL)
    meeting.socket->peer = peer;
  g_object_unref (meeting.socket);
  if (data == NULL)
    {
      raw_peer_expect_close (peer, 1001, "");
      raw_peer_free (peer);
    }
  ws_test_until (NULL, g_atomic_int_get (&meeting.n_finalised) == 1);
  g_assert_true (meeting.death == worker->thread);
  worker_free (worker);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  /* Made in one thread, for ThreadSanitizer does not see how GLib does it. */
  g_type_class_unref (g_type_class_ref (late_socket_get_type ()));
  g_type_class_unref (g_type_class_ref (WS_TYPE_SERVER));
  g_type_class_unref (g_type_class_ref (WS_TYPE_MESSAGE_LOG));
  g_test_add_data_func ("/last-unref/socket/reset", end_by_reset, test_sockets);
  g_test_add_data_func ("/last-unref/socket/close", end_by_close, test_sockets);
  g_test_add_data_func ("/last-unref/socket/message", end_by_message,
                        test_sockets);
  g_test_add_func ("/last-unref/log", test_logs);
  g_test_add_func ("/last-unref/server", test_servers);
  g_test_add_data_func ("/last-unref/meeting/thaw", NULL, test_meeting);
  g_test_add_data_func ("/last-unref/meeting/end", "end", test_meeting);
  return g_test_run ();
}
