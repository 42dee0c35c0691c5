/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world-script.h"
#include "world.h"

/* A whole client and a whole server, or one of them against the input. See
 * world-script.h for what the input says. */

/* More rounds than anybody needs who has something to do. */
#define MANY 1000

gboolean
world_iterate (World *self, guint n)
{
  gboolean is_busy = TRUE;

  self->depth++;
  for (guint i = 0; i < n && is_busy; i++)
    {
      is_busy = g_main_context_iteration (NULL, FALSE);
      world_wire_accept (self);
    }
  self->depth--;
  return !is_busy;
}

void
world_settle (World *self)
{
  guint n_idle = 0;

  for (;;)
    {
      gboolean is_busy = !world_iterate (self, 20), moves = FALSE;

      for (guint i = 0; i < WORLD_N_WIRES; i++)
        {
          moves |= world_wire_move (self, &self->wires[i], WIRE_UP, G_MAXSIZE);
          moves
              |= world_wire_move (self, &self->wires[i], WIRE_DOWN, G_MAXSIZE);
        }
      if (!is_busy && !moves)
        return;
      /* Nobody is busy with nothing. */
      n_idle = moves ? 0 : n_idle + 1;
      g_assert_cmpuint (n_idle, <, MANY);
    }
}

/* --- The stage --- */

static WorldChoices
choose (Tape *tape)
{
  const guint8 a = tape_byte (tape), b = tape_byte (tape), c = tape_byte (tape),
               d = tape_byte (tape);

  return (WorldChoices){
    .ends = a % 4 % 3,
    .streams = (a & 0x04) != 0,
    .compresses = (a & 0x08) != 0,
    .client_pulls = (a & 0x10) != 0,
    .peers_pull = (a & 0x20) != 0,
    .taking = a / 64 % 3,
    .reconnects = (b & 0x01) != 0,
    .small_buffers = (b & 0x02) != 0,
    .small_limits = (b & 0x04) != 0,
    .hears_frames = (b & 0x08) != 0,
    .hears_texts = (b & 0x10) != 0,
    .hears_notes = (b & 0x20) != 0,
    .skips_slow = (b & 0x40) != 0,
    .has_subprotocols = (b & 0x80) != 0,
    .frame_size = c * 64u,
    .max_redirects = d % 4,
    .listens = (d & 0x04) != 0,
    .distrusts = (d & 0x08) != 0,
    .pauses = (d & 0x10) != 0,
    .asks_client = (d & 0x20) != 0,
    .interrupts = (d & 0x40) != 0,
    .is_old_tls = (d & 0x80) != 0,
  };
}

static const char *const subprotocols[] = { "chat", "superchat", NULL };

/* (transfer full) */
static WsDeflateOptions *
make_deflate_options (void)
{
  WsDeflateOptions *options = ws_deflate_options_new ();

  ws_deflate_options_set_threshold (options, 0);
  ws_deflate_options_set_client_max_window_bits (options, 9);
  ws_deflate_options_set_server_max_window_bits (options, 9);
  ws_deflate_options_set_memory_level (options, 1);
  return options;
}

static void
on_client_connected (WsServer *server, WsSocket *socket, World *self)
{
  world_watch (self, socket);
  world_listen (self, socket);
  if (self->choices.peers_pull)
    ws_socket_set_pull (socket, TRUE);
  g_set_object (&self->peer, socket);
}

static void
set_server (World *self)
{
  const WorldChoices *choices = &self->choices;
  g_autoptr (WsDeflateOptions) options = make_deflate_options ();

  self->server
      = ws_server_new ("world", world_is_secure ? WS_SSL_MODE_SECURE
                                                : WS_SSL_MODE_NON_SECURE);
  world_track (self, self->server);
  if (world_is_secure)
    world_tls_set_server (self);
  if (choices->compresses)
    ws_server_set_compression (self->server, options);
  ws_server_set_outgoing_frame_size (self->server, choices->frame_size);
  if (choices->small_limits)
    g_object_set (self->server, "max-incoming-message-size", (guint64) 1000,
                  "max-incoming-frame-size", (guint64) 300,
                  "max-bytes-to-write", (guint64) 20000, "max-header-size", 500,
                  "max-connections", 2, "max-pending-connections", 1, NULL);
  if (choices->skips_slow)
    ws_server_set_slow_client_policy (self->server, WS_SLOW_CLIENT_POLICY_SKIP);
  if (choices->has_subprotocols)
    ws_server_set_supported_subprotocols (self->server, subprotocols);
  if (choices->taking == 0)
    g_signal_connect (self->server, "client-connected",
                      G_CALLBACK (on_client_connected), self);
  world_listen (self, self->server);
  if (choices->listens)
    g_assert_true (
        ws_server_listen_unix (self->server, world_wire_path (), NULL));
  if (choices->taking == 2)
    world_accept (self);
}

