/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib/ws-glib.h>

#include <string.h>

#include "support/ws-test.h"

/* Enumerations */

typedef struct
{
  int         value;
  const char *nick;
} Nick;

typedef struct
{
  const char *name;
  GType (*get_type) (void);
  const Nick *nicks;
  gsize       n_nicks;
} EnumCase;

static const Nick states[] = {
  { 0, "unconnected" }, { 1, "host-lookup" }, { 2, "connecting" },
  { 3, "connected" },   { 4, "bound" },       { 5, "listening" },
  { 6, "closing" },
};

static const Nick statuses[] = {
  { 0, "connecting" }, { 1, "open" },  { 2, "closing" },
  { 3, "closed" },     { 4, "error" },
};

static const Nick close_codes[] = {
  { 1000, "normal" },
  { 1001, "going-away" },
  { 1002, "protocol-error" },
  { 1003, "datatype-not-supported" },
  { 1004, "reserved-1004" },
  { 1005, "missing-status-code" },
  { 1006, "abnormal-disconnection" },
  { 1007, "wrong-datatype" },
  { 1008, "policy-violated" },
  { 1009, "too-much-data" },
  { 1010, "missing-extension" },
  { 1011, "bad-operation" },
  { 1012, "service-restart" },
  { 1013, "try-again-later" },
  { 1014, "bad-gateway" },
  { 1015, "tls-handshake-failed" },
};

static const Nick versions[] = {
  { -1, "unknown" }, { 0, "v0" }, { 4, "v4" },   { 5, "v5" },      { 6, "v6" },
  { 7, "v7" },       { 8, "v8" }, { 13, "v13" }, { 13, "latest" },
};

static const Nick message_types[] = {
  { 1, "text" },
  { 2, "binary" },
};

static const Nick ssl_modes[] = {
  { 0, "secure" },
  { 1, "non-secure" },
};

static const Nick socket_errors[] = {
  { 0, "connection-refused" },
  { 1, "remote-host-closed" },
  { 2, "host-not-found" },
  { 3, "socket-access" },
  { 4, "socket-resource" },
  { 5, "socket-timeout" },
  { 6, "datagram-too-large" },
  { 7, "network" },
  { 8, "address-in-use" },
  { 9, "socket-address-not-available" },
  { 10, "unsupported-socket-operation" },
  { 11, "unfinished-socket-operation" },
  { 12, "proxy-authentication-required" },
  { 13, "ssl-handshake-failed" },
  { 14, "proxy-connection-refused" },
  { 15, "proxy-connection-closed" },
  { 16, "proxy-connection-timeout" },
  { 17, "proxy-not-found" },
  { 18, "proxy-protocol" },
  { 19, "operation" },
  { 20, "ssl-internal" },
  { 21, "ssl-invalid-user-data" },
  { 22, "temporary" },
  { 100, "protocol" },
  { 101, "invalid-utf8" },
  { 102, "message-too-big" },
  { 103, "handshake-rejected" },
  { 104, "not-connected" },
  { 105, "invalid-argument" },
  { 106, "authentication-required" },
  { 107, "buffer-full" },
  { 108, "wrong-context" },
  { 109, "limit-reached" },
};

static const EnumCase enum_cases[] = {
  { "WsState", ws_state_get_type, states, G_N_ELEMENTS (states) },
  { "WsStatus", ws_status_get_type, statuses, G_N_ELEMENTS (statuses) },
  { "WsCloseCode", ws_close_code_get_type, close_codes,
    G_N_ELEMENTS (close_codes) },
  { "WsProtocolVersion", ws_protocol_version_get_type, versions,
    G_N_ELEMENTS (versions) },
  { "WsMessageType", ws_message_type_get_type, message_types,
    G_N_ELEMENTS (message_types) },
  { "WsSslMode", ws_ssl_mode_get_type, ssl_modes, G_N_ELEMENTS (ssl_modes) },
  { "WsSocketError", ws_socket_error_get_type, socket_errors,
    G_N_ELEMENTS (socket_errors) },
};

