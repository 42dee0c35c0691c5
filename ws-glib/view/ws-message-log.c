/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list model of messages. What passes a socket is noted at once, and shown
 * when the main context is iterated next: nobody's code runs in the middle of
 * what the socket does, and many messages are one change of the list. */
#include "ws-message-log.h"

#include "base/ws-property.h"
#include "base/ws-stay.h"
#include "base/ws-tsan-private.h"
#include "net/ws-poller.h"
#include "view/ws-message-log-crowd.h"
#include "view/ws-message-log-store.h"

/**
 * WsMessageLog:
 *
 * The messages of a socket, or of all sockets of a server, as a list that can
 * be shown.
 *
 * It is a [iface@Gio.ListModel] of [class@MessageLogEntry], the oldest first,
 * made for list views. Set [property@MessageLog:socket], or
 * [property@MessageLog:sockets] for a server, and each message that is received
 * or sent from then on is appended when the main context is iterated next. The
 * list is bounded: the oldest entries go when there are more than
 * [property@MessageLog:max-entries], or when they hold more than
 * [property@MessageLog:max-bytes]. Of a message that is longer than that the
 * beginning is kept, and so are the first 64 KiB of one that comes or leaves as
 * a stream.
 *
 * It keeps no socket and no server alive, and keeps its entries when they are
 * gone. It belongs to the thread where it was made, and has to be used there;
 * the messages of a socket that is opened in another thread do not get here.
 *
 * Since: 1.0
 */
struct _WsMessageLog
{
  GObject parent_instance;

  WsHome              home;
  WsStay              stay; /* there */
  WsMessageLogStore   store;
  GSource            *coming; /* (owned) (nullable): shows what is fresh */
  WsMessageLogSource *source; /* (owned) (nullable) */
  WsMessageLogCrowd   crowd;
  gboolean            has_crowd; /* a list was set */
};

static void install_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WsMessageLog,
                               ws_message_log,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      install_model))

typedef enum
{
  PROP_SOCKET = 1,
  PROP_SOCKETS,
  PROP_MAX_ENTRIES,
  PROP_MAX_BYTES,
  PROP_N_ITEMS,
  PROP_N_BYTES,
  N_PROPS
} WsMessageLogProp;

static GParamSpec *props[N_PROPS];

/* --- The list model --- */

static GType
get_item_type (GListModel *model)
{
  return WS_TYPE_MESSAGE_LOG_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (WS_MESSAGE_LOG (model)->store.shown));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (
                                    WS_MESSAGE_LOG (model)->store.shown),
                                position);
}

static void
install_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
on_items_changed (GListModel   *entries,
                  guint         position,
                  guint         n_removed,
                  guint         n_added,
                  WsMessageLog *self)
{
  g_object_ref (self);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed,
                              n_added);
  g_object_freeze_notify (G_OBJECT (self));
  if (n_removed != n_added)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_BYTES]);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

/* --- What runs in its home --- */

typedef WsInside WsMessageLogInside;

static void
step_out (WsMessageLogInside *inside)
{
  WsStay       *stay = inside->stay;
  WsMessageLog *self;

  if (!ws_stay_leave (inside))
    return;
  self = WS_CONTAINER_OF (stay, WsMessageLog, stay);
  ws_stay_settle (stay, self->source != NULL || self->has_crowd
                            || self->coming != NULL);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsMessageLogInside, step_out)

/* As WS_SOCKET_INSIDE(). */
#define INSIDE(self)                                  \
  g_autoptr (WsMessageLogInside) inside G_GNUC_UNUSED \
      = ws_stay_enter (&(self)->stay, &(WsInside){ NULL })

/* --- What comes --- */

static void
forget_coming (WsMessageLog *self)
{
  if (self->coming == NULL)
    return;
  g_source_destroy (self->coming);
  g_clear_pointer (&self->coming, g_source_unref);
}

static gboolean
on_coming (gpointer user_data)
{
  WsMessageLog *self = user_data;
  INSIDE (self);

  g_object_ref (self);
  forget_coming (self);
  ws_message_log_store_settle (&self->store);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static gsize
get_limit (gpointer log)
{
  return (gsize) MIN (((WsMessageLog *) log)->store.max_bytes, G_MAXUINT / 2);
}

static void
add (gpointer log, WsMessageLogEntry *entry)
{
  WsMessageLog *self = log;

  ws_message_log_store_add (&self->store, entry);
  if (self->coming != NULL)
    return;
  self->coming = g_idle_source_new ();
  g_source_set_priority (self->coming, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->coming, on_coming, self, NULL);
  g_source_attach (self->coming, self->home.context);
}

static const WsMessageLogSink sink = { .get_limit = get_limit, .add = add };

/* --- One socket --- */

static const char wrong_thread[]
    = "The message log belongs to another thread: the one that made it";

static gboolean
may_call (WsMessageLog *self, const char *caller)
{
  return ws_home_may_call (&self->home, caller, wrong_thread);
}

/**
 * ws_message_log_dup_socket:
 * @self: a message log
 *
 * Gets whose messages are logged.
 *
 * Returns: (transfer full) (nullable): a socket, unless it is gone
 *
 * Since: 1.0
 */
WsSocket *
ws_message_log_dup_socket (WsMessageLog *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG (self), NULL);

  return self->source != NULL ? ws_message_log_source_dup_socket (self->source)
                              : NULL;
}

