/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public form of what a query holds, with errors for users. */
#include "http/ws-target.h"

#include "protocol/ws-http.h"
#include "protocol/ws-query.h"
#include "ws-socket-error.h"

/* @culprit is taken. */
static void
set_error (GError **error, char *culprit)
{
  g_autofree char *quoted = ws_http_quote (culprit);

  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
               "In the query %s is not percent-encoded UTF-8", quoted);
  g_free (culprit);
}

char **
ws_target_get_parameters (const char *target, const char *name, GError **error)
{
  char  *culprit = NULL;
  char **values = ws_query_get (ws_query_find (target), name, &culprit);

  if (values == NULL)
    set_error (error, culprit);
  return values;
}

char *
ws_target_get_parameter (const char *target, const char *name, GError **error)
{
  g_auto (GStrv) values = ws_target_get_parameters (target, name, error);

  return values != NULL ? g_strdup (values[0]) : NULL;
}

char **
ws_target_list_parameters (const char *target, GError **error)
{
  char  *culprit = NULL;
  char **names = ws_query_list (ws_query_find (target), &culprit);

  if (names == NULL)
    set_error (error, culprit);
  return names;
}

char *
ws_target_name_address (GSocketAddress *address)
{
  if (address == NULL)
    return NULL;
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}
