/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program's own stream may do anything while it is read or written: the ones
 * here have their owner drop what is at work on them. */
#include "engine-rig.h"
#include "own-stream.h"

#include "engine/ws-server-opening.h"

#include <string.h>

/* --- A connection --- */

typedef struct
{
  Rig  *rig;
  guint deed;
} Deed;

/* Drops it, says and asks something, or lets all go on in a nested loop. */
static void
do_deed (gpointer data)
{
  Deed *deed = data;
  Rig  *rig = deed->rig;

  if (rig->engine == NULL)
    return;
  if (deed->deed == 0)
    g_clear_pointer (&rig->engine, ws_engine_drop);
  else if (deed->deed == 1)
    {
      rig_send_text (rig, "from inside");
      ws_engine_ping (rig->engine, (const guint8 *) "x", 1);
      ws_engine_flush (rig->engine);
    }
  else if (deed->deed == 2)
    ws_engine_close (rig->engine, 1000, NULL);
  else
    own_stream_iterate (rig->context);
}

static void
check_engine (
    WsRole role, OwnStreamMoment moment, guint n, guint what, gsize piece)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  Deed            deed = { .deed = what };
  OwnStreamScript script;
  Rig            *rig;

  own_stream_script_init (&script);
  script.moment = moment;
  script.n_left = n;
  script.act = do_deed;
  script.data = &deed;
  script.piece = piece;
  rig = deed.rig
      = rig_new_for_transport (context, role,
                               own_stream_make_transport (poller, &script));
  rig->settings.outgoing_frame_size = 5;
  wire_append_text (wire, "Hello", role == WS_ROLE_SERVER);
  wire_append_text (wire, "there", role == WS_ROLE_SERVER);
  g_byte_array_append (script.input, wire->data, wire->len);
  ws_engine_start (rig->engine);
  rig_send_text (rig, "Some text that is longer than a fragment");
  own_stream_iterate (context);
  g_clear_pointer (&rig->engine, ws_engine_drop);
  rig_free (rig);
  own_stream_iterate (context);
  own_stream_script_clear (&script);
}

static void
test_engine (gconstpointer data)
{
  for (OwnStreamMoment moment = 0; moment < OWN_STREAM_N_MOMENTS; moment++)
    for (guint n = 1; n <= 3; n++)
      for (guint what = 0; what < 4; what++)
        {
          check_engine (GPOINTER_TO_INT (data), moment, n, what, 4);
          check_engine (GPOINTER_TO_INT (data), moment, n, what, 4096);
        }
}

/* --- A server's opening --- */

typedef struct
{
  WsServerOpening *opening;
} Owner;

static void
free_opening (gpointer data)
{
  g_clear_pointer (&((Owner *) data)->opening, ws_server_opening_free);
}

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
  free_opening (user_data);
}

static const WsServerOpeningSink sink
    = { .request = on_request, .refused = on_refused, .gone = on_gone };

static void
check_opening (OwnStreamMoment moment, guint n, gsize piece)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                                "Upgrade: websocket\r\n"
                                "Connection: Upgrade\r\n"
                                "Sec-WebSocket-Key: "
                                "dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Version: 13\r\n\r\n";
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000 };
  Owner                  owner = { 0 };
  OwnStreamScript        script;

  own_stream_script_init (&script);
  script.moment = moment;
  script.n_left = n;
  script.act = free_opening;
  script.data = &owner;
  script.piece = piece;
  g_byte_array_append (script.input, (const guint8 *) request,
                       strlen (request));
  owner.opening
      = ws_server_opening_new (own_stream_make_transport (poller, &script),
                               &options, &sink, &owner);
  own_stream_iterate (context);
  free_opening (&owner);
  own_stream_iterate (context);
  own_stream_script_clear (&script);
}

static void
test_opening (void)
{
  for (OwnStreamMoment moment = 0; moment < OWN_STREAM_N_MOMENTS; moment++)
    for (guint n = 1; n <= 3; n++)
      {
        check_opening (moment, n, 50);
        check_opening (moment, n, 4096);
      }
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/engine/own-streams/client",
                        GINT_TO_POINTER (WS_ROLE_CLIENT), test_engine);
  g_test_add_data_func ("/engine/own-streams/server",
                        GINT_TO_POINTER (WS_ROLE_SERVER), test_engine);
  g_test_add_func ("/engine/own-streams/opening", test_opening);
  return g_test_run ();
}
