/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same with TLS on the program's own stream: what is at work on that is
 * dropped, closed or used at each call that reaches the stream. */
#include "engine-rig.h"
#include "own-stream.h"

#include "engine/ws-client-opening.h"
#include "engine/ws-server-opening.h"
#include "net/tls-rig.h"

#include <string.h>

/* Calls of a kind that a course of things has at most: beyond, nothing is left
 * to be disturbed. */
#define MAX_CALLS 200

static const TlsRigSide trusting = { .trust = "root.pem" };
static const TlsRigSide known
    = { .chain = "server-chain.pem", .key = "leaf.key" };

/* One course of things: a session of TLS at the other end of the stream, and at
 * this end an opening, and the engine that comes of it. */
typedef struct
{
  GMainContext     *context;
  WsPoller         *poller;
  OwnStreamScript   script;
  WsTlsCredentials *ours, *theirs;
  TlsRigEnd         peer;
  const char       *says; /* what the peer begins with, or answers */
  WsClientOpening  *client;
  WsServerOpening  *server;
  WsTransport      *plain; /* (nullable): a stream of TLS that nobody opens */
  Rig              *rig;
  void (*act) (gpointer scene);
} Scene;

/* --- The peer --- */

static void
pump (Scene *scene)
{
  const guint8 *output;
  gsize         len;

  tls_rig_step (&scene->peer);
  if (scene->peer.progress == WS_TLS_DONE && scene->says != NULL
      && (scene->client == NULL || scene->peer.read->len > 0))
    {
      tls_rig_write (&scene->peer, scene->says, strlen (scene->says));
      scene->says = NULL;
    }
  output = ws_tls_session_peek_output (scene->peer.session, &len);
  g_byte_array_append (scene->script.input, output, (guint) len);
  ws_tls_session_drop_output (scene->peer.session, len);
}

static void
on_sent (gpointer peer, const guint8 *data, gsize len)
{
  Scene *scene = peer;

  ws_tls_session_feed (scene->peer.session, data, len);
  pump (scene);
}

/* --- What is done at one of the calls --- */

static void
drop (gpointer data)
{
  Scene *scene = data;

  g_clear_pointer (&scene->client, ws_client_opening_free);
  g_clear_pointer (&scene->server, ws_server_opening_free);
  g_clear_pointer (&scene->plain, ws_transport_free);
  if (scene->rig != NULL)
    g_clear_pointer (&scene->rig->engine, ws_engine_drop);
}

static void
nest (gpointer data)
{
  own_stream_iterate (((Scene *) data)->context);
}

static void
nest_and_drop (gpointer data)
{
  nest (data);
  drop (data);
}

static void
speak (gpointer data)
{
  Scene *scene = data;

  if (scene->rig == NULL || scene->rig->engine == NULL)
    return;
  rig_send_text (scene->rig, "from inside");
  ws_engine_ping (scene->rig->engine, (const guint8 *) "x", 1);
  ws_engine_flush (scene->rig->engine);
}

static void
close_it (gpointer data)
{
  Scene *scene = data;

  if (scene->rig != NULL && scene->rig->engine != NULL)
    {
      ws_engine_close (scene->rig->engine, 1000, NULL);
      ws_engine_flush (scene->rig->engine);
    }
}

static void (*const acts[]) (gpointer data)
    = { drop, nest, nest_and_drop, speak, close_it };

static const WsTlsSessionSink session_sink = { 0 };

/* --- Openings --- */

static void
on_opened (WsClientOpening *opening, gpointer user_data)
{
  drop (user_data);
}

static void
on_failed (WsClientOpening *opening, const GError *error, gpointer user_data)
{
  drop (user_data);
}

static const WsClientOpeningSink client_sink
    = { .opened = on_opened, .failed = on_failed };

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  WsHttpFault fault;

  ws_http_fault_set (&fault, 403, "Not you");
  ws_server_opening_refuse (opening, &fault);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
}

static void
on_gone (WsServerOpening *opening, const GError *error, gpointer user_data)
{
  drop (user_data);
}

static const WsServerOpeningSink server_sink = { .request = on_request,
                                                 .refused = on_refused,
                                                 .gone = on_gone,
                                                 .tls_failed = on_gone };

