/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments live until their call is over; and instances of our own types. */
#include "values.h"

#include <string.h>
#ifdef HAVE_REDIS
#include <ws-glib-redis/ws-glib-redis.h>
#endif

typedef struct
{
  gpointer       value;
  GDestroyNotify free;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  kept->free (kept->value);
  g_free (kept);
}

gpointer
values_keep (Values *self, gpointer value, GDestroyNotify free)
{
  Kept *kept = g_new (Kept, 1);

  kept->value = value;
  kept->free = free;
  g_ptr_array_add (self->kept, kept);
  return value;
}

gpointer
values_keep_object (Values *self, gpointer object)
{
  return values_keep (self, object, g_object_unref);
}

void
values_init (Values *self)
{
  memset (self, 0, sizeof *self);
  self->kept = g_ptr_array_new_with_free_func (kept_free);
}

void
values_clear (Values *self)
{
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_clear_pointer (&self->url, g_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->text, g_free);
}

void
values_touch (gconstpointer result)
{
  static volatile guint8 sink;

  if (result != NULL)
    sink = *(const guint8 *) result;
  (void) sink;
}

/* --- Instances --- */

G_DECLARE_FINAL_TYPE (Carrier, carrier, TEST, CARRIER, WsBroker)

struct _Carrier
{
  WsBroker parent;
};

G_DEFINE_TYPE (Carrier, carrier, WS_TYPE_BROKER)

static void
carrier_class_init (CarrierClass *class)
{
}

static void
carrier_init (Carrier *self)
{
}

G_DECLARE_FINAL_TYPE (Mask, mask, TEST, MASK, WsMaskGenerator)

struct _Mask
{
  WsMaskGenerator parent;
};

G_DEFINE_TYPE (Mask, mask, WS_TYPE_MASK_GENERATOR)

static void
mask_class_init (MaskClass *class)
{
}

static void
mask_init (Mask *self)
{
}

static const struct
{
  const char *name;
  GType (*get_type) (void);
} TYPES[] = {
  { "WsAuthenticator", ws_authenticator_get_type },
  { "WsBroker", carrier_get_type },
  { "WsBrokerQuery", ws_broker_query_get_type },
  { "WsConnection", ws_connection_get_type },
  { "WsCorsAuthenticator", ws_cors_authenticator_get_type },
  { "WsHandshakeResponse", ws_handshake_response_get_type },
  { "WsMaskGenerator", mask_get_type },
  { "WsMessageInputStream", ws_message_input_stream_get_type },
  { "WsMessageLog", ws_message_log_get_type },
  { "WsMessageLogEntry", ws_message_log_entry_get_type },
  { "WsPskAuthenticator", ws_psk_authenticator_get_type },
  { "WsReconnectPolicy", ws_reconnect_policy_get_type },
#ifdef HAVE_REDIS
  { "WsRedisBroker", ws_redis_broker_get_type },
#endif
  { "WsRequest", ws_request_get_type },
  { "WsResponse", ws_response_get_type },
  { "WsServer", ws_server_get_type },
  { "WsServerPool", ws_server_pool_get_type },
  { "WsSocket", ws_socket_get_type },
  { "WsSslCertificate", ws_ssl_certificate_get_type },
  { "WsSslConfiguration", ws_ssl_configuration_get_type },
  { "WsSslError", ws_ssl_error_get_type },
  { "WsSslSession", ws_ssl_session_get_type },
  { "WsBrokerStatistics", ws_broker_statistics_get_type },
  { "WsDeflateOptions", ws_deflate_options_get_type },
  { "WsHeaders", ws_headers_get_type },
  { "WsMessage", ws_message_get_type },
  { "WsPublication", ws_publication_get_type },
  { "WsServerStatistics", ws_server_statistics_get_type },
  { "WsStatistics", ws_statistics_get_type },
};

GType
values_type (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (TYPES); ++i)
    if (strcmp (TYPES[i].name, name) == 0)
      return TYPES[i].get_type ();
  g_error ("values.c has no type %s", name);
}

static gpointer
make_statistics (void)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();

  return ws_socket_get_statistics (socket);
}

static gpointer
make_publication (void)
{
  g_autoptr (WsMessage) message = ws_message_new_text ("message");

  return ws_publication_new ("topic", message);
}

static gpointer
make_broker_statistics (void)
{
  g_autoptr (WsBroker) broker = ws_memory_broker_new ();

  return ws_broker_get_statistics (broker);
}

static gpointer
make_server_statistics (void)
{
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  return ws_server_get_statistics (server);
}

gpointer
values_make (const char *name)
{
  GType type = values_type (name);

  if (type == WS_TYPE_DEFLATE_OPTIONS)
    return ws_deflate_options_new ();
  if (type == WS_TYPE_HEADERS)
    return ws_headers_new ();
  if (type == WS_TYPE_MESSAGE)
    return ws_message_new_text ("message");
  if (type == WS_TYPE_STATISTICS)
    return make_statistics ();
  if (type == WS_TYPE_PUBLICATION)
    return make_publication ();
  if (type == WS_TYPE_SERVER_STATISTICS)
    return make_server_statistics ();
  if (type == WS_TYPE_BROKER_STATISTICS)
    return make_broker_statistics ();
  return g_object_new (type, NULL);
}

void
values_unmake (const char *name, gpointer instance)
{
  GType type = values_type (name);

  if (G_TYPE_FUNDAMENTAL (type) == G_TYPE_BOXED)
    g_boxed_free (type, instance);
  else
    g_object_unref (instance);
}

static const struct
{
  GType (*get_type) (void);
  GDestroyNotify free;
} boxed[] = {
  { ws_broker_statistics_get_type, (GDestroyNotify) ws_broker_statistics_free },
  { ws_deflate_options_get_type, (GDestroyNotify) ws_deflate_options_free },
  { ws_headers_get_type, (GDestroyNotify) ws_headers_unref },
  { ws_message_get_type, (GDestroyNotify) ws_message_unref },
  { ws_publication_get_type, (GDestroyNotify) ws_publication_unref },
  { ws_statistics_get_type, (GDestroyNotify) ws_statistics_free },
};

static gpointer
make_kept (Values *self, const char *name)
{
  gpointer instance = values_make (name);

  if (G_TYPE_FUNDAMENTAL (values_type (name)) != G_TYPE_BOXED)
    return values_keep_object (self, instance);
  for (guint i = 0; i < G_N_ELEMENTS (boxed); i++)
    if (values_type (name) == boxed[i].get_type ())
      return values_keep (self, instance, boxed[i].free);
  g_assert_not_reached ();
}

/* What @choice wants instead of the right instance; of a boxed type nobody can
 * tell another. */
static gpointer
wrong_instance (Values *self, const char *type, guint choice)
{
  if (choice == 1 || G_TYPE_FUNDAMENTAL (values_type (type)) == G_TYPE_BOXED)
    return NULL;
  return value_object (self, 1);
}

gpointer
value_self (Values *self, const char *type, guint choice)
{
  return choice == 0 ? self->self : wrong_instance (self, type, choice);
}

gpointer
value_other (Values *self, const char *type, guint choice)
{
  if (choice > 0)
    return wrong_instance (self, type, choice);
  if (self->other != NULL && strcmp (type, "WsSocket") == 0)
    return self->other;
  return make_kept (self, type);
}
