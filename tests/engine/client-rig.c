/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-rig.h"

#include "protocol/ws-key.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* %s: the accept key. */
#define SWITCHING                 \
  "HTTP/1.1 101 Switching\r\n"    \
  "Upgrade: websocket\r\n"        \
  "Connection: Upgrade\r\n"       \
  "Sec-WebSocket-Accept: %s\r\n"  \
  "Sec-WebSocket-Protocol: b\r\n" \
  "\r\n"

static gboolean
on_server_ready (int fd, GIOCondition condition, gpointer user_data)
{
  ClientRig *rig = user_data;
  char       data[4096];
  gssize     n = recv (fd, data, sizeof data, 0);

  if (n > 0)
    g_string_append_len (rig->request, data, n);
  else
    rig->at_end = TRUE;
  return n > 0;
}

void
client_rig_close_server (ClientRig *rig)
{
  if (rig->server < 0)
    return;
  g_source_destroy (rig->source);
  g_clear_pointer (&rig->source, g_source_unref);
  close (rig->server);
  rig->server = -1;
}

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  ClientRig *rig = user_data;

  /* The connection of an attempt that was cancelled may come late. */
  client_rig_close_server (rig);
  rig->server = fd;
  rig->n_accepted++;
  rig->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (rig->source, G_SOURCE_FUNC (on_server_ready), rig,
                         NULL);
  g_source_attach (rig->source, rig->context);
}

static void
on_listener_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

void
client_rig_free_opening (ClientRig *rig)
{
  g_clear_pointer (&rig->opening, ws_client_opening_free);
}

static void
on_opened (WsClientOpening *opening, gpointer user_data)
{
  ClientRig *rig = user_data;

  g_assert_false (rig->is_inside);
  g_string_append (rig->log, "opened ");
  if (rig->frees)
    client_rig_free_opening (rig);
}

static void
on_failed (WsClientOpening *opening, const GError *error, gpointer user_data)
{
  ClientRig *rig = user_data;

  g_assert_false (rig->is_inside);
  g_assert_no_error (rig->error);
  rig->error = g_error_copy (error);
  g_string_append (rig->log, "failed ");
  if (rig->frees)
    client_rig_free_opening (rig);
}

/* Answers at once; without a login left it gives up. */
static void
on_asked (WsClientOpening        *opening,
          const WsClientQuestion *question,
          gpointer                user_data)
{
  ClientRig *rig = user_data;
  char     **login = question->retries < G_N_ELEMENTS (rig->logins)
                         ? rig->logins[question->retries]
                         : NULL;

  g_assert_false (rig->is_inside);
  g_string_append_printf (rig->asked, "%s \"%s\" %s;", question->scheme,
                          question->realm,
                          question->user != NULL ? question->user : "-");
  if (login != NULL && login[0] != NULL)
    ws_client_opening_authenticate (opening, login[0], login[1]);
  else
    ws_client_opening_give_up (opening, NULL);
}

static const WsClientOpeningSink sink
    = { .opened = on_opened, .failed = on_failed, .asked = on_asked };

void
client_rig_set_up (ClientRig *rig, gconstpointer data)
{
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *url = NULL;

  rig->context = g_main_context_new ();
  rig->poller = ws_poller_get (rig->context);
  rig->server = -1;
  rig->request = g_string_new (NULL);
  rig->log = g_string_new (NULL);
  rig->asked = g_string_new (NULL);
  rig->listener
      = ws_listener_new (rig->poller, on_accepted, on_listener_failed, rig);
  g_assert_true (ws_listener_add_address (rig->listener, any, 0, NULL));
  address = ws_listener_get_address (rig->listener);
  url = g_strdup_printf ("ws://127.0.0.1:%u/chat?x",
                         g_inet_socket_address_get_port (
                             G_INET_SOCKET_ADDRESS (address)));
  rig->url = ws_url_parse (url, NULL);
}

void
client_rig_settle (ClientRig *rig)
{
  while (g_main_context_iteration (rig->context, FALSE))
    ;
}

void
client_rig_stop_listening (ClientRig *rig)
{
  g_clear_pointer (&rig->listener, ws_listener_free);
  rig->url->port = ws_test_dead_port ();
}

