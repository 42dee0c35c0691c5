/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "list-resolver.h"

static void list_resolver_init_interface (GProxyResolverInterface *iface);

G_DEFINE_TYPE_WITH_CODE (ListResolver,
                         list_resolver,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                list_resolver_init_interface))

static void
list_resolver_init (ListResolver *self)
{
}

static void
list_resolver_finalize (GObject *object)
{
  ListResolver *self = (ListResolver *) object;

  g_strfreev (self->uris);
  g_free (self->url);
  G_OBJECT_CLASS (list_resolver_parent_class)->finalize (object);
}

static void
list_resolver_class_init (ListResolverClass *klass)
{
  klass->finalize = list_resolver_finalize;
}

static void
list_resolver_lookup_async (GProxyResolver     *resolver,
                            const char         *uri,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  ListResolver *self = (ListResolver *) resolver;
  g_autoptr (GTask) task
      = g_task_new (resolver, cancellable, callback, user_data);

  self->url = g_strdup (uri);
  if (self->uris == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "No idea");
  else
    g_task_return_pointer (task, g_strdupv (self->uris), NULL);
}

static char **
list_resolver_lookup_finish (GProxyResolver *resolver,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
list_resolver_init_interface (GProxyResolverInterface *iface)
{
  iface->lookup_async = list_resolver_lookup_async;
  iface->lookup_finish = list_resolver_lookup_finish;
}

ListResolver *
list_resolver_new (char **uris)
{
  ListResolver *self = g_object_new (list_resolver_get_type (), NULL);

  self->uris = uris;
  return self;
}