/* The client comes back soon, but not for ever. */
static void
set_policy (WsSocket *client)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 50u,
                      "jitter", 0.0, "max-attempts", 3u, NULL);

  ws_socket_set_reconnect (client, policy);
}

static void
set_client (World *self)
{
  const WorldChoices *choices = &self->choices;
  g_autoptr (WsDeflateOptions) options = make_deflate_options ();
  g_autoptr (WsSocket) client = ws_socket_new ();

  ws_socket_set_compression (client, choices->compresses ? options : NULL);
  ws_socket_set_pull (client, choices->client_pulls);
  ws_socket_set_outgoing_frame_size (client, choices->frame_size);
  ws_socket_set_max_redirects (client, choices->max_redirects);
  if (choices->small_limits)
    g_object_set (client, "max-incoming-message-size", (guint64) 1000,
                  "max-incoming-frame-size", (guint64) 300, "max-header-size",
                  500, NULL);
  if (choices->has_subprotocols)
    ws_socket_set_subprotocols (client, subprotocols);
  if (world_is_secure)
    world_tls_set_client (self, client);
  if (choices->reconnects)
    set_policy (client);
  self->client = g_object_ref (client);
  world_watch (self, client);
  world_listen (self, client);
  ws_socket_open (client, world_wire_url (), NULL);
}

static void
world_init (World *self, Tape *tape)
{
  *self = (World){ .choices = choose (tape) };
  for (guint i = 0; i < WORLD_N_WIRES; i++)
    self->wires[i].to_client = self->wires[i].to_server = -1;
  self->handlers = tape_cut (tape, tape_byte (tape));
  self->cancellable = g_cancellable_new ();
  self->witnesses = g_ptr_array_new_with_free_func (g_free);
  self->n_sent = g_array_new (FALSE, TRUE, sizeof (guint));
  g_array_set_size (self->n_sent, 1);
  self->is_tampered = self->choices.ends != 0;
  if (self->choices.ends != 2)
    set_server (self);
  if (self->choices.ends != 1)
    set_client (self);
  else
    world_wire_add_raw (self);
}

/* --- Steps --- */

static const char *const requests[] = {
  "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
  "Sec-WebSocket-Version: 13\r\n",
  "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: superchat, chat\r\n"
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
  "GET / HTTP/1.1\r\nHost: localhost\r\n",
  "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n",
  "HEAD / HTTP/1.1\r\nHost: localhost\r\n",
  "GET / HTTP/1.0\r\n",
  "GET /",
  "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
};

static const char *const answers[] = {
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
  "Connection: Upgrade\r\nSec-WebSocket-Accept: ",
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
  "Connection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate; "
  "server_max_window_bits=9; client_max_window_bits=9\r\n"
  "Sec-WebSocket-Accept: ",
  "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\nX: ",
  "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n"
  "WWW-Authenticate: Basic realm=\"a\"\r\nX: ",
  "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nConnection: close\r\nX: ",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Now\r\nX: ",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: ",
  "HTTP/1.1 ",
};

static Wire *
choose_wire (World *self, guint8 argument)
{
  return &self->wires[argument % WORLD_N_WIRES];
}

static WireWay
choose_way (guint8 argument)
{
  return argument & 4 ? WIRE_DOWN : WIRE_UP;
}

