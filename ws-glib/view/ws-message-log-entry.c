/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as a row of a list shows it. */
#include "view/ws-message-log-entry-private.h"

#include "base/ws-property.h"
#include "net/ws-translate.h"

/* What a row has room for. */
#define MAX_SUMMARY 200

/**
 * WsMessageLogEntry:
 *
 * A message in a [class@MessageLog]: what it said, when, and whose it was.
 *
 * It never changes, and may be used in any thread. All of its properties can be
 * bound to.
 *
 * Since: 1.0
 */
struct _WsMessageLogEntry
{
  GObject           parent_instance;
  WsMessageLogFacts facts;
  GBytes           *bytes; /* (owned): a text's end with a NUL behind it */
  guint64           size;
};

G_DEFINE_FINAL_TYPE (WsMessageLogEntry, ws_message_log_entry, G_TYPE_OBJECT)

WsMessageLogEntry *
ws_message_log_entry_new (const WsMessageLogFacts *facts,
                          GBytes                  *bytes,
                          guint64                  size)
{
  WsMessageLogEntry *self = g_object_new (WS_TYPE_MESSAGE_LOG_ENTRY, NULL);

  self->facts = *facts;
  g_bytes_unref (self->bytes);
  self->bytes = bytes;
  self->size = size;
  return self;
}

static gboolean
is_text (WsMessageLogEntry *self)
{
  return self->facts.type == WS_MESSAGE_TYPE_TEXT;
}

gsize
ws_message_log_entry_get_cost (WsMessageLogEntry *self)
{
  return g_bytes_get_size (self->bytes);
}

/**
 * ws_message_log_entry_get_direction:
 * @self: an entry
 *
 * Gets which way the message went.
 *
 * Returns: the direction
 *
 * Since: 1.0
 */
WsMessageDirection
ws_message_log_entry_get_direction (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self),
                        WS_MESSAGE_DIRECTION_RECEIVED);

  return self->facts.direction;
}

/**
 * ws_message_log_entry_get_is_sent:
 * @self: an entry
 *
 * Gets whether the message was sent.
 *
 * Returns: whether the direction is %WS_MESSAGE_DIRECTION_SENT
 *
 * Since: 1.0
 */
gboolean
ws_message_log_entry_get_is_sent (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), FALSE);

  return self->facts.direction == WS_MESSAGE_DIRECTION_SENT;
}

/**
 * ws_message_log_entry_get_message_type:
 * @self: an entry
 *
 * Gets whether the message is text or binary.
 *
 * Returns: its type
 *
 * Since: 1.0
 */
WsMessageType
ws_message_log_entry_get_message_type (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), WS_MESSAGE_TYPE_TEXT);

  return self->facts.type;
}

/**
 * ws_message_log_entry_get_text:
 * @self: an entry
 *
 * Gets what is kept of a text.
 *
 * Returns: (nullable): a text, which ends for C at U+0000; %NULL: the message
 *   is binary
 *
 * Since: 1.0
 */
const char *
ws_message_log_entry_get_text (WsMessageLogEntry *self)
{
  const char *text;

  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  if (!is_text (self))
    return NULL;
  text = g_bytes_get_data (self->bytes, NULL);
  return text != NULL ? text : "";
}

/**
 * ws_message_log_entry_get_bytes:
 * @self: an entry
 *
 * Gets what is kept of the message.
 *
 * Returns: (transfer none): bytes, those of a text included
 *
 * Since: 1.0
 */
GBytes *
ws_message_log_entry_get_bytes (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  return self->bytes;
}

/**
 * ws_message_log_entry_get_size:
 * @self: an entry
 *
 * Gets how long the message is.
 *
 * Returns: bytes, also of what was not kept
 *
 * Since: 1.0
 */
guint64
ws_message_log_entry_get_size (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), 0);

  return self->size;
}