/**
 * ws_message_log_set_socket:
 * @self: a message log
 * @socket: (nullable): a socket; %NULL: none
 *
 * Sets whose messages are logged from now on.
 *
 * Since: 1.0
 */
void
ws_message_log_set_socket (WsMessageLog *self, WsSocket *socket)
{
  g_autoptr (WsSocket) old = NULL;

  g_return_if_fail (WS_IS_MESSAGE_LOG (self));
  g_return_if_fail (socket == NULL || WS_IS_SOCKET (socket));

  old = ws_message_log_dup_socket (self);
  if (old == socket || !may_call (self, G_STRFUNC))
    return;
  INSIDE (self);
  g_clear_pointer (&self->source, ws_message_log_source_free);
  if (socket != NULL)
    self->source = ws_message_log_source_new (socket, &sink, self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOCKET]);
}

/* --- All sockets of a model --- */

/* What filters or sorts a list may say no more than that it has objects. */
static gboolean
may_hold_sockets (GListModel *model)
{
  GType type = g_list_model_get_item_type (model);

  return type == G_TYPE_OBJECT || g_type_is_a (type, WS_TYPE_SOCKET);
}

/**
 * ws_message_log_dup_sockets:
 * @self: a message log
 *
 * Gets the list of those whose messages are logged.
 *
 * Returns: (transfer full) (nullable): a list, unless it is gone
 *
 * Since: 1.0
 */
GListModel *
ws_message_log_dup_sockets (WsMessageLog *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG (self), NULL);

  return ws_message_log_crowd_dup_model (&self->crowd);
}

/**
 * ws_message_log_set_sockets:
 * @self: a message log
 * @sockets: (nullable): a list of [class@Socket], such as a [class@Server];
 *   %NULL: none
 *
 * Sets the list of those whose messages are logged from now on. A list of
 * anything else is ignored with a warning.
 *
 * Since: 1.0
 */
void
ws_message_log_set_sockets (WsMessageLog *self, GListModel *sockets)
{
  g_autoptr (GListModel) old = NULL;

  g_return_if_fail (WS_IS_MESSAGE_LOG (self));
  g_return_if_fail (sockets == NULL || G_IS_LIST_MODEL (sockets));

  old = ws_message_log_dup_sockets (self);
  if (old == sockets || !may_call (self, G_STRFUNC))
    return;
  if (sockets != NULL && !may_hold_sockets (sockets))
    {
      g_warning ("%s: the items of a %s are no sockets", G_STRFUNC,
                 G_OBJECT_TYPE_NAME (sockets));
      return;
    }
  INSIDE (self);
  ws_message_log_crowd_follow (&self->crowd, sockets);
  self->has_crowd = sockets != NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOCKETS]);
}

/* --- Settings --- */

/**
 * ws_message_log_get_max_entries:
 * @self: a message log
 *
 * Gets how many entries there may be.
 *
 * Returns: a number
 *
 * Since: 1.0
 */
guint
ws_message_log_get_max_entries (WsMessageLog *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG (self), 0);

  return self->store.max_entries;
}

/**
 * ws_message_log_set_max_entries:
 * @self: a message log
 * @max_entries: a number
 *
 * Sets how many entries there may be. Those that are too many go at once.
 *
 * Since: 1.0
 */
void
ws_message_log_set_max_entries (WsMessageLog *self, guint max_entries)
{
  g_return_if_fail (WS_IS_MESSAGE_LOG (self));

  if (self->store.max_entries == max_entries || !may_call (self, G_STRFUNC))
    return;
  g_object_ref (self);
  self->store.max_entries = max_entries;
  ws_message_log_store_settle (&self->store);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_ENTRIES]);
  g_object_unref (self);
}

/**
 * ws_message_log_get_max_bytes:
 * @self: a message log
 *
 * Gets how much the entries may hold.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_message_log_get_max_bytes (WsMessageLog *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG (self), 0);

  return self->store.max_bytes;
}

/**
 * ws_message_log_set_max_bytes:
 * @self: a message log
 * @max_bytes: bytes
 *
 * Sets how much the entries may hold. Those that are too many go at once.
 *
 * Since: 1.0
 */
void
ws_message_log_set_max_bytes (WsMessageLog *self, guint64 max_bytes)
{
  g_return_if_fail (WS_IS_MESSAGE_LOG (self));

  if (self->store.max_bytes == max_bytes || !may_call (self, G_STRFUNC))
    return;
  g_object_ref (self);
  self->store.max_bytes = max_bytes;
  ws_message_log_store_settle (&self->store);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_BYTES]);
  g_object_unref (self);
}