static void
step_request (World *self, guint8 argument, const Tape *payload)
{
  g_autoptr (GString) head = g_string_new (requests[argument / 32]);

  g_string_append_len (head, (const char *) payload->data,
                       (gssize) payload->len);
  g_string_append (head, "\r\n");
  world_wire_say (self, choose_wire (self, argument), WIRE_UP, head->str,
                  head->len);
}

/* (transfer full): RFC 6455, 4.2.2, 5.4, for the request in @heard. */
static char *
compute_accept (const GByteArray *heard)
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  static const char name[] = "Sec-WebSocket-Key: ";
  g_autofree char  *text
      = g_strndup (heard->len > 0 ? (const char *) heard->data : "",
                   heard->len);
  const char *key = strstr (text, name);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize  len = sizeof digest;

  if (key != NULL)
    {
      key += strlen (name);
      g_checksum_update (sha1, (const guchar *) key,
                         (gssize) strcspn (key, "\r"));
    }
  g_checksum_update (sha1, (const guchar *) guid, -1);
  g_checksum_get_digest (sha1, digest, &len);
  return g_base64_encode (digest, len);
}

static void
step_answer (World *self, guint8 argument, const Tape *payload)
{
  Wire *wire = choose_wire (self, argument);
  g_autoptr (GByteArray) heard = world_wire_overhear (wire, WIRE_UP);
  g_autofree char *accept = compute_accept (heard);
  g_autoptr (GString) head = g_string_new (answers[argument / 32]);

  self->is_tampered = TRUE;
  if (argument / 32 != 7)
    g_string_append_printf (head, "%s\r\n", accept);
  g_string_append_len (head, (const char *) payload->data,
                       (gssize) payload->len);
  g_string_append (head, "\r\n");
  world_wire_say (self, wire, WIRE_DOWN, head->str, head->len);
}

static void
append_length (GByteArray *frame, guint8 mask, gsize len)
{
  guint64 big = GUINT64_TO_BE ((guint64) len);
  guint8  byte = mask | (guint8) (len < 126 ? len : len < 65536 ? 126 : 127);
  guint   n = len < 126 ? 0 : len < 65536 ? 2 : 8;

  g_byte_array_append (frame, &byte, 1);
  g_byte_array_append (frame, (const guint8 *) &big + 8 - n, n);
}

/* @content as often as it takes to be so long. */
static void
append_over_and_over (GByteArray *frame, Tape content, gsize len)
{
  const gsize begin = frame->len;

  if (content.len == 0)
    content = (Tape){ (const guint8 *) "a", 1 };
  g_byte_array_set_size (frame, (guint) (begin + len));
  for (gsize i = 0; i < len; i += content.len)
    memcpy (frame->data + begin + i, content.data, MIN (content.len, len - i));
}

static void
step_frame (World *self, guint8 argument, Tape payload)
{
  static const gsize lengths[] = { 0, 1, 125, 126, 1000, 65536, 70000, 0 };
  static const guint counts[] = { 1, 2, 30, 300 };
  const WireWay      way = choose_way (argument);
  const guint8       first = tape_byte (&payload);
  gsize              len = lengths[argument / 32];
  guint              n = len > 1000 ? 1 : counts[argument / 8 % 4];
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  static const guint8 zeros[4];

  if (argument / 32 == 7)
    len = payload.len;
  g_byte_array_append (frame, &first, 1);
  append_length (frame, way == WIRE_UP ? 0x80 : 0, len);
  if (way == WIRE_UP)
    g_byte_array_append (frame, zeros, 4);
  append_over_and_over (frame, payload, len);
  while (n-- > 0)
    world_wire_say (self, choose_wire (self, argument), way, frame->data,
                    frame->len);
}

static void
step_end (World *self, guint8 argument)
{
  Wire *wire = choose_wire (self, argument);

  if (argument & 8)
    world_wire_cut (self, wire);
  else
    world_wire_end (self, wire, choose_way (argument));
}