static void
test_enum (gconstpointer data)
{
  const EnumCase *test = data;
  GType           type = test->get_type ();
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  GEnumClass *enum_class = G_ENUM_CLASS (klass);

  g_assert_cmpstr (g_type_name (type), ==, test->name);
  g_assert_cmpuint (enum_class->n_values, ==, test->n_nicks);
  for (gsize i = 0; i < test->n_nicks; i++)
    {
      g_assert_cmpint (enum_class->values[i].value, ==, test->nicks[i].value);
      g_assert_cmpstr (enum_class->values[i].value_nick, ==,
                       test->nicks[i].nick);
    }
}

/* Qt: tst_WebSocketProtocol::closeCodes; 1012 to 1014 are D: the registry
 * names them, so they may be sent. */
static void
test_close_codes (void)
{
  static const struct
  {
    guint    first, last;
    gboolean sendable;
  } ranges[] = {
    { 0, 999, FALSE },     { 1000, 1003, TRUE },    { 1004, 1006, FALSE },
    { 1007, 1014, TRUE },  { 1015, 2999, FALSE },   { 3000, 4999, TRUE },
    { 5000, 5100, FALSE }, { 65535, 65536, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    for (guint code = ranges[i].first; code <= ranges[i].last; code++)
      if (ws_close_code_is_sendable (code) != ranges[i].sendable)
        g_error ("close code %u is wrongly judged", code);

  g_assert_false (ws_close_code_is_sendable (G_MAXUINT));
}

/* Error domain, version */

static void
test_error_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (WS_SOCKET_ERROR), ==,
                   "ws-socket-error-quark");
}

static void
test_version (void)
{
  g_assert_true (WS_CHECK_VERSION (1, 0, 0));
  g_assert_true (
      WS_CHECK_VERSION (WS_MAJOR_VERSION, WS_MINOR_VERSION, WS_MICRO_VERSION));
  g_assert_true (WS_CHECK_VERSION (0, 99, 99));
  g_assert_false (WS_CHECK_VERSION (WS_MAJOR_VERSION, WS_MINOR_VERSION,
                                    WS_MICRO_VERSION + 1));
  g_assert_false (WS_CHECK_VERSION (WS_MAJOR_VERSION, WS_MINOR_VERSION + 1, 0));
  g_assert_false (WS_CHECK_VERSION (WS_MAJOR_VERSION + 1, 0, 0));
}

/* Headers */

static void
append (WsHeaders *headers, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  gboolean added = ws_headers_append (headers, name, value, &error);

  g_assert_no_error (error);
  g_assert_true (added);
}

/* Header fields keep their order, their spelling and their repetitions. */
static void
test_headers_order (void)
{
  g_autoptr (WsHeaders) headers = ws_headers_new ();
  g_autofree char *list = NULL;

  append (headers, "X-Second", "2");
  append (headers, "x-FIRST", "1");
  append (headers, "X-SECOND", " two\t");

  g_assert_cmpuint (ws_headers_get_length (headers), ==, 3);
  g_assert_cmpstr (ws_headers_get_name (headers, 0), ==, "X-Second");
  g_assert_cmpstr (ws_headers_get_value (headers, 0), ==, "2");
  g_assert_cmpstr (ws_headers_get_name (headers, 1), ==, "x-FIRST");
  g_assert_cmpstr (ws_headers_get_name (headers, 2), ==, "X-SECOND");
  g_assert_cmpstr (ws_headers_get_value (headers, 2), ==, "two");
  g_assert_null (ws_headers_get_name (headers, 3));
  g_assert_null (ws_headers_get_value (headers, G_MAXUINT));

  g_assert_cmpstr (ws_headers_get_one (headers, "x-second"), ==, "2");
  g_assert_null (ws_headers_get_one (headers, "X-Third"));
  list = ws_headers_get_list (headers, "x-second");
  g_assert_cmpstr (list, ==, "2, two");
  g_assert_null (ws_headers_get_list (headers, "X-Third"));
}

