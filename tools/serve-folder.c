/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of pages: what lies in it, and nothing that only seems to. */
#define _GNU_SOURCE
#include "serve-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>

/* An answer is in memory as a whole. */
#define MAX_FILE_SIZE (64 * 1024 * 1024)
#define INDEX         "index.html"

struct _ServeFolder
{
  WsServer *server; /* (owned) */
  int       folder; /* (owned): a descriptor */
};

static const struct
{
  const char *ending;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".htm", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".mjs", "text/javascript; charset=utf-8" },
  { ".json", "application/json" },
  { ".map", "application/json" },
  { ".txt", "text/plain; charset=utf-8" },
  { ".md", "text/plain; charset=utf-8" },
  { ".xml", "application/xml" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".jpg", "image/jpeg" },
  { ".jpeg", "image/jpeg" },
  { ".gif", "image/gif" },
  { ".webp", "image/webp" },
  { ".ico", "image/x-icon" },
  { ".wasm", "application/wasm" },
  { ".pdf", "application/pdf" },
  { ".woff2", "font/woff2" },
};

static const char *
get_type (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      gsize length = strlen (types[i].ending);
      gsize size = strlen (name);

      if (size > length
          && g_ascii_strcasecmp (name + size - length, types[i].ending) == 0)
        return types[i].type;
    }
  return "application/octet-stream";
}

/* A name in a folder: nothing hidden, and nothing that means another folder. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && *name != '.' && strchr (name, '/') == NULL;
}

/* Opens what the path names below the folder. No part of it may be a symbolic
 * link, so that nothing leads out of there. Returns -1, and errno. */
static int
open_below (int folder, char **names)
{
  int at = dup (folder);

  for (; *names != NULL && at >= 0; names++)
    {
      int next
          = openat (at, *names,
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
      int reason = errno;

      close (at);
      errno = reason;
      at = next;
    }
  return at;
}

/* Returns the parts of a path (owned by the caller), or NULL if one of them is
 * none that is served. The last part of a path that ends with a slash is the
 * index. */
static char **
split_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (*path != '/')
    return NULL;
  for (guint i = 1; parts[i] != NULL; i++)
    {
      char *name = *parts[i] == '\0' && parts[i + 1] == NULL
                       ? g_strdup (INDEX)
                       : g_uri_unescape_string (parts[i], NULL);

      if (name != NULL)
        g_ptr_array_add (names, name);
      if (name == NULL || !is_plain_name (name))
        return NULL;
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void
redirect_to_folder (WsRequest *request, WsResponse *response)
{
  const char *path = ws_request_get_path (request);

  /* "//host/" would be another server. */
  while (path[0] == '/' && path[1] == '/')
    path++;

  g_autofree char *location = g_strconcat (path, "/", NULL);

  ws_response_refuse (response, 301, NULL);
  ws_headers_append (ws_response_get_headers (response), "Location", location,
                     NULL);
}

typedef struct
{
  WsResponse *response; /* (owned) */
  const char *type;
} Answer;

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result,
                                          &error);

  if (bytes == NULL)
    ws_response_refuse (answer->response, 500, NULL);
  else
    {
      ws_response_set_body (answer->response, answer->type, bytes);
      ws_headers_append (ws_response_get_headers (answer->response),
                         "X-Content-Type-Options", "nosniff", NULL);
    }
  ws_response_done (answer->response);
  g_object_unref (answer->response);
  g_free (answer);
}

/* Takes the descriptor. Others are served while the disk takes its time. */
static void
send_file (int file, goffset size, const char *type, WsResponse *response)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (file, TRUE);
  Answer *answer = g_new (Answer, 1);

  answer->response = g_object_ref (response);
  answer->type = type;
  ws_response_defer (response);
  g_input_stream_read_bytes_async (stream, (gsize) MAX (size, 1),
                                   G_PRIORITY_DEFAULT, NULL, on_read, answer);
}

static void
answer (ServeFolder *self, WsRequest *request, WsResponse *response)
{
  g_auto (GStrv) names = split_path (ws_request_get_path (request));
  int         file = names != NULL ? open_below (self->folder, names) : -1;
  struct stat status;

  if (file < 0 || fstat (file, &status) != 0)
    ws_response_refuse (response, 404, NULL);
  else if (S_ISDIR (status.st_mode))
    redirect_to_folder (request, response);
  else if (!S_ISREG (status.st_mode))
    ws_response_refuse (response, 404, NULL);
  else if (status.st_size > MAX_FILE_SIZE)
    ws_response_refuse (response, 500, "The file is too large to serve");
  else
    {
      send_file (file, status.st_size,
                 get_type (names[g_strv_length (names) - 1]), response);
      return;
    }
  if (file >= 0)
    close (file);
}

static void
on_http_request (WsServer    *server,
                 WsRequest   *request,
                 WsResponse  *response,
                 ServeFolder *self)
{
  const char *method = ws_request_get_method (request);

  if (g_str_equal (method, "GET") || g_str_equal (method, "HEAD"))
    {
      answer (self, request, response);
      return;
    }
  ws_response_refuse (response, 405, NULL);
  ws_headers_append (ws_response_get_headers (response), "Allow", "GET, HEAD",
                     NULL);
}

/* Serves the folder at the root of the server. */
ServeFolder *
serve_folder_new (WsServer *server, const char *path, GError **error)
{
  int          folder = open (path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  ServeFolder *self;

  if (folder < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "Cannot serve %s: %s", path, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (ServeFolder, 1);
  self->server = g_object_ref (server);
  self->folder = folder;
  g_signal_connect (server, "http-request", G_CALLBACK (on_http_request), self);
  return self;
}

void
serve_folder_free (ServeFolder *self)
{
  g_signal_handlers_disconnect_by_data (self->server, self);
  g_object_unref (self->server);
  close (self->folder);
  g_free (self);
}
