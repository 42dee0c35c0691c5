/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which errors of certificates do not count, and for how long. */
#include "socket/ws-socket-ignoring.h"

#include "ws-ssl-error.h"

/* An error in the list that names no certificate stands for every certificate
 * with that error; with one it pins that certificate. */
static gboolean
is_listed (GPtrArray *list, WsSslError *error)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      WsSslError *entry = g_ptr_array_index (list, i);

      if (ws_ssl_error_equal (entry, error)
          || (ws_ssl_error_get_certificate (entry) == NULL
              && ws_ssl_error_get_code (entry)
                     == ws_ssl_error_get_code (error)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
ignores (const WsSslIgnored *ignored, WsSslError *error)
{
  return ignored->has_all || is_listed (ignored->list, error);
}

gboolean
ws_socket_ignores (WsSocket *self, GPtrArray *errors)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  for (guint i = 0; i < errors->len; i++)
    {
      WsSslError *error = g_ptr_array_index (errors, i);

      if ((priv->extras->ssl_rules == NULL
           || !ignores (&priv->extras->ssl_rules->always, error))
          && (priv->now.tls == NULL
              || !ignores (&priv->now.tls->ignored, error)))
        return FALSE;
    }
  return TRUE;
}

static WsSslRules *
get_rules (WsSocket *self)
{
  WsSocketExtras *extras = ws_socket_get_extras (self);

  if (extras->ssl_rules == NULL)
    extras->ssl_rules = g_new0 (WsSslRules, 1);
  return extras->ssl_rules;
}

void
ws_socket_clear_ignored (WsSocket *self)
{
  WsSslRules *rules = ws_socket_peek (self)->extras->ssl_rules;

  if (rules == NULL)
    return;
  ws_socket_get_extras (self)->ssl_rules = NULL;
  ws_ssl_ignored_clear (&rules->always);
  ws_ssl_ignored_clear (&rules->next);
  g_free (rules);
}

void
ws_socket_begin_to_ignore (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->extras->ssl_rules == NULL)
    return;
  ws_attempt_get_tls (&priv->now)->ignored = priv->extras->ssl_rules->next;
  priv->extras->ssl_rules->next = (WsSslIgnored){ 0 };
}

/* Of the attempt under way, or else of the next one. */
static WsSslIgnored *
ignored_of_this_time (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  return priv->state == WS_STATE_CONNECTING
             ? &ws_attempt_get_tls (&priv->now)->ignored
             : &get_rules (self)->next;
}

static void
ignore_list (WsSslIgnored *ignored, GPtrArray *errors)
{
  g_clear_pointer (&ignored->list, g_ptr_array_unref);
  ignored->list = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < errors->len; i++)
    g_ptr_array_add (ignored->list,
                     g_object_ref (g_ptr_array_index (errors, i)));
}

/**
 * ws_socket_ignore_ssl_errors:
 * @self: a socket
 *
 * Ignores every error of the peer's certificates, for one attempt: the one that
 * is under way, as in a handler of [signal@Socket::ssl-errors], or else the
 * next one.
 *
 * Who listens in can then claim to be anybody: prefer
 * [method@Socket.ignore_ssl_error_list]. What shall hold for longer is said
 * with [method@Socket.ignore_ssl_error_list_always], or for one certificate at
 * one host with [method@SslConfiguration.add_exception].
 *
 * Since: 1.0
 */
void
ws_socket_ignore_ssl_errors (WsSocket *self)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  if (ws_socket_may_instruct (self, G_STRFUNC))
    ignored_of_this_time (self)->has_all = TRUE;
}

static gboolean
is_list_of_errors (GPtrArray *errors)
{
  if (errors == NULL)
    return FALSE;
  for (guint i = 0; i < errors->len; i++)
    if (!WS_IS_SSL_ERROR (g_ptr_array_index (errors, i)))
      return FALSE;
  return TRUE;
}

/**
 * ws_socket_ignore_ssl_error_list:
 * @self: a socket
 * @errors: (element-type WsSslError): the errors to ignore
 *
 * Ignores exactly these errors, for one attempt: the one that is under way, or
 * else the next one.
 *
 * An error with a certificate stands for that certificate only, which pins it;
 * one without stands for every certificate that has it. Replaces an earlier
 * list; an empty one ignores nothing.
 *
 * Since: 1.0
 */
void
ws_socket_ignore_ssl_error_list (WsSocket *self, GPtrArray *errors)
{
  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (is_list_of_errors (errors));

  if (ws_socket_may_instruct (self, G_STRFUNC))
    ignore_list (ignored_of_this_time (self), errors);
}

/* (nullable): what holds for all attempts, forgotten so far. */
static WsSslIgnored *
replace_ignored_always (WsSocket *self, const char *function)
{
  WsSslIgnored *always;

  if (!ws_socket_may_instruct (self, function))
    return NULL;
  always = &get_rules (self)->always;
  ws_ssl_ignored_clear (always);
  return always;
}

/**
 * ws_socket_ignore_ssl_errors_always:
 * @self: a socket
 *
 * Ignores every error of the peer's certificates in each attempt from now on,
 * those of [property@Socket:reconnect] included, until
 * [method@Socket.ignore_ssl_error_list_always] is called.
 *
 * Who listens in can then claim to be anybody, for as long as the socket is
 * used: this is for tests.
 *
 * Since: 1.0
 */
void
ws_socket_ignore_ssl_errors_always (WsSocket *self)
{
  WsSslIgnored *always;

  g_return_if_fail (WS_IS_SOCKET (self));

  always = replace_ignored_always (self, G_STRFUNC);
  if (always != NULL)
    always->has_all = TRUE;
}

/**
 * ws_socket_ignore_ssl_error_list_always:
 * @self: a socket
 * @errors: (element-type WsSslError): the errors to ignore, as in
 *   [method@Socket.ignore_ssl_error_list]
 *
 * Ignores exactly these errors in each attempt from now on, those of
 * [property@Socket:reconnect] included, until the next call.
 *
 * An empty list ignores nothing, and ends what
 * [method@Socket.ignore_ssl_errors_always] has begun.
 *
 * Since: 1.0
 */
void
ws_socket_ignore_ssl_error_list_always (WsSocket *self, GPtrArray *errors)
{
  WsSslIgnored *always;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (is_list_of_errors (errors));

  always = replace_ignored_always (self, G_STRFUNC);
  if (always != NULL)
    ignore_list (always, errors);
}