static void
run_step (World *self, Tape *tape)
{
  const StepKind kind = tape_byte (tape) % STEP_N_KINDS;
  const guint8   argument = tape_byte (tape);
  Tape           payload = { 0 };
  Wire          *wire = choose_wire (self, argument);

  if (step_has_payload (kind))
    payload = tape_cut (tape, tape_byte (tape));
  switch (kind)
    {
    case STEP_SETTLE:
      world_settle (self);
      break;
    case STEP_ITERATE:
      world_iterate (self, argument + 1u);
      break;
    case STEP_MOVE:
      world_wire_move (self, wire, choose_way (argument),
                       (gsize) 1 << argument / 8 % 16);
      break;
    case STEP_ACT:
      world_act (self, G_OBJECT (self->client), argument);
      break;
    case STEP_ACT_PEER:
      world_act (self, G_OBJECT (self->peer), argument);
      break;
    case STEP_TIME:
      world_clock_advance ((guint64) 1000 << argument % 18);
      world_iterate (self, 3);
      break;
    case STEP_FLIP:
      world_wire_flip (self, wire, choose_way (argument), argument / 8u);
      break;
    case STEP_END:
      step_end (self, argument);
      break;
    case STEP_RAW:
      world_wire_add_raw (self);
      break;
    case STEP_SAY:
      world_wire_say (self, wire, choose_way (argument), payload.data,
                      payload.len);
      break;
    case STEP_REQUEST:
      step_request (self, argument, &payload);
      break;
    case STEP_ANSWER:
      step_answer (self, argument, &payload);
      break;
    case STEP_FRAME:
      step_frame (self, argument, payload);
      break;
    case STEP_N_KINDS:
      break;
    }
}

/* --- The end --- */

/* Nobody answers any more: whatever has a time-out is over. */
static void
check_timeouts (World *self)
{
  gboolean waits_for_user = self->deferred != NULL;

  self->handlers.len = 0;
  /* As long as the user is asked no time goes by. */
  if (world_is_secure && self->client != NULL)
    ws_socket_resume (self->client);
  for (guint i = 0; i < 20; i++)
    {
      world_clock_advance (30 * G_USEC_PER_SEC);
      world_iterate (self, 100);
    }
  if (self->client == NULL || waits_for_user)
    return;
  g_assert_cmpint (ws_socket_get_state (self->client), !=, WS_STATE_CONNECTING);
  g_assert_cmpint (ws_socket_get_state (self->client), !=, WS_STATE_CLOSING);
}

static void
world_clear (World *self)
{
  world_settle (self);
  check_timeouts (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->peer);
  g_clear_object (&self->server);
  g_clear_object (&self->deferred);
  g_clear_object (&self->log);
  for (guint i = 0; i < WORLD_N_WIRES; i++)
    world_wire_cut (self, &self->wires[i]);
  g_assert_true (world_iterate (self, MANY));
  for (guint i = 0; i < WORLD_N_WIRES; i++)
    world_wire_cut (self, &self->wires[i]);
  world_wire_forget_clients ();
  g_assert_cmpuint (self->n_calls, ==, 0);
  g_assert_cmpuint (self->n_alive, ==, 0);
  g_ptr_array_unref (self->witnesses);
  g_array_unref (self->n_sent);
  g_free (self->epoch);
  g_object_unref (self->cancellable);
}

/* A few are opened when something is needed for the first time; one that leaks
 * does so again and again. */
static void
check_descriptors (void)
{
  static int   highest = -1;
  static guint n_steps;
  const int    lowest_free = dup (0);

  close (lowest_free);
  if (lowest_free <= highest)
    return;
  highest = lowest_free;
  g_assert_cmpuint (++n_steps, <, 8);
}

/* GLib ends a program by a trap when something fatal is logged; a fuzzer keeps
 * the input that aborts. */
static void
on_trap (int number)
{
  abort ();
}

static void
set_up (void)
{
  signal (SIGTRAP, on_trap);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  world_wire_url ();
}

void
fuzz_check_corpus (void)
{
  g_assert_cmpuint (world_n_heard, >, 100);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static gsize is_set_up;
  World        world;
  Tape         tape = { data, size };

  if (g_once_init_enter (&is_set_up))
    {
      set_up ();
      g_once_init_leave (&is_set_up, 1);
    }
  world_init (&world, &tape);
  while (tape.len > 0)
    run_step (&world, &tape);
  world_clear (&world);
  check_descriptors ();
  return 0;
}
