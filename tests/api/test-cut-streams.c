/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cut-stream.h"
#include "ssl-test.h"

#include <string.h>

/* A client over a program's own stream, which ends or fails at every byte that
 * comes and at every byte that goes, with TLS and without: the user is told
 * once, what it was, and of nothing that did not happen. */

typedef struct
{
  gboolean   is_secure;
  Cut        cut;
  WsServer  *server;
  WsSocket  *client;
  WsSocket  *accepted; /* (owned) (nullable) */
  SignalLog *log;
  guint      n_connected, n_disconnected, n_errors, n_texts;
  guint      n_joined, n_left;
  int        code; /* of the error */
  char      *text; /* (owned) (nullable): likewise */
} Scene;

/* --- Who talks --- */

static void
on_echo (WsSocket *socket, const char *text, Scene *scene)
{
  g_assert_cmpint (ws_socket_send_text_message (socket, text, NULL), >, 0);
}

static void
on_joined (WsServer *server, WsSocket *socket, Scene *scene)
{
  scene->n_joined++;
  scene->accepted = g_object_ref (socket);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_echo),
                    scene);
}

static void
on_left (WsServer *server, WsSocket *socket, Scene *scene)
{
  scene->n_left++;
}

static void
on_connected (WsSocket *socket, Scene *scene)
{
  scene->n_connected++;
  g_assert_cmpint (ws_socket_send_text_message (socket, "Hello", NULL), >, 0);
}

static void
on_text (WsSocket *socket, const char *text, Scene *scene)
{
  scene->n_texts++;
  g_assert_cmpstr (text, ==, "Hello");
  g_assert_true (ws_socket_close (socket, 1000, "bye", NULL));
}

static void
on_error (WsSocket *socket, const GError *error, Scene *scene)
{
  scene->n_errors++;
  g_assert_cmpuint (error->domain, ==, WS_SOCKET_ERROR);
  scene->code = error->code;
  g_free (scene->text);
  scene->text = g_strdup (error->message);
}

static void
on_disconnected (WsSocket *socket, Scene *scene)
{
  scene->n_disconnected++;
}

/* --- A course of things --- */

static void
begin (Scene *scene)
{
  g_autoptr (GIOStream) mine = NULL, theirs = NULL;
  GIOStream *ends[2];

  cut_stream_make_pair (&scene->cut, ends);
  mine = ends[0];
  theirs = ends[1];
  scene->client = scene->is_secure ? ssl_client_new () : ws_socket_new ();
  g_object_connect (scene->client, "signal::connected", on_connected, scene,
                    "signal::text-message-received", on_text, scene,
                    "signal::error", on_error, scene, "signal::disconnected",
                    on_disconnected, scene, NULL);
  g_assert_true (ws_server_handle_connection (scene->server, theirs, NULL));
  g_assert_true (ws_socket_open_stream (scene->client, mine,
                                        scene->is_secure ? "wss://localhost/"
                                                         : "ws://localhost/",
                                        NULL));
}

/* What the user is told of a stream that ends like that. */
static void
check_error (const Scene *scene)
{
  static const struct
  {
    int         code;
    const char *text;
  } rows[CUT_N_KINDS] = {
    [CUT_READ_ERROR] = { WS_SOCKET_ERROR_SOCKET_TIMEOUT, "Torn while reading" },
    [CUT_READ_END] = { WS_SOCKET_ERROR_REMOTE_HOST_CLOSED, "" },
    [CUT_WRITE_ERROR]
    = { WS_SOCKET_ERROR_SOCKET_RESOURCE, "Torn while writing" },
  };

  g_assert_cmpint (scene->code, ==, rows[scene->cut.kind].code);
  g_assert_nonnull (strstr (scene->text, rows[scene->cut.kind].text));
}

static void
check (const Scene *scene)
{
  const gboolean is_clean = ws_socket_get_was_clean (scene->client);

  g_assert_cmpuint (scene->n_disconnected, ==, 1);
  g_assert_cmpuint (scene->n_connected, <=, 1);
  g_assert_cmpuint (scene->n_texts, <=, scene->n_connected);
  g_assert_cmpuint (scene->n_left, ==, scene->n_joined);
  if (!scene->cut.has_happened)
    g_assert_true (is_clean);
  if (is_clean)
    {
      g_assert_cmpuint (scene->n_texts, ==, 1);
      g_assert_cmpuint (scene->n_errors, ==, 0);
      g_assert_cmpuint (ws_socket_get_close_code (scene->client), ==, 1000);
      return;
    }
  /* Whoever has closed is not told of an error, only that it was not clean. */
  if (scene->n_texts > 0)
    {
      g_assert_cmpuint (ws_socket_get_close_code (scene->client), ==, 1000);
      g_assert_cmpuint (scene->n_errors, ==, 0);
      return;
    }
  g_assert_cmpuint (ws_socket_get_close_code (scene->client), ==, 1006);
  g_assert_cmpuint (scene->n_errors, ==, 1);
  check_error (scene);
}

/* FALSE: nothing was left to be cut. */
static gboolean
run (WsServer *server, gboolean is_secure, Cut cut)
{
  Scene  scene = { .is_secure = is_secure, .cut = cut, .server = server };
  gulong joined = g_signal_connect (server, "client-connected",
                                    G_CALLBACK (on_joined), &scene);
  gulong left = g_signal_connect (server, "client-disconnected",
                                  G_CALLBACK (on_left), &scene);

  begin (&scene);
  api_wait_state (scene.client, WS_STATE_UNCONNECTED);
  ws_test_until (NULL, scene.n_left == scene.n_joined);
  check (&scene);
  g_signal_handler_disconnect (server, joined);
  g_signal_handler_disconnect (server, left);
  g_clear_object (&scene.accepted);
  g_assert_finalize_object (scene.client);
  g_free (scene.text);
  return scene.cut.has_happened;
}

/* In steps of @step bytes. */
static void
run_all (WsServer *server, gboolean is_secure, gsize piece, gsize step)
{
  for (CutKind kind = 0; kind < CUT_N_KINDS; kind++)
    {
      Cut   cut = { .kind = kind, .piece = piece };
      guint n = 0;

      while (run (server, is_secure, cut))
        {
          cut.after += step;
          n++;
        }
      g_test_message ("kind %u: %u cuts", kind, n);
      g_assert_cmpuint (n * step, >, 100);
    }
}

static void
test_plain (gconstpointer data)
{
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  run_all (server, FALSE, GPOINTER_TO_SIZE (data), 1);
}

static void
test_secure (gconstpointer data)
{
  const gsize piece = GPOINTER_TO_SIZE (data);
  g_autoptr (WsSslConfiguration) configuration
      = ssl_configuration_new ("server-chain");
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_SECURE);

  ws_server_set_ssl_configuration (server, configuration);
  /* A handshake takes its time: byte by byte once is enough. */
  run_all (server, TRUE, piece, piece == 1 ? 7 : 1);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_data_func ("/cut-streams/plain/whole",
                        GSIZE_TO_POINTER (G_MAXSIZE), test_plain);
  g_test_add_data_func ("/cut-streams/plain/bytes", GSIZE_TO_POINTER (1),
                        test_plain);
  g_test_add_data_func ("/cut-streams/secure/whole",
                        GSIZE_TO_POINTER (G_MAXSIZE), test_secure);
  g_test_add_data_func ("/cut-streams/secure/bytes", GSIZE_TO_POINTER (1),
                        test_secure);
  return g_test_run ();
}
