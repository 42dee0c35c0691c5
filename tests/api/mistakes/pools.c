/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pools of right and wrong arguments for GLib's types. */
#include "values.h"

#include <float.h>
#include <gio/gunixsocketaddress.h>
#include <math.h>
#include <unistd.h>

/* Room behind every string, so that a length of a few bytes is always true. */
#define PADDED "\0\0\0\0\0\0\0"
#define LENGTH 3

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
}

GAsyncReadyCallback
value_async_callback (Values *self, guint choice)
{
  return choice == 0 ? on_result : NULL;
}

gboolean
value_boolean (Values *self, guint choice)
{
  const gboolean values[VALUES_boolean] = { TRUE, FALSE, 2 };

  return values[choice];
}

GBytes *
value_bytes (Values *self, guint choice)
{
  static const guint8 wild[256] = { 0x16, 3, 1, 0xff, 0xff };
  const gsize         large = 200 * 1024;

  switch (choice)
    {
    case 0:
      return values_keep (self, g_bytes_new_static ("bytes", 5),
                          (GDestroyNotify) g_bytes_unref);
    case 1:
      return NULL;
    case 2:
      return values_keep (self, g_bytes_new_static ("", 0),
                          (GDestroyNotify) g_bytes_unref);
    case 3:
      return values_keep (self, g_bytes_new_take (g_malloc0 (large), large),
                          (GDestroyNotify) g_bytes_unref);
    default:
      return values_keep (self, g_bytes_new_static (wild, sizeof wild),
                          (GDestroyNotify) g_bytes_unref);
    }
}

static void
on_signal (void)
{
}

GCallback
value_callback (Values *self, guint choice)
{
  return choice == 0 ? on_signal : NULL;
}

GCancellable *
value_cancellable (Values *self, guint choice)
{
  GCancellable *cancellable;

  if (choice == 0)
    return NULL;
  cancellable = values_keep_object (self, g_cancellable_new ());
  if (choice == 2)
    g_cancellable_cancel (cancellable);
  return cancellable;
}

const gunichar *
value_characters (Values *self, guint choice)
{
  static const gunichar values[VALUES_characters - 1][LENGTH] = {
    { 'a', 0, 0x10ffff },
    { 0xd800, 0xffffffff, 0 },
  };

  return choice == VALUES_characters - 1 ? NULL : values[choice];
}

const guint8 *
value_octets (Values *self, guint choice)
{
  static const guint8 values[VALUES_octets - 1][LENGTH] = {
    { 'a', 0, 'b' },
    { 0xff, 0xfe, 0 },
    { 0 },
  };

  return choice == VALUES_octets - 1 ? NULL : values[choice];
}

const guint8 **
value_octets_out (Values *self, guint choice)
{
  return choice == 0 ? &self->data : NULL;
}

WsMessageType *
value_message_type_out (Values *self, guint choice)
{
  return choice == 0 ? &self->type : NULL;
}

GClosure *
value_closure (Values *self, guint choice)
{
  GClosure *closure;

  if (choice > 0)
    return NULL;
  closure = g_closure_ref (g_cclosure_new (on_signal, NULL, NULL));
  g_closure_sink (closure);
  g_closure_set_marshal (closure, g_cclosure_marshal_generic);
  return values_keep (self, closure, (GDestroyNotify) g_closure_unref);
}

const guint *
value_codes (Values *self, guint choice)
{
  static const guint codes[LENGTH] = { 1008, 4000, 77777 };

  return choice == 0 ? codes : NULL;
}

gpointer
value_data (Values *self, guint choice)
{
  return choice == 0 ? NULL : self;
}

/* Whoever takes a descriptor over closes it: each call has one of its own. */
int
value_descriptor (Values *self, guint choice)
{
  g_autoptr (GSocket) socket = NULL;
  int ends[2];

  switch (choice)
    {
    case 0:
      socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                             G_SOCKET_PROTOCOL_DEFAULT, NULL);
      return dup (g_socket_get_fd (socket));
    case 1:
      return -1;
    case 2:
      return 987654;
    default:
      g_assert_no_errno (pipe (ends));
      close (ends[1]);
      return ends[0];
    }
}

double
value_double (Values *self, guint choice)
{
  const double values[VALUES_double] = { 0.5, -1, NAN, INFINITY, DBL_MAX, 0 };

  return values[choice];
}

