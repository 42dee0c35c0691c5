/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a configuration, and what every other file may call. */
#include "ssl/ws-ssl-configuration-core.h"

GParamSpec *ws_ssl_configuration_props[WS_SSL_CONFIGURATION_N_PROPS];

void
ws_ssl_configuration_notify (WsSslConfiguration    *self,
                             WsSslConfigurationProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_ssl_configuration_props[property]);
}

void
ws_ssl_configuration_replace_credentials (WsSslConfiguration *self,
                                          WsTlsCredentials   *client,
                                          WsTlsCredentials   *server)
{
  g_autoptr (WsTlsCredentials) old_client = NULL;
  g_autoptr (WsTlsCredentials) old_server = NULL;

  g_mutex_lock (&self->lock);
  old_client = self->credentials[FALSE];
  old_server = self->credentials[TRUE];
  self->credentials[FALSE] = client;
  self->credentials[TRUE] = server;
  g_hash_table_remove_all (self->tickets);
  g_mutex_unlock (&self->lock);
}

void
ws_ssl_configuration_invalidate (WsSslConfiguration *self)
{
  ws_ssl_configuration_replace_credentials (self, NULL, NULL);
}

void
ws_ssl_configuration_changed (WsSslConfiguration    *self,
                              WsSslConfigurationProp property)
{
  ws_ssl_configuration_invalidate (self);
  ws_ssl_configuration_notify (self, property);
}

void
ws_ssl_configuration_put_bytes (WsSslConfiguration    *self,
                                GBytes               **field,
                                GBytes                *value,
                                WsSslConfigurationProp property)
{
  if (*field == value
      || (*field != NULL && value != NULL && g_bytes_equal (*field, value)))
    return;

  if (value != NULL)
    g_bytes_ref (value);
  g_clear_pointer (field, g_bytes_unref);
  *field = value;
  ws_ssl_configuration_changed (self, property);
}

void
ws_ssl_configuration_put_string (WsSslConfiguration    *self,
                                 char                 **field,
                                 const char            *value,
                                 WsSslConfigurationProp property)
{
  char *old = *field;

  if (g_strcmp0 (old, value) == 0)
    return;

  *field = g_strdup (value);
  g_free (old);
  ws_ssl_configuration_changed (self, property);
}
