/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* The arguments that a careless program might give: for each kind of argument a
 * pool of values. The first of each is a right one; the others are NULL, of the
 * wrong type, empty, too large, malformed. What a value needs lives until
 * values_clear(). */
typedef struct
{
  gpointer      self;   /* (nullable): what the functions are methods of */
  gpointer      other;  /* (nullable): a socket, for arguments that take one */
  char         *url;    /* (owned) (nullable): where somebody listens */
  GPtrArray    *kept;   /* (element-type Kept): what ends with the call */
  GError       *error;  /* (owned) (nullable): what the call reported */
  gsize         length; /* where the call writes a length */
  guint64       number; /* any other number */
  WsMessageType type;   /* where the call writes a type */
  const guint8 *data;   /* where the call writes where data lie */
  char         *text;   /* (owned) (nullable): a text that the caller owns */
} Values;

void values_init (Values *self);
void values_clear (Values *self);
/* Calls @free with @value when the call is over; returns @value. */
gpointer values_keep (Values *self, gpointer value, GDestroyNotify free);
gpointer values_keep_object (Values *self, gpointer object);
/* Reads the first byte of what a call returned, as its caller would. */
void values_touch (gconstpointer result);
/* The type called @name, registered or not yet. */
GType values_type (const char *name);
/* (transfer full): an instance of the type called @name, as a program can make
 * one. */
gpointer values_make (const char *name);
void     values_unmake (const char *name, gpointer instance);

/* How many values each pool has. Those of instances are right, NULL and, of
 * GObjects, one of another class. */
#define VALUES_instance         3
#define VALUES_async_callback   2
#define VALUES_boolean          3
#define VALUES_boolean_out      2
#define VALUES_bytes            5
#define VALUES_callback         2
#define VALUES_cancellable      3
#define VALUES_characters       3
#define VALUES_closure          2
#define VALUES_codes            2
#define VALUES_data             2
#define VALUES_descriptor       4
#define VALUES_destroy          2
#define VALUES_double           6
#define VALUES_enum             5
#define VALUES_error            2
#define VALUES_error_in         2
#define VALUES_inet_address     3
#define VALUES_input_stream     4
#define VALUES_int              5
#define VALUES_int64            5
#define VALUES_io_stream        4
#define VALUES_length           3
#define VALUES_list_model       4
#define VALUES_message_func     2
#define VALUES_message_type_out 2
#define VALUES_n_items          2
#define VALUES_object           3
#define VALUES_octets           4
#define VALUES_octets_out       2
#define VALUES_pointers         4
#define VALUES_pool_func        2
#define VALUES_port             2
#define VALUES_proxy_resolver   3
#define VALUES_result           3
#define VALUES_size             4
#define VALUES_size_out         2
#define VALUES_socket_address   4
#define VALUES_socket_fd        4
#define VALUES_string           9
#define VALUES_string_out       2
#define VALUES_strings          8
#define VALUES_tls_certificate  3
#define VALUES_uint             5
#define VALUES_uint64           4
#define VALUES_uint64_out       2
#define VALUES_uint_out         2
#define VALUES_url              12

gpointer value_self (Values *self, const char *type, guint choice);
gpointer value_other (Values *self, const char *type, guint choice);

GAsyncReadyCallback value_async_callback (Values *self, guint choice);
gboolean            value_boolean (Values *self, guint choice);
GBytes             *value_bytes (Values *self, guint choice);
GCallback           value_callback (Values *self, guint choice);
GCancellable       *value_cancellable (Values *self, guint choice);
const gunichar     *value_characters (Values *self, guint choice);
const guint8       *value_octets (Values *self, guint choice);
const guint8      **value_octets_out (Values *self, guint choice);
WsMessageType      *value_message_type_out (Values *self, guint choice);
GClosure           *value_closure (Values *self, guint choice);
const guint        *value_codes (Values *self, guint choice);
gpointer            value_data (Values *self, guint choice);
int                 value_descriptor (Values *self, guint choice);
double              value_double (Values *self, guint choice);
int                 value_enum (Values *self, guint choice);
GError            **value_error (Values *self, guint choice);
GInetAddress       *value_inet_address (Values *self, guint choice);
GInputStream       *value_input_stream (Values *self, guint choice);
int                 value_int (Values *self, guint choice);
gint64              value_int64 (Values *self, guint choice);
GIOStream          *value_io_stream (Values *self, guint choice);
gssize              value_length (Values *self, guint choice);
GListModel         *value_list_model (Values *self, guint choice);
gsize               value_n_items (Values *self, guint choice);
GObject            *value_object (Values *self, guint choice);
GPtrArray          *value_pointers (Values *self, guint choice);
guint16             value_port (Values *self, guint choice);
GProxyResolver     *value_proxy_resolver (Values *self, guint choice);
GAsyncResult       *value_result (Values *self, guint choice);
gsize               value_size (Values *self, guint choice);
gsize              *value_size_out (Values *self, guint choice);
GSocketAddress     *value_socket_address (Values *self, guint choice);
GSocket            *value_socket_fd (Values *self, guint choice);
const char         *value_string (Values *self, guint choice);
const char *const  *value_strings (Values *self, guint choice);
GTlsCertificate    *value_tls_certificate (Values *self, guint choice);
guint               value_uint (Values *self, guint choice);
guint64             value_uint64 (Values *self, guint choice);
const char         *value_url (Values *self, guint choice);
gboolean           *value_boolean_out (Values *self, guint choice);
guint              *value_uint_out (Values *self, guint choice);
guint64            *value_uint64_out (Values *self, guint choice);
char              **value_string_out (Values *self, guint choice);
const GError       *value_error_in (Values *self, guint choice);
GDestroyNotify      value_destroy (Values *self, guint choice);
WsServerPoolFunc    value_pool_func (Values *self, guint choice);
WsSocketMessageFunc value_message_func (Values *self, guint choice);

G_END_DECLS