void
client_rig_end (ClientRig *rig)
{
  client_rig_free_opening (rig);
  client_rig_settle (rig);
  client_rig_close_server (rig);
  g_clear_error (&rig->error);
  g_string_truncate (rig->log, 0);
  g_string_truncate (rig->request, 0);
  g_string_truncate (rig->asked, 0);
  rig->at_end = FALSE;
  rig->n_accepted = 0;
}

void
client_rig_tear_down (ClientRig *rig, gconstpointer data)
{
  client_rig_end (rig);
  g_clear_pointer (&rig->listener, ws_listener_free);
  ws_url_free (rig->url);
  g_string_free (rig->request, TRUE);
  g_string_free (rig->log, TRUE);
  g_string_free (rig->asked, TRUE);
  ws_poller_unref (rig->poller);
  g_main_context_unref (rig->context);
}

void
client_rig_begin_with (ClientRig *rig, const WsClientOpeningOptions *options)
{
  rig->is_inside = TRUE;
  rig->opening
      = ws_client_opening_new (rig->poller, rig->url, options, &sink, rig);
  rig->is_inside = FALSE;
}

void
client_rig_begin (ClientRig *rig)
{
  static const char *const subprotocols[] = { "a", "b", NULL };
  WsClientOpeningOptions   options = { .origin = "http://example.com",
                                       .subprotocols = subprotocols,
                                       .timeout = WS_TEST_DEADLINE * 1000 };

  client_rig_begin_with (rig, &options);
}

void
client_rig_expect_request (ClientRig *rig)
{
  ws_test_until (rig->context, strstr (rig->request->str, "\r\n\r\n") != NULL);
}

void
client_rig_begin_and_read (ClientRig *rig)
{
  client_rig_begin (rig);
  client_rig_expect_request (rig);
}

void
client_rig_say (ClientRig *rig, gconstpointer data, gsize len)
{
  g_assert_cmpint (send (rig->server, data, len, MSG_NOSIGNAL), ==, len);
}

void
client_rig_say_text (ClientRig *rig, const char *text)
{
  client_rig_say (rig, text, strlen (text));
}

char *
client_rig_make_answer (ClientRig *rig)
{
  const char      *field = strstr (rig->request->str, "Sec-WebSocket-Key: ");
  g_autofree char *key = NULL;
  g_autofree char *accept = NULL;

  g_assert_nonnull (field);
  field += strlen ("Sec-WebSocket-Key: ");
  key = g_strndup (field, strcspn (field, "\r"));
  accept = ws_key_accept (key);
  return g_strdup_printf (SWITCHING, accept);
}

void
client_rig_expect_log (ClientRig *rig, const char *expected)
{
  ws_test_until (rig->context, rig->log->len > 0);
  client_rig_settle (rig);
  g_assert_cmpstr (rig->log->str, ==, expected);
}

void
client_rig_expect_opened (ClientRig *rig, const char *rest)
{
  WsClientOpened opened;
  guint8         data[64];

  client_rig_expect_log (rig, "opened ");
  opened = ws_client_opening_steal (rig->opening);
  client_rig_free_opening (rig);
  g_assert_cmpstr (opened.verdict.subprotocol, ==, "b");
  while (opened.rest.len < strlen (rest))
    {
      gssize n = ws_transport_read (opened.transport, data, sizeof data, NULL);

      if (n > 0)
        ws_buffer_append (&opened.rest, data, n);
      else
        g_assert_cmpint (n, ==, WS_IO_AGAIN);
    }
  g_assert_cmpmem (opened.rest.data, opened.rest.len, rest, strlen (rest));
  ws_transport_free (opened.transport);
  ws_client_verdict_clear (&opened.verdict);
  ws_buffer_clear (&opened.rest);
  ws_test_until (rig->context, rig->at_end);
}

void
client_rig_expect_failed (ClientRig *rig, GQuark domain, int code)
{
  client_rig_expect_log (rig, "failed ");
  g_assert_error (rig->error, domain, code);
  g_assert_cmpuint (strlen (rig->error->message), >, 10);
  client_rig_free_opening (rig);
}