/**
 * ws_message_log_get_n_bytes:
 * @self: a message log
 *
 * Gets how much the entries hold.
 *
 * Returns: bytes of messages
 *
 * Since: 1.0
 */
guint64
ws_message_log_get_n_bytes (WsMessageLog *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG (self), 0);

  return self->store.n_bytes;
}

/**
 * ws_message_log_clear:
 * @self: a message log
 *
 * Removes all entries, and forgets what would have been appended.
 *
 * Since: 1.0
 */
void
ws_message_log_clear (WsMessageLog *self)
{
  g_return_if_fail (WS_IS_MESSAGE_LOG (self));

  if (!may_call (self, G_STRFUNC))
    return;
  ws_message_log_store_remove_all (&self->store);
}

/* --- The properties --- */

static guint
count_items (WsMessageLog *self)
{
  return get_n_items (G_LIST_MODEL (self));
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsMessageLog:socket:
   *
   * Whose messages are logged; not kept alive, and %NULL when it is gone.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsMessageLog, PROP_SOCKET, "socket", WsSocket,
                        ws_socket_get_type, ws_message_log_dup_socket,
                        ws_message_log_set_socket),
    .is_taken = TRUE },

  /**
   * WsMessageLog:sockets:
   *
   * A list of sockets whose messages are logged, as long as they are in the
   * list: a [class@Server], which is one of its clients, or what filters one.
   * It is not kept alive, and %NULL when it is gone.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsMessageLog, PROP_SOCKETS, "sockets", GListModel,
                        g_list_model_get_type, ws_message_log_dup_sockets,
                        ws_message_log_set_sockets),
    .is_taken = TRUE },

  /**
   * WsMessageLog:max-entries:
   *
   * How many entries there may be; the oldest go first.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsMessageLog, PROP_MAX_ENTRIES, "max-entries", 0,
                      G_MAXUINT, WS_MESSAGE_LOG_MAX_ENTRIES,
                      ws_message_log_get_max_entries,
                      ws_message_log_set_max_entries) },

  /**
   * WsMessageLog:max-bytes:
   *
   * How many bytes of messages the entries may hold, 1 MiB unless that is
   * changed; the oldest go first. Of a longer message the beginning is kept.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsMessageLog, PROP_MAX_BYTES, "max-bytes",
                        WS_MESSAGE_LOG_MAX_BYTES, ws_message_log_get_max_bytes,
                        ws_message_log_set_max_bytes) },

  /**
   * WsMessageLog:n-items:
   *
   * How many entries there are: see [method@Gio.ListModel.get_n_items].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsMessageLog, PROP_N_ITEMS, "n-items", 0, G_MAXUINT, 0,
                      count_items, NULL) },

  /**
   * WsMessageLog:n-bytes:
   *
   * How many bytes of messages the entries hold.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsMessageLog, PROP_N_BYTES, "n-bytes", 0,
                        ws_message_log_get_n_bytes, NULL) },

  { 0 }
};
/* clang-format on */

/* --- Its life --- */

static void
ws_message_log_dispose (GObject *object)
{
  WsMessageLog *self = WS_MESSAGE_LOG (object);

  if (ws_stay_is_bound (&self->stay)
      && !ws_home_check (&self->home, wrong_thread, NULL))
    {
      ws_stay_part (&self->stay, &self->home, object);
      return;
    }
  forget_coming (self);
  g_clear_pointer (&self->source, ws_message_log_source_free);
  ws_message_log_crowd_follow (&self->crowd, NULL);
  g_signal_handlers_disconnect_by_data (self->store.shown, self);
  if (self->stay.innermost == NULL)
    ws_stay_settle (&self->stay, FALSE);
  G_OBJECT_CLASS (ws_message_log_parent_class)->dispose (object);
}

static void
ws_message_log_finalize (GObject *object)
{
  WsMessageLog *self = WS_MESSAGE_LOG (object);

  WS_TSAN_ACQUIRE (object);
  ws_stay_clear (&self->stay);
  ws_message_log_store_clear (&self->store);
  ws_message_log_crowd_clear (&self->crowd);
  ws_home_clear (&self->home);
  G_OBJECT_CLASS (ws_message_log_parent_class)->finalize (object);
}

static void
ws_message_log_class_init (WsMessageLogClass *klass)
{
  static const WsProperty *const tables[] = { properties, NULL };
  GObjectClass                  *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_message_log_dispose;
  object_class->finalize = ws_message_log_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_message_log_init (WsMessageLog *self)
{
  ws_message_log_store_init (&self->store);
  ws_message_log_crowd_init (&self->crowd, &sink, self);
  ws_home_move (&self->home, NULL);
  g_signal_connect (self->store.shown, "items-changed",
                    G_CALLBACK (on_items_changed), self);
}

/**
 * ws_message_log_new:
 *
 * Creates an empty message log, which belongs to the calling thread.
 *
 * Returns: (transfer full): a new message log
 *
 * Since: 1.0
 */
WsMessageLog *
ws_message_log_new (void)
{
  return g_object_new (WS_TYPE_MESSAGE_LOG, NULL);
}
