/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the URL of a Redis server. */
#include "ws-redis-url.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <ws-glib/ws-glib.h>

#define DEFAULT_PORT 6379
#define MAX_DATABASE 1000000

static void
host_free (gpointer data)
{
  WsRedisHost *self = data;

  g_object_unref (self->address);
  g_free (self->name);
  g_free (self);
}

void
ws_redis_url_free (WsRedisUrl *self)
{
  g_ptr_array_unref (self->hosts);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

const WsRedisHost *
ws_redis_url_get_host (const WsRedisUrl *self, guint i)
{
  return g_ptr_array_index (self->hosts, i % self->hosts->len);
}

/* Takes @address and @name. */
static void
add_host (WsRedisUrl *self, GSocketConnectable *address, char *name)
{
  WsRedisHost *host = g_new (WsRedisHost, 1);

  host->address = address;
  host->name = name;
  g_ptr_array_add (self->hosts, host);
}

static gboolean
    G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
               "The URL of Redis is wrong: %s", text);
  return FALSE;
}

/* --- Parts --- */

/* USER:PASSWORD or :PASSWORD, each percent-encoded. */
static gboolean
read_login (WsRedisUrl *self, const char *text, gsize len, GError **error)
{
  const char *colon = memchr (text, ':', len);

  if (colon == NULL)
    return fail (error, "it has a user, but no password: "
                        "redis://USER:PASSWORD@HOST or redis://:PASSWORD@HOST");
  if (colon > text)
    self->user = g_uri_unescape_segment (text, colon, NULL);
  self->password = g_uri_unescape_segment (colon + 1, text + len, NULL);
  if ((colon > text && self->user == NULL) || self->password == NULL)
    return fail (error, "its user or password is not percent-encoded text");
  return TRUE;
}

static gboolean
read_database (WsRedisUrl *self, const char *text, GError **error)
{
  guint64 number;

  if (*text == '\0')
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, MAX_DATABASE, &number, NULL))
    return fail (error, "\"%s\" is not the number of a database", text);
  self->database = (guint) number;
  return TRUE;
}

static gboolean
read_hosts (WsRedisUrl *self, const char *text, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = *names[i] != '\0' ? names[i] : "localhost";
      g_autoptr (GError) problem = NULL;
      GSocketConnectable *address
          = names[1] != NULL && *names[i] == '\0'
                ? NULL
                : g_network_address_parse (name, DEFAULT_PORT, &problem);

      if (address == NULL)
        return fail (error, "\"%s\" is no host, or host and port%s%s", names[i],
                     problem != NULL ? ": " : "",
                     problem != NULL ? problem->message : "");
      add_host (self, address,
                g_strdup_printf (strchr (g_network_address_get_hostname (
                                             G_NETWORK_ADDRESS (address)),
                                         ':')
                                         != NULL
                                     ? "[%s]:%u"
                                     : "%s:%u",
                                 g_network_address_get_hostname (
                                     G_NETWORK_ADDRESS (address)),
                                 g_network_address_get_port (
                                     G_NETWORK_ADDRESS (address))));
    }
  return TRUE;
}

/* --- Forms --- */

/* HOST[:PORT][,HOST[:PORT]…][/DATABASE] */
static gboolean
read_network (WsRedisUrl *self, const char *text, GError **error)
{
  const char      *slash = strchr (text, '/');
  g_autofree char *hosts = slash != NULL
                               ? g_strndup (text, (gsize) (slash - text))
                               : g_strdup (text);

  if (strpbrk (text, "?#") != NULL)
    return fail (error, "it has a query or a fragment, which mean nothing");
  return read_hosts (self, hosts, error)
         && (slash == NULL || read_database (self, slash + 1, error));
}

/* /PATH[?db=DATABASE] */
static gboolean
read_unix (WsRedisUrl *self, const char *text, GError **error)
{
  const char      *query = strchr (text, '?');
  g_autofree char *escaped = query != NULL
                                 ? g_strndup (text, (gsize) (query - text))
                                 : g_strdup (text);
  g_autofree char *path = g_uri_unescape_string (escaped, NULL);

  if (path == NULL || *path != '/')
    return fail (error, "redis+unix: needs the whole path of a socket: "
                        "redis+unix:///PATH");
  if (strlen (path) > 107)
    return fail (error, "the path of the socket has more than 107 bytes");
  if (query != NULL && !g_str_has_prefix (query, "?db="))
    return fail (error, "redis+unix: knows \"?db=NUMBER\" only, not \"%s\"",
                 query);
  add_host (self, G_SOCKET_CONNECTABLE (g_unix_socket_address_new (path)),
            g_strdup (path));
  return query == NULL || read_database (self, query + 4, error);
}

static gboolean
read_rest (WsRedisUrl *self, const char *text, gboolean is_unix, GError **error)
{
  const gsize len = is_unix ? strcspn (text, "/") : strlen (text);
  const char *at = g_strrstr_len (text, (gssize) len, "@");

  if (at != NULL)
    {
      if (!read_login (self, text, (gsize) (at - text), error))
        return FALSE;
      text = at + 1;
    }
  return is_unix ? read_unix (self, text, error)
                 : read_network (self, text, error);
}

WsRedisUrl *
ws_redis_url_parse (const char *text, GError **error)
{
  static const struct
  {
    const char *begin;
    gboolean    is_unix, is_tls;
  } schemes[] = {
    { "redis://", FALSE, FALSE },
    { "rediss://", FALSE, TRUE },
    { "redis+unix://", TRUE, FALSE },
  };
  g_autoptr (WsRedisUrl) self = g_new0 (WsRedisUrl, 1);

  self->hosts = g_ptr_array_new_with_free_func (host_free);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      const gsize len = strlen (schemes[i].begin);

      if (g_ascii_strncasecmp (text, schemes[i].begin, len) != 0)
        continue;
      self->is_tls = schemes[i].is_tls;
      if (!read_rest (self, text + len, schemes[i].is_unix, error))
        return NULL;
      return g_steal_pointer (&self);
    }
  fail (error, "it begins with none of redis://, rediss:// and redis+unix://");
  return NULL;
}