static void
begin_client (Scene *scene, WsTransport *transport)
{
  g_autoptr (WsUrl) url = ws_url_parse ("wss://localhost/", NULL);
  WsClientOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000,
                                     .transport = transport,
                                     .credentials = scene->ours,
                                     .tls_sink = &session_sink };

  scene->says = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nNo.";
  scene->client = ws_client_opening_new (scene->poller, url, &options,
                                         &client_sink, scene);
}

static void
begin_server (Scene *scene, WsTransport *transport)
{
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000,
                                     .credentials = scene->ours,
                                     .tls_sink = &session_sink };

  scene->says = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n";
  scene->server
      = ws_server_opening_new (transport, &options, &server_sink, scene);
  pump (scene);
}

/* --- An engine --- */

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  Scene *scene = user_data;

  scene->rig = rig_new_for_transport (scene->context, WS_ROLE_CLIENT,
                                      g_steal_pointer (&scene->plain));
  ws_engine_start (scene->rig->engine);
  rig_send_text (scene->rig, "Some text");
}

static void
on_unsecured (WsTransport *stream, const GError *error, gpointer user_data)
{
  drop (user_data);
}

static const WsTlsStreamSink stream_sink
    = { .secured = on_secured, .failed = on_unsecured };

static void
begin_engine (Scene *scene, WsTransport *transport)
{
  WsTlsSessionOptions options
      = { .credentials = scene->ours, .host = "localhost" };

  scene->says = "\x81\x05Hello\x89\x01?\x81\x05there\x88\x02\x03\xe8";
  scene->plain = ws_tls_stream_new (transport, &options, &stream_sink,
                                    &session_sink, scene, NULL);
  ws_tls_stream_set_sink_data (scene->plain, scene);
}

/* --- The course of things --- */

/* FALSE: there is no such call. */
static gboolean
run (void (*begin) (Scene *scene, WsTransport *transport),
     gboolean        is_server,
     OwnStreamMoment moment,
     guint           n,
     void (*act) (gpointer data),
     gsize piece)
{
  Scene               scene = { .context = g_main_context_new () };
  WsTlsSessionOptions options
      = { .is_server = !is_server, .host = is_server ? "localhost" : NULL };
  gboolean happened;

  scene.poller = ws_poller_get (scene.context);
  scene.ours = tls_rig_credentials (is_server, is_server ? &known : &trusting);
  scene.theirs
      = tls_rig_credentials (!is_server, is_server ? &trusting : &known);
  options.credentials = scene.theirs;
  tls_rig_end_init (&scene.peer, &options);
  own_stream_script_init (&scene.script);
  scene.script.moment = moment;
  scene.script.n_left = n;
  scene.script.act = act;
  scene.script.data = scene.script.peer = &scene;
  scene.script.piece = piece;
  scene.script.sent = on_sent;
  begin (&scene, own_stream_make_transport (scene.poller, &scene.script));
  for (guint i = 0; i < 10; i++)
    own_stream_iterate (scene.context);
  drop (&scene);
  happened = scene.script.n_left == 0;
  scene.script.n_left = 0;
  g_clear_pointer (&scene.rig, rig_free);
  own_stream_iterate (scene.context);
  own_stream_script_clear (&scene.script);
  tls_rig_end_clear (&scene.peer);
  ws_tls_credentials_unref (scene.ours);
  ws_tls_credentials_unref (scene.theirs);
  ws_poller_unref (scene.poller);
  g_main_context_unref (scene.context);
  return happened;
}

typedef struct
{
  const char *name;
  void (*begin) (Scene *scene, WsTransport *transport);
  gboolean is_server;
} Course;

static const Course courses[] = {
  { "client-opening", begin_client, FALSE },
  { "server-opening", begin_server, TRUE },
  { "engine", begin_engine, FALSE },
};

static void
test_course (gconstpointer data)
{
  const Course *course = data;

  for (OwnStreamMoment moment = 0; moment < OWN_STREAM_N_MOMENTS; moment++)
    for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
      for (gsize piece = 300; piece < 5000; piece += 4000)
        {
          guint n = 1;

          while (n < MAX_CALLS
                 && run (course->begin, course->is_server, moment, n, acts[i],
                         piece))
            n += 1 + n / 8;
          g_assert_true (n > 1 || moment == OWN_STREAM_IN_LOOK);
        }
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (courses); i++)
    {
      g_autofree char *path
          = g_strconcat ("/engine/own-streams-tls/", courses[i].name, NULL);

      g_test_add_data_func (path, &courses[i], test_course);
    }
  return g_test_run ();
}
