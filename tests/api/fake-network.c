/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-network.h"

/* --- The monitor --- */

#define FAKE_TYPE_MONITOR (fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FakeMonitor, fake_monitor, FAKE, MONITOR, GObject)

struct _FakeMonitor
{
  GObject  parent_instance;
  int      is_available; /* atomic: any thread may say so */
  gboolean can_reach;
  guint    n_questions;
  char    *question; /* (owned) (nullable): the last one */
};

static void fake_monitor_initable_init (GInitableIface *iface);
static void fake_monitor_monitor_init (GNetworkMonitorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    FakeMonitor,
    fake_monitor,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, fake_monitor_initable_init)
        G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                               fake_monitor_monitor_init))

typedef enum
{
  PROP_NETWORK_AVAILABLE = 1,
  PROP_NETWORK_METERED,
  PROP_CONNECTIVITY
} FakeMonitorProp;

static void
fake_monitor_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  FakeMonitor *self = FAKE_MONITOR (object);

  switch ((FakeMonitorProp) prop_id)
    {
    case PROP_NETWORK_AVAILABLE:
      g_value_set_boolean (value, g_atomic_int_get (&self->is_available));
      break;
    case PROP_NETWORK_METERED:
      g_value_set_boolean (value, FALSE);
      break;
    case PROP_CONNECTIVITY:
      g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fake_monitor_class_init (FakeMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_monitor_get_property;
  g_object_class_override_property (object_class, PROP_NETWORK_AVAILABLE,
                                    "network-available");
  g_object_class_override_property (object_class, PROP_NETWORK_METERED,
                                    "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY,
                                    "connectivity");
}

static void
fake_monitor_init (FakeMonitor *self)
{
  self->is_available = TRUE;
}

static gboolean
fake_monitor_initable_real_init (GInitable    *initable,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  return TRUE;
}

static void
fake_monitor_initable_init (GInitableIface *iface)
{
  iface->init = fake_monitor_initable_real_init;
}

static void
fake_monitor_can_reach_async (GNetworkMonitor    *monitor,
                              GSocketConnectable *connectable,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  FakeMonitor *self = FAKE_MONITOR (monitor);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_free (self->question);
  self->question = g_socket_connectable_to_string (connectable);
  self->n_questions++;
  if (self->can_reach)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE,
                             "no way");
}

static gboolean
fake_monitor_can_reach_finish (GNetworkMonitor *monitor,
                               GAsyncResult    *result,
                               GError         **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_monitor_monitor_init (GNetworkMonitorInterface *iface)
{
  iface->can_reach_async = fake_monitor_can_reach_async;
  iface->can_reach_finish = fake_monitor_can_reach_finish;
}

static FakeMonitor *
get_monitor (void)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  g_assert_true (FAKE_IS_MONITOR (monitor));
  return FAKE_MONITOR (monitor);
}

void
fake_network_set_available (gboolean is_available)
{
  FakeMonitor *self = get_monitor ();

  g_atomic_int_set (&self->is_available, is_available);
  g_signal_emit_by_name (self, "network-changed", is_available);
}

void
fake_network_set_can_reach (gboolean can_reach)
{
  get_monitor ()->can_reach = can_reach;
}

guint
fake_network_count_questions (void)
{
  return get_monitor ()->n_questions;
}

const char *
fake_network_get_question (void)
{
  return get_monitor ()->question;
}

gboolean
fake_network_has_listener (void)
{
  guint signal = g_signal_lookup ("network-changed", G_TYPE_NETWORK_MONITOR);

  return g_signal_has_handler_pending (get_monitor (), signal, 0, FALSE);
}

/* --- The resolver --- */

#define FAKE_TYPE_RESOLVER (fake_resolver_get_type ())
G_DECLARE_FINAL_TYPE (FakeResolver, fake_resolver, FAKE, RESOLVER, GResolver)

struct _FakeResolver
{
  GResolver   parent_instance;
  const char *addresses; /* (unowned) */
  guint       n_lookups;
};

G_DEFINE_FINAL_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static FakeResolver *resolver;

static GList *
look_up (FakeResolver *self, const char *name, GResolverNameLookupFlags flags)
{
  g_auto (GStrv) texts = g_strsplit (self->addresses, " ", -1);
  GList *addresses = NULL;

  g_assert_cmpstr (name, ==, FAKE_HOST);
  self->n_lookups += flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;
  for (guint i = 0; texts[i] != NULL; i++)
    {
      GInetAddress *address = g_inet_address_new_from_string (texts[i]);
      gboolean      is_ipv6
          = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

      if (flags
          & (is_ipv6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY
                     : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY))
        g_object_unref (address);
      else
        addresses = g_list_append (addresses, address);
    }
  return addresses;
}

static void
fake_resolver_lookup_async (GResolver               *resolver_,
                            const char              *name,
                            GResolverNameLookupFlags flags,
                            GCancellable            *cancellable,
                            GAsyncReadyCallback      callback,
                            gpointer                 user_data)
{
  g_autoptr (GTask) task
      = g_task_new (resolver_, cancellable, callback, user_data);
  GList *addresses = look_up (FAKE_RESOLVER (resolver_), name, flags);

  if (addresses != NULL)
    g_task_return_pointer (task, addresses,
                           (GDestroyNotify) g_resolver_free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                             "no such name");
}

static GList *
fake_resolver_lookup_finish (GResolver    *resolver_,
                             GAsyncResult *result,
                             GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_with_flags_async = fake_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish
      = fake_resolver_lookup_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
  self->addresses = "127.0.0.1";
}

void
fake_network_set_addresses (const char *addresses)
{
  resolver->addresses = addresses;
}

guint
fake_network_count_lookups (void)
{
  return resolver->n_lookups;
}

void
fake_network_init_resolver (void)
{
  resolver = g_object_new (FAKE_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (resolver));
}

void
fake_network_init (void)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "fake", TRUE);
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME,
                                  FAKE_TYPE_MONITOR, "fake", 100);
  fake_network_init_resolver ();
}