/**
 * ws_message_log_entry_get_is_cut:
 * @self: an entry
 *
 * Gets whether only the beginning of the message is kept.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ws_message_log_entry_get_is_cut (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), FALSE);

  return g_bytes_get_size (self->bytes) < self->size;
}

/* (transfer full): a line of a text, without what would break the line. */
static char *
summarize_text (const char *text)
{
  GString *line = g_string_new (NULL);
  guint    n = 0;

  for (; *text != '\0' && n < MAX_SUMMARY; text = g_utf8_next_char (text), n++)
    {
      gunichar character = g_utf8_get_char (text);

      g_string_append_unichar (line, g_unichar_iscntrl (character)
                                             || character == 0x2028
                                             || character == 0x2029
                                         ? ' '
                                         : character);
    }
  if (*text != '\0')
    g_string_append (line, "…");
  return g_string_free (line, FALSE);
}

/**
 * ws_message_log_entry_dup_summary:
 * @self: an entry
 *
 * Gets a line about the message: the beginning of a text, or how long a binary
 * message is, in the user's language.
 *
 * Returns: (transfer full): a line
 *
 * Since: 1.0
 */
char *
ws_message_log_entry_dup_summary (WsMessageLogEntry *self)
{
  g_autofree char *size = NULL;

  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  if (is_text (self))
    return summarize_text (ws_message_log_entry_get_text (self));
  size = g_format_size (self->size);
  /* TRANSLATORS: a message that is no text; %s is its size, as "3.1 kB". */
  return g_strdup_printf (_ ("Binary message, %s"), size);
}

/**
 * ws_message_log_entry_dup_time:
 * @self: an entry
 *
 * Gets when the message passed.
 *
 * Returns: (transfer full): local time
 *
 * Since: 1.0
 */
GDateTime *
ws_message_log_entry_dup_time (WsMessageLogEntry *self)
{
  g_autoptr (GDateTime) seconds = NULL;

  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  seconds = g_date_time_new_from_unix_local (self->facts.time / G_USEC_PER_SEC);
  return g_date_time_add (seconds, self->facts.time % G_USEC_PER_SEC);
}

/**
 * ws_message_log_entry_dup_time_string:
 * @self: an entry
 *
 * Gets the time of the day when the message passed.
 *
 * Returns: (transfer full): local time, such as `14:05:59`
 *
 * Since: 1.0
 */
char *
ws_message_log_entry_dup_time_string (WsMessageLogEntry *self)
{
  g_autoptr (GDateTime) time = NULL;

  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  time = ws_message_log_entry_dup_time (self);
  return g_date_time_format (time, "%H:%M:%S");
}

/**
 * ws_message_log_entry_get_peer_name:
 * @self: an entry
 *
 * Gets [property@Socket:peer-name] of the socket.
 *
 * Returns: a host name or address; "" for a server's socket
 *
 * Since: 1.0
 */
const char *
ws_message_log_entry_get_peer_name (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  return self->facts.name != NULL ? self->facts.name : "";
}

/**
 * ws_message_log_entry_get_peer_address_string:
 * @self: an entry
 *
 * Gets where the other end of the connection was.
 *
 * Returns: (nullable): an address, as
 *   [method@Socket.dup_peer_address_string] has it, or of a server's socket
 *   [method@Socket.dup_client_address_string]
 *
 * Since: 1.0
 */
const char *
ws_message_log_entry_get_peer_address_string (WsMessageLogEntry *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_LOG_ENTRY (self), NULL);

  return self->facts.address;
}

/* --- The properties --- */

typedef enum
{
  PROP_DIRECTION = 1,
  PROP_IS_SENT,
  PROP_MESSAGE_TYPE,
  PROP_TEXT,
  PROP_BYTES,
  PROP_SIZE,
  PROP_IS_CUT,
  PROP_SUMMARY,
  PROP_TIME,
  PROP_TIME_STRING,
  PROP_PEER_NAME,
  PROP_PEER_ADDRESS_STRING,
  N_PROPS
} WsMessageLogEntryProp;

static GParamSpec *props[N_PROPS];

static GType
get_date_time_type (void)
{
  return G_TYPE_DATE_TIME;
}

