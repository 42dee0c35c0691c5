/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reentrancy.h"

/* What a handler does: the columns of the table. */

/* --- Closing --- */

static void
act_close (World *world, GObject *target)
{
  g_autoptr (GError) error = NULL;

  ws_socket_close (WS_SOCKET (target), 1000, "done", &error);
  g_assert_no_error (error);
}

static void
act_close_badly (World *world, GObject *target)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_socket_close (WS_SOCKET (target), 1005, NULL, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
}

static void
act_abort (World *world, GObject *target)
{
  ws_socket_abort (WS_SOCKET (target));
  g_assert_cmpint (ws_socket_get_state (WS_SOCKET (target)), ==,
                   WS_STATE_UNCONNECTED);
}

static void
act_abort_other (World *world, GObject *target)
{
  WsSocket *other = world_other_end (world, WS_SOCKET (target));

  if (other != NULL)
    ws_socket_abort (other);
}

/* --- Opening --- */

static void
open_url (WsSocket *socket, const char *url)
{
  g_autoptr (GError) error = NULL;

  world_expect_attempt (socket);
  ws_socket_open (socket, url, &error);
  g_assert_no_error (error);
}

static void
act_open_same (World *world, GObject *target)
{
  open_url (WS_SOCKET (target), world->url);
}

static void
act_open_other (World *world, GObject *target)
{
  open_url (WS_SOCKET (target), world->refuge_url);
}

static void
act_open_twice (World *world, GObject *target)
{
  open_url (WS_SOCKET (target), world->refuge_url);
  open_url (WS_SOCKET (target), world->url);
}

/* Nobody listens there: the attempt fails. */
static void
act_open_nobody (World *world, GObject *target)
{
  open_url (WS_SOCKET (target), "ws+unix:/nonexistent/socket:/");
}

static void
act_open_badly (World *world, GObject *target)
{
  Witness *witness = world_find_witness (WS_SOCKET (target));
  guint    n_errors = witness->watch.n_errors;
  g_autoptr (GError) error = NULL;

  /* The refusal is signalled beside the attempt's own error. */
  witness->watch.n_errors = 0;
  g_assert_false (ws_socket_open (WS_SOCKET (target), "http://x", &error));
  g_assert_nonnull (error);
  witness->watch.n_errors = n_errors;
}

static void
act_toggle_active (World *world, GObject *target)
{
  ws_socket_set_active (WS_SOCKET (target), FALSE);
  ws_socket_set_active (WS_SOCKET (target), TRUE);
}

/* --- References and handlers --- */

static void
act_drop (World *world, GObject *target)
{
  if (target == G_OBJECT (world->client))
    g_clear_object (&world->client);
  else if (target == G_OBJECT (world->peer))
    g_clear_object (&world->peer);
}

static void
act_dispose (World *world, GObject *target)
{
  world->expects_nothing = TRUE;
  g_object_run_dispose (target);
}

static void
act_disconnect_handler (World *world, GObject *target)
{
  g_signal_handlers_disconnect_matched (target, G_SIGNAL_MATCH_CLOSURE, 0, 0,
                                        world->closure, NULL, NULL);
  if (WS_IS_SOCKET (target))
    ws_socket_set_message_handler (WS_SOCKET (target), NULL, NULL, NULL);
}

static void
act_disconnect_all (World *world, GObject *target)
{
  world->expects_nothing = TRUE;
  g_signal_handlers_destroy (target);
}

/* --- Nested loops --- */

static void
act_nest_others (World *world, GObject *target)
{
  world_breathe (world);
}

/* The socket itself goes on, too, unless its opening is still announced. */
static void
act_nest_message (World *world, GObject *target)
{
  WsSocket *socket = WS_SOCKET (target);
  WsSocket *other = world_other_end (world, socket);
  Witness  *witness = world_find_witness (socket);
  guint     n_messages = witness->n_messages;
  gboolean  must_come = ws_socket_is_valid (socket)
                       && !g_str_has_prefix (world->signal->signal, "notify")
                       && !g_str_equal (world->signal->signal, "state-changed")
                       && world->signal->phase != PHASE_END;

  witness->watch.is_loose |= !must_come;
  world_send (world, other);
  if (must_come && other != NULL && ws_socket_is_valid (other))
    ws_test_until (NULL, witness->n_messages > n_messages
                             || !ws_socket_is_valid (socket));
  world_breathe (world);
}

static void
act_nest_until_end (World *world, GObject *target)
{
  WsSocket *socket = WS_SOCKET (target);

  ws_socket_close (socket, 1000, NULL, NULL);
  for (guint i = 0;
       i < 4 && ws_socket_get_state (socket) != WS_STATE_UNCONNECTED; i++)
    world_breathe (world);
}