int
value_enum (Values *self, guint choice)
{
  const int values[VALUES_enum] = { 1, 0, -1, 99, G_MAXINT };

  return values[choice];
}

GError **
value_error (Values *self, guint choice)
{
  g_clear_error (&self->error);
  return choice == 0 ? &self->error : NULL;
}

GInetAddress *
value_inet_address (Values *self, guint choice)
{
  switch (choice)
    {
    case 0:
      return values_keep_object (self, g_inet_address_new_loopback (
                                           G_SOCKET_FAMILY_IPV4));
    case 1:
      return NULL;
    default:
      return (GInetAddress *) value_object (self, 1);
    }
}

GInputStream *
value_input_stream (Values *self, guint choice)
{
  GInputStream *stream;

  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GInputStream *) value_object (self, 1);
  stream = values_keep_object (self,
                               g_memory_input_stream_new_from_data ("data", 4,
                                                                    NULL));
  if (choice == 3)
    g_input_stream_close (stream, NULL, NULL);
  return stream;
}

int
value_int (Values *self, guint choice)
{
  const int values[VALUES_int] = { 1, 0, -1, G_MAXINT, G_MININT };

  return values[choice];
}

gint64
value_int64 (Values *self, guint choice)
{
  const gint64 values[VALUES_int64] = { 1, 0, -1, G_MAXINT64, G_MININT64 };

  return values[choice];
}

GIOStream *
value_io_stream (Values *self, guint choice)
{
  g_autoptr (GOutputStream) output = NULL;
  GIOStream *stream;

  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GIOStream *) value_object (self, 1);
  output = g_memory_output_stream_new_resizable ();
  stream = values_keep_object (
      self, g_simple_io_stream_new (value_input_stream (self, 0), output));
  if (choice == 3)
    g_io_stream_close (stream, NULL, NULL);
  return stream;
}

gssize
value_length (Values *self, guint choice)
{
  const gssize values[VALUES_length] = { -1, 0, LENGTH };

  return values[choice];
}

GListModel *
value_list_model (Values *self, guint choice)
{
  GListStore *store;

  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GListModel *) value_object (self, 1);
  store = values_keep_object (self, g_list_store_new (G_TYPE_OBJECT));
  if (choice == 3)
    g_list_store_append (store, value_object (self, 1));
  return G_LIST_MODEL (store);
}

gsize
value_n_items (Values *self, guint choice)
{
  return choice == 0 ? LENGTH : 0;
}

GObject *
value_object (Values *self, guint choice)
{
  if (choice == 2)
    return NULL;
  return choice == 0 && self->other != NULL
             ? self->other
             : values_keep_object (self, g_object_new (G_TYPE_OBJECT, NULL));
}

GPtrArray *
value_pointers (Values *self, guint choice)
{
  GPtrArray *pointers;

  if (choice == 1)
    return NULL;
  pointers = values_keep (self, g_ptr_array_new (),
                          (GDestroyNotify) g_ptr_array_unref);
  if (choice == 2)
    g_ptr_array_add (pointers, NULL);
  if (choice == 3)
    g_ptr_array_add (pointers, value_object (self, 1));
  return pointers;
}

/* No other port: each call that listens gets a free one. */
guint16
value_port (Values *self, guint choice)
{
  return choice == 0 ? 0 : 1;
}

GProxyResolver *
value_proxy_resolver (Values *self, guint choice)
{
  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GProxyResolver *) value_object (self, 1);
  return values_keep_object (self, g_simple_proxy_resolver_new (NULL, NULL));
}

GAsyncResult *
value_result (Values *self, guint choice)
{
  GTask *task;

  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GAsyncResult *) value_object (self, 1);
  task = values_keep_object (self, g_task_new (NULL, NULL, NULL, NULL));
  return G_ASYNC_RESULT (task);
}

gsize
value_size (Values *self, guint choice)
{
  const gsize values[VALUES_size] = { 1, 0, G_MAXSIZE, G_MAXINT };

  return values[choice];
}

gsize *
value_size_out (Values *self, guint choice)
{
  return choice == 0 ? &self->length : NULL;
}

static void
free_nothing (gpointer data)
{
}

GDestroyNotify
value_destroy (Values *self, guint choice)
{
  return choice == 0 ? free_nothing : NULL;
}

