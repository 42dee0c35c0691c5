/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message about a topic, between servers, as an immutable boxed type. */
#include "message/ws-publication-private.h"

#include <string.h>

#include "base/ws-tsan-private.h"
#include "message/ws-message-private.h"
#include "protocol/ws-envelope.h"
#include "ws-socket-error.h"

struct _WsPublication
{
  gatomicrefcount n_refs;
  WsMessage      *message; /* (owned) */
  guint64         node;    /* the server it comes from; 0: none */
  guint64         client;  /* of that server, who does not get it; 0: none */
  guint64         offset;  /* 0: none */
  char           *epoch;   /* (owned) (nullable): a GRefString */
  char            topic[]; /* "": all clients */
};

G_DEFINE_BOXED_TYPE (WsPublication,
                     ws_publication,
                     ws_publication_ref,
                     ws_publication_unref)

WsPublication *
ws_publication_new_from (const char *topic,
                         WsMessage  *message,
                         guint64     node,
                         guint64     client)
{
  gsize          size = strlen (topic) + 1;
  WsPublication *self = g_malloc (sizeof *self + size);

  *self = (WsPublication){
    .message = ws_message_ref (message),
    .node = node,
    .client = client,
  };
  g_atomic_ref_count_init (&self->n_refs);
  memcpy (self->topic, topic, size);
  return self;
}

guint64
ws_publication_peek_node (const WsPublication *self)
{
  return self->node;
}

guint64
ws_publication_peek_client (const WsPublication *self)
{
  return self->client;
}

gsize
ws_publication_get_size (const WsPublication *self)
{
  gsize len;

  ws_message_get_data (self->message, &len);
  return sizeof *self + strlen (self->topic) + len;
}

/**
 * ws_publication_new:
 * @topic: the topic's name, UTF-8; "" means all clients of all servers
 * @message: the message
 *
 * Creates a publication that comes from no client.
 *
 * Returns: (transfer full): a new publication
 *
 * Since: 1.0
 */
WsPublication *
ws_publication_new (const char *topic, WsMessage *message)
{
  g_return_val_if_fail (topic != NULL, NULL);
  g_return_val_if_fail (g_utf8_validate (topic, -1, NULL), NULL);
  g_return_val_if_fail (message != NULL, NULL);

  return ws_publication_new_from (topic, message, 0, 0);
}

/**
 * ws_publication_new_from_bytes:
 * @topic: the topic's name, UTF-8; "" means all clients of all servers
 * @bytes: what [method@Publication.to_bytes] has made, on whatever machine
 * @error: return location for an error
 *
 * Reads a publication that has come from elsewhere.
 *
 * @bytes may be anything: what is not a publication, has another version, or
 * has text that is not UTF-8, is %WS_SOCKET_ERROR_PROTOCOL, and the message
 * says which it is.
 *
 * Returns: (transfer full): a new publication, or %NULL with @error set
 *
 * Since: 1.0
 */
WsPublication *
ws_publication_new_from_bytes (const char *topic, GBytes *bytes, GError **error)
{
  WsEnvelope       envelope;
  const guint8    *data;
  gsize            len;
  g_autofree char *problem = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (WsMessage) message = NULL;

  g_return_val_if_fail (topic != NULL, NULL);
  g_return_val_if_fail (g_utf8_validate (topic, -1, NULL), NULL);
  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &len);
  if (!ws_envelope_read (&envelope, data, len, &problem))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL,
                   "What came about the topic \"%s\" is no publication: %s",
                   topic, problem);
      return NULL;
    }
  payload = g_bytes_new_from_bytes (bytes, WS_ENVELOPE_HEAD, envelope.len);
  message = ws_message_new_valid (ws_message_type_from_opcode (envelope.opcode),
                                  payload);
  return ws_publication_new_from (topic, message, envelope.node,
                                  envelope.client);
}

/**
 * ws_publication_new_at:
 * @publication: a publication
 * @epoch: the epoch that @offset belongs to
 * @offset: the place in the history of the topic, from 1
 *
 * Creates the same publication with a place in the history of its topic.
 *
 * For classes derived from [class@Broker], which learn of the place after the
 * publication itself.
 *
 * Returns: (transfer full): a new publication
 *
 * Since: 1.0
 */
WsPublication *
ws_publication_new_at (WsPublication *publication,
                       const char    *epoch,
                       guint64        offset)
{
  WsPublication *self;

  g_return_val_if_fail (publication != NULL, NULL);
  g_return_val_if_fail (epoch != NULL && g_utf8_validate (epoch, -1, NULL),
                        NULL);
  g_return_val_if_fail (offset > 0, NULL);

  self = ws_publication_new_from (publication->topic, publication->message,
                                  publication->node, publication->client);
  self->epoch = g_ref_string_new (epoch);
  self->offset = offset;
  return self;
}

/**
 * ws_publication_ref:
 * @self: a publication
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
WsPublication *
ws_publication_ref (WsPublication *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

/**
 * ws_publication_unref:
 * @self: (transfer full): a publication
 *
 * Drops a reference.
 *
 * Since: 1.0
 */
void
ws_publication_unref (WsPublication *self)
{
  g_return_if_fail (self != NULL);

  WS_TSAN_RELEASE (self);
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  WS_TSAN_ACQUIRE (self);
  ws_message_unref (self->message);
  g_clear_pointer (&self->epoch, g_ref_string_release);
  g_free (self);
}

/**
 * ws_publication_to_bytes:
 * @self: a publication
 *
 * Makes bytes of a publication, for another server.
 *
 * They hold the message, and from whom it is; not the topic, nor the place in
 * its history.
 *
 * Returns: (transfer full): what [ctor@Publication.new_from_bytes] reads
 *
 * Since: 1.0
 */
GBytes *
ws_publication_to_bytes (WsPublication *self)
{
  WsEnvelope envelope;
  guint8    *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  envelope.opcode
      = ws_message_type_to_opcode (ws_message_get_message_type (self->message));
  envelope.node = self->node;
  envelope.client = self->client;
  envelope.data = ws_message_get_data (self->message, &envelope.len);
  bytes = g_malloc (WS_ENVELOPE_HEAD + envelope.len);
  ws_envelope_write_head (&envelope, bytes);
  if (envelope.len > 0)
    memcpy (bytes + WS_ENVELOPE_HEAD, envelope.data, envelope.len);
  return g_bytes_new_take (bytes, WS_ENVELOPE_HEAD + envelope.len);
}

/**
 * ws_publication_get_topic:
 * @self: a publication
 *
 * Gets what the message is about.
 *
 * Returns: the topic's name; "" means all clients of all servers
 *
 * Since: 1.0
 */
const char *
ws_publication_get_topic (WsPublication *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->topic;
}

/**
 * ws_publication_get_message:
 * @self: a publication
 *
 * Gets the message.
 *
 * Returns: (transfer none): the message
 *
 * Since: 1.0
 */
WsMessage *
ws_publication_get_message (WsPublication *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * ws_publication_get_epoch:
 * @self: a publication
 *
 * Gets the epoch that the offset belongs to.
 *
 * Returns: (nullable): any text; %NULL if the topic has no history
 *
 * Since: 1.0
 */
const char *
ws_publication_get_epoch (WsPublication *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->epoch;
}

/**
 * ws_publication_get_offset:
 * @self: a publication
 *
 * Gets the place in the history of the topic.
 *
 * Returns: from 1, one more with each publication; 0 if the topic has no
 *   history
 *
 * Since: 1.0
 */
guint64
ws_publication_get_offset (WsPublication *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->offset;
}