static void
act_nest_other_ends (World *world, GObject *target)
{
  WsSocket *other = world_other_end (world, WS_SOCKET (target));

  if (other != NULL)
    ws_socket_close (other, 4002, NULL, NULL);
  for (guint i = 0;
       i < 4
       && ws_socket_get_state (WS_SOCKET (target)) != WS_STATE_UNCONNECTED;
       i++)
    world_breathe (world);
}

static void
act_nest_other_aborts (World *world, GObject *target)
{
  act_abort_other (world, target);
  world_breathe (world);
  world_breathe (world);
}

static void
act_nest_reopening (World *world, GObject *target)
{
  WsSocket *socket = WS_SOCKET (target);

  open_url (socket, world->refuge_url);
  ws_test_until (NULL, ws_socket_get_state (socket) != WS_STATE_CONNECTING);
  ws_socket_abort (socket);
}

/* --- Sending and settings --- */

static void
act_send_much (World *world, GObject *target)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (1 << 20), 1 << 20);

  if (ws_socket_is_valid (WS_SOCKET (target)))
    ws_test_ignore (
        ws_socket_send_binary_message (WS_SOCKET (target), bytes, NULL));
}

static void
act_send (World *world, GObject *target)
{
  world_send (world, WS_SOCKET (target));
  ws_test_ignore (
      ws_socket_send_text_message (WS_SOCKET (target), "hello", NULL));
}

static void
act_ping (World *world, GObject *target)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("ping", 4);

  ws_socket_ping (WS_SOCKET (target), bytes, NULL);
}

static void
act_flush (World *world, GObject *target)
{
  world_send (world, WS_SOCKET (target));
  ws_socket_flush (WS_SOCKET (target));
}

static void
act_change_limits (World *world, GObject *target)
{
  WsSocket *socket = WS_SOCKET (target);

  ws_socket_set_max_incoming_frame_size (socket, 1 << 22);
  ws_socket_set_max_incoming_message_size (socket, 1 << 22);
  ws_socket_set_outgoing_frame_size (socket, 7);
  ws_socket_set_write_high_water_mark (socket, 1);
  ws_socket_set_max_bytes_to_write (socket, 1 << 22);
  ws_socket_set_ping_interval (socket, 1);
  ws_socket_set_ping_timeout (socket, 3000);
  ws_socket_set_frame_timeout (socket, 2000);
  ws_socket_set_close_timeout (socket, 2000);
}

/* The next message the peer sends is too long. */
static void
act_limit_incoming (World *world, GObject *target)
{
  ws_socket_set_max_incoming_frame_size (WS_SOCKET (target), 1);
  world_send (world, world_other_end (world, WS_SOCKET (target)));
}

/* --- Masks --- */

static void
use_generator (World *world, WorldAct act)
{
  g_autoptr (WsMaskGenerator) generator = NULL;

  if (world->client == NULL)
    return;
  generator = acting_generator_new (world, act);
  ws_socket_set_mask_generator (world->client, generator);
  world_send (world, world->client);
}

static void
act_mask_closes (World *world, GObject *target)
{
  use_generator (world, act_close);
}

static void
act_mask_aborts (World *world, GObject *target)
{
  use_generator (world, act_abort);
}

static void
act_mask_opens (World *world, GObject *target)
{
  use_generator (world, act_open_same);
}

static void
act_mask_nests (World *world, GObject *target)
{
  world->is_disordered = TRUE;
  use_generator (world, act_nest_others);
}

static void
act_mask_sends (World *world, GObject *target)
{
  use_generator (world, act_ping);
}

/* --- The server --- */

static void
act_close_server (World *world, GObject *target)
{
  if (world->server != NULL)
    ws_server_close (world->server);
}

static void
act_drop_server (World *world, GObject *target)
{
  g_clear_object (&world->server);
}

static void
act_pause_and_resume (World *world, GObject *target)
{
  if (world->server == NULL)
    return;
  ws_server_pause_accepting (world->server);
  ws_server_resume_accepting (world->server);
}

static void
act_next_pending (World *world, GObject *target)
{
  WsSocket *socket;

  if (world->server == NULL)
    return;
  while ((socket = ws_server_next_pending_connection (world->server)) != NULL)
    {
      world_watch (world, socket);
      g_set_object (&world->peer, socket);
      g_object_unref (socket);
    }
}

static void
act_iterate_model (World *world, GObject *target)
{
  GListModel *model = G_LIST_MODEL (world->server);
  guint       n;

  if (model == NULL)
    return;
  n = g_list_model_get_n_items (model);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WsSocket) socket = g_list_model_get_item (model, i);

      g_assert_nonnull (socket);
    }
  g_assert_null (g_list_model_get_item (model, n));
}