static void
test_headers_change (void)
{
  g_autoptr (WsHeaders) headers = ws_headers_new ();
  g_autoptr (WsHeaders) same = NULL;
  g_autoptr (WsHeaders) copy = NULL;
  g_autoptr (GError) error = NULL;

  append (headers, "A", "1");
  append (headers, "B", "2");
  append (headers, "a", "3");
  same = g_boxed_copy (WS_TYPE_HEADERS, headers);
  copy = ws_headers_copy (headers);

  g_assert_true (ws_headers_replace (headers, "A", "4", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ws_headers_get_length (same), ==, 2);
  g_assert_cmpstr (ws_headers_get_name (same, 1), ==, "A");
  g_assert_cmpstr (ws_headers_get_value (same, 1), ==, "4");

  /* What was looked up may be given back. */
  g_assert_true (ws_headers_replace (headers, ws_headers_get_name (headers, 0),
                                     ws_headers_get_one (headers, "B"),
                                     &error));
  g_assert_cmpstr (ws_headers_get_one (headers, "b"), ==, "2");

  g_assert_true (ws_headers_remove (headers, "b"));
  g_assert_false (ws_headers_remove (headers, "b"));
  g_assert_true (ws_headers_remove (headers, ws_headers_get_name (headers, 0)));
  g_assert_cmpuint (ws_headers_get_length (headers), ==, 0);
  g_assert_cmpuint (ws_headers_get_length (copy), ==, 3);
}

typedef struct
{
  const char *name, *value;
  const char *culprit; /* what the message has to hold */
} BadField;

#define EIGHT     "XXXXXXXX"
#define LONG_NAME EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT

static const BadField bad_fields[] = {
  { "", "v", "\"\"" },
  { "Two Words", "v", "\"Two Words\"" },
  { "Colon:", "v", "\"Colon:\"" },
  { "X\r\nEvil", "v", "\"X\\r\\nEvil\"" },
  { "\303\274mlaut", "v", "\\303\\274mlaut" },
  { "X-Split", "a\r\nEvil: yes", "\"X-Split\"" },
  { "X-Split", "a\nEvil: yes", "\"X-Split\"" },
  { "X-Split", "a\rb", "\"X-Split\"" },
  { "X-Bell", "\a", "\"X-Bell\"" },
  { LONG_NAME, "\a", "\"XXXXXXXX" },
  { LONG_NAME " ", "v", "\"XXXXXXXX" },
};

static void
test_headers_bad (void)
{
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  append (headers, "X-Split", "whole");
  for (gsize i = 0; i < G_N_ELEMENTS (bad_fields); i++)
    {
      const BadField *bad = &bad_fields[i];
      g_autoptr (GError) error = NULL;

      g_assert_false (
          ws_headers_append (headers, bad->name, bad->value, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad->culprit));
      g_assert_cmpuint (strlen (error->message), <, 150);
      g_assert_null (strpbrk (error->message, "\r\n\a"));
      g_clear_error (&error);

      g_assert_false (
          ws_headers_replace (headers, bad->name, bad->value, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
    }

  g_assert_cmpuint (ws_headers_get_length (headers), ==, 1);
  g_assert_cmpstr (ws_headers_get_one (headers, "X-Split"), ==, "whole");
}

/* Messages */

/* Qt: tst_WebSocketFrame::copyConstructorAndAssignment. D: a copy is another
 * reference, for a message cannot be changed. */
static void
test_message_text (void)
{
  static const char text[] = "gr\303\274\303\237e \360\237\246\212";
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (WsMessage) same = g_boxed_copy (WS_TYPE_MESSAGE, message);
  gsize       len;
  const void *data = g_bytes_get_data (ws_message_get_bytes (message), &len);

  g_assert_true (same == message);
  g_assert_cmpint (ws_message_get_message_type (message), ==,
                   WS_MESSAGE_TYPE_TEXT);
  g_assert_cmpmem (data, len, text, strlen (text));
  g_assert_cmpstr (ws_message_get_text (message), ==, text);
}

static void
test_message_empty (void)
{
  g_autoptr (WsMessage) text = ws_message_new_text ("");
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (WsMessage) from_bytes = ws_message_new_text_bytes (none, NULL);
  g_autoptr (WsMessage) binary = ws_message_new_binary (none);

  g_assert_cmpstr (ws_message_get_text (text), ==, "");
  g_assert_cmpuint (g_bytes_get_size (ws_message_get_bytes (text)), ==, 0);
  g_assert_cmpstr (ws_message_get_text (from_bytes), ==, "");
  g_assert_cmpuint (g_bytes_get_size (ws_message_get_bytes (binary)), ==, 0);
}

static void
test_message_text_bytes (void)
{
  static const char with_nul[] = "a\0b";
  g_autoptr (GBytes) bytes = g_bytes_new_static (with_nul, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, &error);
  const char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (ws_message_get_bytes (message) == bytes);
  text = ws_message_get_text (message);
  g_assert_cmpmem (text, 4, with_nul, 4);
  g_assert_true (ws_message_get_text (message) == text);
}

static void
test_message_characters (void)
{
  static const gunichar characters[]
      = { 'a', 0, 0xe4, 0xfeff, 0x20ac, 0x1f600 };
  static const char utf8[]
      = "a\0\303\244\357\273\277\342\202\254\360\237\230\200";
  static const gunichar bad[] = { 0xd800, 0xdfff, 0x110000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message
      = ws_message_new_characters (characters, G_N_ELEMENTS (characters),
                                   &error);
  g_autoptr (WsMessage) none = ws_message_new_characters (NULL, 0, NULL);
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);

  g_assert_no_error (error);
  g_assert_cmpint (ws_message_get_message_type (message), ==,
                   WS_MESSAGE_TYPE_TEXT);
  g_assert_cmpmem (data, len, utf8, sizeof utf8 - 1);
  g_assert_cmpstr (ws_message_get_text (none), ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (ws_message_new_characters (&bad[i], 1, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
      g_clear_error (&error);
    }
}

static void
test_message_bad_text (void)
{
  static const char *const bad[] = {
    "\377", "caf\303", "\300\200", "\355\240\200", "\364\220\200\200",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (bad[i], strlen (bad[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (ws_message_new_text_bytes (bytes, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
    }

  g_test_expect_message ("Ws", G_LOG_LEVEL_CRITICAL, "*ws_utf8_is_valid*");
  g_assert_null (ws_message_new_text (bad[0]));
  g_test_assert_expected_messages ();
}

static void
test_message_binary (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\377\0\1", 3);
  g_autoptr (WsMessage) message = ws_message_new_binary (bytes);

  g_assert_cmpint (ws_message_get_message_type (message), ==,
                   WS_MESSAGE_TYPE_BINARY);
  g_assert_true (ws_message_get_bytes (message) == bytes);
  g_assert_null (ws_message_get_text (message));
}

static gpointer
read_text (gpointer message)
{
  return (gpointer) ws_message_get_text (message);
}

/* The text is made once, whoever asks. */
static void
test_message_threads (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("shared", 6);

  for (int round = 0; round < 50; round++)
    {
      g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, NULL);
      GThread    *threads[4];
      const char *text = NULL;

      for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("reader", read_text, message);
      text = ws_message_get_text (message);
      for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
        g_assert_true (g_thread_join (threads[i]) == text);
    }
}

/* Mask generator */

#define N_MASKS 1000

static void
draw_series (WsMaskGenerator *generator, guint32 masks[N_MASKS])
{
  for (gsize i = 0; i < N_MASKS; i++)
    {
      masks[i] = ws_mask_generator_next_mask (generator);
      g_assert_cmpuint (masks[i], !=, 0);
    }
}

/* Qt: tst_QDefaultMaskGenerator; D: there is one built-in generator, so two
 * series of the same stand for two generators. */
static void
test_mask_series (void)
{
  WsMaskGenerator *generator = ws_mask_generator_get_default ();
  guint32          first[N_MASKS], second[N_MASKS], seeded[N_MASKS];

  g_assert_true (generator == ws_mask_generator_get_default ());
  draw_series (generator, first);
  draw_series (generator, second);
  g_assert_true (ws_mask_generator_seed (generator));
  draw_series (generator, seeded);

  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  g_assert_cmpint (memcmp (first, seeded, sizeof first), !=, 0);
  g_assert_cmpint (memcmp (second, seeded, sizeof second), !=, 0);
}

/* Each of the 32 bits is set about every other time. 1000 tosses of a coin
 * leave 350 to 650 once in 10^20 runs. */
static void
test_mask_bits (void)
{
  WsMaskGenerator *generator = ws_mask_generator_get_default ();
  guint32          masks[N_MASKS];

  draw_series (generator, masks);
  for (guint bit = 0; bit < 32; bit++)
    {
      guint n_set = 0;

      for (gsize i = 0; i < N_MASKS; i++)
        n_set += (masks[i] >> bit) & 1;
      g_assert_cmpuint (n_set, >, 350);
      g_assert_cmpuint (n_set, <, 650);
    }
}

/* Origin question */

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  int *n_notified = user_data;

  (*n_notified)++;
}

/* Qt: tst_QWebSocketCorsAuthenticator::initialization */
static void
test_cors_initialization (void)
{
  WsCorsAuthenticator *none = ws_cors_authenticator_new (NULL);
  WsCorsAuthenticator *empty = ws_cors_authenticator_new ("");
  WsCorsAuthenticator *page = ws_cors_authenticator_new ("https://a.example");
  WsCorsAuthenticator *other = NULL;

  g_assert_null (ws_cors_authenticator_get_origin (none));
  g_assert_cmpstr (ws_cors_authenticator_get_origin (empty), ==, "");
  g_assert_cmpstr (ws_cors_authenticator_get_origin (page), ==,
                   "https://a.example");
  g_assert_true (ws_cors_authenticator_get_allowed (none));
  g_assert_true (ws_cors_authenticator_get_allowed (empty));
  g_assert_true (ws_cors_authenticator_get_allowed (page));

  /* Qt copies; here a second object of the same origin is independent. */
  other = ws_cors_authenticator_new (ws_cors_authenticator_get_origin (page));
  ws_cors_authenticator_set_allowed (page, FALSE);
  g_assert_false (ws_cors_authenticator_get_allowed (page));
  g_assert_true (ws_cors_authenticator_get_allowed (other));

  g_assert_finalize_object (none);
  g_assert_finalize_object (empty);
  g_assert_finalize_object (page);
  g_assert_finalize_object (other);
}

static void
test_cors_properties (void)
{
  WsCorsAuthenticator *cors
      = g_object_new (WS_TYPE_CORS_AUTHENTICATOR, "allowed", FALSE, "origin",
                      "null", NULL);
  g_autofree char *origin = NULL;
  gboolean         allowed = TRUE;
  int              n_notified = 0;

  g_object_get (cors, "origin", &origin, "allowed", &allowed, NULL);
  g_assert_cmpstr (origin, ==, "null");
  g_assert_false (allowed);

  g_signal_connect (cors, "notify::allowed", G_CALLBACK (on_notify),
                    &n_notified);
  g_object_set (cors, "allowed", FALSE, NULL);
  g_assert_cmpint (n_notified, ==, 0);
  g_object_set (cors, "allowed", TRUE, NULL);
  g_assert_cmpint (n_notified, ==, 1);
  ws_cors_authenticator_set_allowed (cors, 2);
  g_assert_cmpint (n_notified, ==, 1);

  g_assert_finalize_object (cors);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (enum_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/api/enums/%s", enum_cases[i].name);

      g_test_add_data_func (path, &enum_cases[i], test_enum);
    }
  g_test_add_func ("/api/enums/close-codes", test_close_codes);
  g_test_add_func ("/api/error-domain", test_error_domain);
  g_test_add_func ("/api/version", test_version);
  g_test_add_func ("/api/headers/order", test_headers_order);
  g_test_add_func ("/api/headers/change", test_headers_change);
  g_test_add_func ("/api/headers/bad", test_headers_bad);
  g_test_add_func ("/api/message/text", test_message_text);
  g_test_add_func ("/api/message/empty", test_message_empty);
  g_test_add_func ("/api/message/text-bytes", test_message_text_bytes);
  g_test_add_func ("/api/message/characters", test_message_characters);
  g_test_add_func ("/api/message/bad-text", test_message_bad_text);
  g_test_add_func ("/api/message/binary", test_message_binary);
  g_test_add_func ("/api/message/threads", test_message_threads);
  g_test_add_func ("/api/mask-generator/series", test_mask_series);
  g_test_add_func ("/api/mask-generator/bits", test_mask_bits);
  g_test_add_func ("/api/cors-authenticator/initialization",
                   test_cors_initialization);
  g_test_add_func ("/api/cors-authenticator/properties", test_cors_properties);
  return g_test_run ();
}