static GType
get_bytes_type (void)
{
  return G_TYPE_BYTES;
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsMessageLogEntry:direction:
   *
   * Which way the message went.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsMessageLogEntry, PROP_DIRECTION, "direction",
                      WsMessageDirection, ws_message_direction_get_type,
                      WS_MESSAGE_DIRECTION_RECEIVED,
                      ws_message_log_entry_get_direction, NULL) },

  /**
   * WsMessageLogEntry:is-sent:
   *
   * Whether the message was sent, for what depends on that in a list.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsMessageLogEntry, PROP_IS_SENT, "is-sent", FALSE,
                         ws_message_log_entry_get_is_sent, NULL) },

  /**
   * WsMessageLogEntry:message-type:
   *
   * Whether the message is text or binary.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsMessageLogEntry, PROP_MESSAGE_TYPE, "message-type",
                      WsMessageType, ws_message_type_get_type,
                      WS_MESSAGE_TYPE_TEXT,
                      ws_message_log_entry_get_message_type, NULL) },

  /**
   * WsMessageLogEntry:text:
   *
   * What is kept of a text; %NULL: the message is binary.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsMessageLogEntry, PROP_TEXT, "text", NULL,
                        ws_message_log_entry_get_text, NULL) },

  /**
   * WsMessageLogEntry:bytes:
   *
   * What is kept of the message, text or not.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsMessageLogEntry, PROP_BYTES, "bytes", GBytes *,
                       GBytes *, get_bytes_type,
                       ws_message_log_entry_get_bytes, NULL) },

  /**
   * WsMessageLogEntry:size:
   *
   * The bytes that the message has, kept or not.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsMessageLogEntry, PROP_SIZE, "size", 0,
                        ws_message_log_entry_get_size, NULL) },

  /**
   * WsMessageLogEntry:is-cut:
   *
   * Whether only the beginning of the message is kept, for it is longer than
   * [property@MessageLog:max-bytes].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsMessageLogEntry, PROP_IS_CUT, "is-cut", FALSE,
                         ws_message_log_entry_get_is_cut, NULL) },

  /**
   * WsMessageLogEntry:summary:
   *
   * A line about the message: the beginning of a text, or the size of a binary
   * message, in the user's language.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsMessageLogEntry, PROP_SUMMARY, "summary",
                              ws_message_log_entry_dup_summary) },

  /**
   * WsMessageLogEntry:time:
   *
   * When the message was handed out, or given to the connection; local time.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsMessageLogEntry, PROP_TIME, "time", GDateTime *,
                       GDateTime *, get_date_time_type,
                       ws_message_log_entry_dup_time, NULL),
    .is_taken = TRUE },

  /**
   * WsMessageLogEntry:time-string:
   *
   * The time of the day as a text, such as `14:05:59`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsMessageLogEntry, PROP_TIME_STRING,
                              "time-string",
                              ws_message_log_entry_dup_time_string) },

  /**
   * WsMessageLogEntry:peer-name:
   *
   * [property@Socket:peer-name] of the socket; empty for a server's.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsMessageLogEntry, PROP_PEER_NAME, "peer-name", "",
                        ws_message_log_entry_get_peer_name, NULL) },

  /**
   * WsMessageLogEntry:peer-address-string:
   *
   * Where the other end of the connection was, as
   * [property@Socket:peer-address-string]; of a server's socket its client's
   * address, behind a proxy, too.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsMessageLogEntry, PROP_PEER_ADDRESS_STRING,
                        "peer-address-string", NULL,
                        ws_message_log_entry_get_peer_address_string, NULL) },

  { 0 }
};
/* clang-format on */

/* --- Its life --- */

static void
ws_message_log_entry_finalize (GObject *object)
{
  WsMessageLogEntry *self = WS_MESSAGE_LOG_ENTRY (object);

  g_clear_pointer (&self->facts.name, g_ref_string_release);
  g_clear_pointer (&self->facts.address, g_ref_string_release);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (ws_message_log_entry_parent_class)->finalize (object);
}

static void
ws_message_log_entry_class_init (WsMessageLogEntryClass *klass)
{
  static const WsProperty *const tables[] = { properties, NULL };
  GObjectClass                  *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_message_log_entry_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_message_log_entry_init (WsMessageLogEntry *self)
{
  self->facts.type = WS_MESSAGE_TYPE_TEXT;
  self->bytes = g_bytes_new_static ("", 0);
}