/* One that is disconnected stays in the model until it has said so. */
static void
act_abort_model (World *world, GObject *target)
{
  g_autoptr (GListModel) model = NULL;

  if (world->server == NULL)
    return;
  model = g_object_ref (G_LIST_MODEL (world->server));
  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (WsSocket) socket = g_list_model_get_item (model, i - 1);

      if (socket != NULL)
        ws_socket_abort (socket);
    }
}

static void
act_listen_again (World *world, GObject *target)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  if (world->server == NULL)
    return;
  ws_server_close (world->server);
  ws_server_listen (world->server, loopback, 0, &error);
  g_assert_no_error (error);
}

static void
act_refuse_origins (World *world, GObject *target)
{
  ws_server_set_max_pending_connections (world->server, 0);
}

static void
act_abort_client (World *world, GObject *target)
{
  if (world->client != NULL)
    ws_socket_abort (world->client);
}

static void
act_abort_peer (World *world, GObject *target)
{
  if (world->peer != NULL)
    ws_socket_abort (world->peer);
}

static void
act_reopen_client (World *world, GObject *target)
{
  if (world->client != NULL)
    open_url (world->client, world->refuge_url);
}

static void
act_reopen_peer (World *world, GObject *target)
{
  if (world->peer != NULL)
    open_url (world->peer, world->refuge_url);
}

#define SHARED_ACTIONS                              \
  { "disconnect-handler", act_disconnect_handler }, \
      { "disconnect-all", act_disconnect_all },     \
      { "nest-others", act_nest_others },           \
      { "close-server", act_close_server },         \
      { "drop-server", act_drop_server },           \
      { "pause-and-resume", act_pause_and_resume }, \
      { "next-pending", act_next_pending },         \
      { "iterate-model", act_iterate_model },       \
      { "abort-model", act_abort_model },           \
      { "listen-again", act_listen_again },         \
  {                                                 \
    "reopen-peer", act_reopen_peer                  \
  }

const Action socket_actions[] = {
  SHARED_ACTIONS,
  { "close", act_close },
  { "close-badly", act_close_badly },
  { "abort", act_abort },
  { "abort-other", act_abort_other },
  { "open-same", act_open_same },
  { "open-other", act_open_other },
  { "open-twice", act_open_twice },
  { "open-nobody", act_open_nobody },
  { "open-badly", act_open_badly },
  { "toggle-active", act_toggle_active },
  { "drop", act_drop },
  { "dispose", act_dispose },
  { "nest-message", act_nest_message },
  { "nest-until-end", act_nest_until_end },
  { "nest-other-ends", act_nest_other_ends },
  { "nest-other-aborts", act_nest_other_aborts },
  { "nest-reopening", act_nest_reopening },
  { "send-much", act_send_much },
  { "send", act_send },
  { "ping", act_ping },
  { "flush", act_flush },
  { "change-limits", act_change_limits },
  { "limit-incoming", act_limit_incoming },
  { "mask-closes", act_mask_closes },
  { "mask-aborts", act_mask_aborts },
  { "mask-opens", act_mask_opens },
  { "mask-nests", act_mask_nests },
  { "mask-sends", act_mask_sends },
};
const guint n_socket_actions = G_N_ELEMENTS (socket_actions);

const Action server_actions[] = {
  SHARED_ACTIONS,
  { "refuse", act_refuse_origins },
  { "abort-client", act_abort_client },
  { "abort-peer", act_abort_peer },
  { "reopen-client", act_reopen_client },
  { "dispose", act_dispose },
};
const guint n_server_actions = G_N_ELEMENTS (server_actions);

/* --- A generator that acts --- */

#define ACTING_TYPE_GENERATOR (acting_generator_get_type ())
G_DECLARE_FINAL_TYPE (
    ActingGenerator, acting_generator, ACTING, GENERATOR, WsMaskGenerator)

struct _ActingGenerator
{
  WsMaskGenerator parent_instance;
  World          *world;
  WorldAct        act; /* (nullable): none once it has acted */
};

G_DEFINE_FINAL_TYPE (ActingGenerator, acting_generator, WS_TYPE_MASK_GENERATOR)

static guint32
acting_generator_next_mask (WsMaskGenerator *generator)
{
  ActingGenerator *self = ACTING_GENERATOR (generator);
  WorldAct         act = self->act;

  self->act = NULL;
  if (act != NULL && self->world->client != NULL)
    act (self->world, G_OBJECT (self->world->client));
  return 0x12345678;
}

static void
acting_generator_class_init (ActingGeneratorClass *klass)
{
  WS_MASK_GENERATOR_CLASS (klass)->next_mask = acting_generator_next_mask;
}

static void
acting_generator_init (ActingGenerator *self)
{
}

WsMaskGenerator *
acting_generator_new (World *world, WorldAct act)
{
  ActingGenerator *self = g_object_new (ACTING_TYPE_GENERATOR, NULL);

  self->world = world;
  self->act = act;
  return WS_MASK_GENERATOR (self);
}
