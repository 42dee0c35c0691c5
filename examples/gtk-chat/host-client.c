/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A row of the list of clients: what is shown of a socket, as texts.
 */
#include "host-client.h"

struct _HostClient
{
  GObject parent_instance;

  WsSocket *socket; /* (owned) */
  char     *texts[5];
};

G_DEFINE_FINAL_TYPE (HostClient, host_client, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_ADDRESS,
  PROP_LATENCY,
  PROP_TRAFFIC,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
take_text (HostClient *self, guint property, char *text)
{
  if (g_strcmp0 (self->texts[property], text) == 0)
    {
      g_free (text);
      return;
    }
  g_free (self->texts[property]);
  self->texts[property] = text;
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
host_client_get_property (GObject    *object,
                          guint       property,
                          GValue     *value,
                          GParamSpec *pspec)
{
  g_value_set_string (value, HOST_CLIENT (object)->texts[property]);
}

static void
host_client_finalize (GObject *object)
{
  HostClient *self = HOST_CLIENT (object);

  g_object_unref (self->socket);
  for (guint i = 1; i < N_PROPS; i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (host_client_parent_class)->finalize (object);
}

static void
host_client_class_init (HostClientClass *klass)
{
  static const char *const names[N_PROPS]
      = { NULL, "name", "address", "latency", "traffic" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = host_client_get_property;
  object_class->finalize = host_client_finalize;
  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
host_client_init (HostClient *self)
{
}

HostClient *
host_client_new (WsSocket *socket)
{
  HostClient *self = g_object_new (HOST_TYPE_CLIENT, NULL);

  self->socket = g_object_ref (socket);
  host_client_refresh (self);
  return self;
}

WsSocket *
host_client_get_socket (HostClient *self)
{
  return self->socket;
}

void
host_client_set_name (HostClient *self, const char *name)
{
  take_text (self, PROP_NAME, g_strdup (name));
}

static char *
describe_traffic (WsSocket *socket)
{
  g_autoptr (WsStatistics) statistics = ws_socket_get_statistics (socket);
  g_autofree char *received = g_format_size (statistics->wire_bytes_received);
  g_autofree char *sent = g_format_size (statistics->wire_bytes_sent);

  return g_strconcat (received, " / ", sent, NULL);
}

/* Reads what nobody is told of when it changes. */
void
host_client_refresh (HostClient *self)
{
  gint64 latency = ws_socket_get_latency (self->socket);

  take_text (self, PROP_ADDRESS,
             ws_socket_dup_client_address_string (self->socket));
  take_text (self, PROP_LATENCY,
             latency >= 0 ? g_strdup_printf ("%.1f ms", (double) latency / 1000)
                          : g_strdup ("–"));
  take_text (self, PROP_TRAFFIC, describe_traffic (self->socket));
}