static void
use_server (WsServer *server, gpointer data)
{
}

WsServerPoolFunc
value_pool_func (Values *self, guint choice)
{
  return choice == 0 ? use_server : NULL;
}

static gboolean
handle_message (WsSocket     *socket,
                WsMessageType type,
                const guint8 *bytes,
                gsize         length,
                gpointer      data)
{
  return FALSE;
}

WsSocketMessageFunc
value_message_func (Values *self, guint choice)
{
  return choice == 0 ? handle_message : NULL;
}

gboolean *
value_boolean_out (Values *self, guint choice)
{
  return choice == 0 ? (gboolean *) (gpointer) &self->number : NULL;
}

guint *
value_uint_out (Values *self, guint choice)
{
  return choice == 0 ? (guint *) (gpointer) &self->number : NULL;
}

guint64 *
value_uint64_out (Values *self, guint choice)
{
  return choice == 0 ? &self->number : NULL;
}

char **
value_string_out (Values *self, guint choice)
{
  g_clear_pointer (&self->text, g_free);
  return choice == 0 ? &self->text : NULL;
}

const GError *
value_error_in (Values *self, guint choice)
{
  if (choice > 0)
    return NULL;
  return values_keep (self,
                      g_error_new_literal (WS_SOCKET_ERROR,
                                           WS_SOCKET_ERROR_NETWORK, "broken"),
                      (GDestroyNotify) g_error_free);
}

GSocketAddress *
value_socket_address (Values *self, guint choice)
{
  switch (choice)
    {
    case 0:
      return values_keep_object (
          self, g_inet_socket_address_new_from_string ("127.0.0.1", 0));
    case 1:
      return NULL;
    case 2:
      return (GSocketAddress *) value_object (self, 1);
    default:
      return values_keep_object (self, g_unix_socket_address_new (""));
    }
}

GSocket *
value_socket_fd (Values *self, guint choice)
{
  GSocket *socket;

  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GSocket *) value_object (self, 1);
  socket = values_keep_object (self,
                               g_socket_new (G_SOCKET_FAMILY_IPV4,
                                             G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL));
  if (choice == 3)
    g_socket_close (socket, NULL);
  return socket;
}

const char *
value_string (Values *self, guint choice)
{
  static const char *const values[VALUES_string] = {
    "plain" PADDED,
    NULL,
    "" PADDED,
    "two words" PADDED,
    "line\r\nInjected: yes" PADDED,
    "\xff\xfe\xc0\x80" PADDED,
    "/nonexistent/\n" PADDED,
    "disconnected" PADDED,
  };

  if (choice == VALUES_string - 1)
    return values_keep (self, g_strnfill (100000, 'x'), g_free);
  return values[choice];
}

const char *const *
value_strings (Values *self, guint choice)
{
  static const char *const values[VALUES_strings - 1][4] = {
    { "chat" },
    { NULL },
    { "" },
    { "chat", "chat" },
    { "a b", "x\r\n" },
    { "\xff" },
    { "null", "*", "https://example.org" },
  };

  return choice == VALUES_strings - 1 ? NULL : values[choice];
}

GTlsCertificate *
value_tls_certificate (Values *self, guint choice)
{
  if (choice == 1)
    return NULL;
  if (choice == 2)
    return (GTlsCertificate *) value_object (self, 1);
  return NULL;
}

guint
value_uint (Values *self, guint choice)
{
  const guint values[VALUES_uint] = { 1000, 0, 1, 65536, G_MAXUINT };

  return values[choice];
}

guint64
value_uint64 (Values *self, guint choice)
{
  const guint64 values[VALUES_uint64] = { 1000, 0, G_MAXINT64, G_MAXUINT64 };

  return values[choice];
}

const char *
value_url (Values *self, guint choice)
{
  static const char *const values[VALUES_url] = {
    NULL,
    NULL,
    "",
    "plain",
    "ws://",
    "ws://127.0.0.1:99999/",
    "http://127.0.0.1:1/",
    "ws://a b/",
    "ws://\xff/",
    "ws://127.0.0.1:1/\r\nX: y",
    "ws://user:secret@127.0.0.1:1/",
    "ws+unix:/nonexistent",
  };

  return choice == 0 ? self->url : values[choice];
}
