/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-rig.h"

#include "raw-peer.h"
#include "support/ws-test.h"

#include <string.h>

static void
visit_free (HttpVisit *self)
{
  g_ptr_array_remove (self->rig->visits, self);
  g_clear_object (&self->stream);
  g_string_free (self->input, TRUE);
  g_free (self);
}

static void on_read (GObject *source, GAsyncResult *result, gpointer data);

static void
read_more (HttpVisit *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream),
                             self->data, sizeof self->data, G_PRIORITY_DEFAULT,
                             NULL, on_read, self);
}

static void
take_heads (HttpVisit *self)
{
  const char *end;

  while (self->stream != NULL
         && (end = strstr (self->input->str, "\r\n\r\n")) != NULL)
    {
      gsize len = end + 4 - self->input->str;
      char *head = g_strndup (self->input->str, len);

      g_string_erase (self->input, 0, (gssize) len);
      g_ptr_array_add (self->rig->heads, head);
      self->n_requests++;
      self->rig->answer (self, head, self->rig->user_data);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  HttpVisit *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0 && self->stream != NULL)
    {
      g_string_append_len (self->input, self->data, n);
      take_heads (self);
    }
  if (n > 0 && self->stream != NULL)
    read_more (self);
  else
    visit_free (self);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  HttpRig   *rig = user_data;
  HttpVisit *self = g_new0 (HttpVisit, 1);

  self->rig = rig;
  self->number = ++rig->n_visits;
  self->input = g_string_new (NULL);
  if (rig->certificate != NULL)
    self->stream
        = G_IO_STREAM (g_tls_server_connection_new (G_IO_STREAM (connection),
                                                    rig->certificate, NULL));
  else
    self->stream = G_IO_STREAM (g_object_ref (connection));
  g_assert_nonnull (self->stream);
  g_ptr_array_add (rig->visits, self);
  read_more (self);
  return TRUE;
}

static GTlsCertificate *
load_certificate (void)
{
  const char      *folder = g_getenv ("WS_TEST_CERTIFICATES");
  g_autofree char *file = g_build_filename (folder, "server-chain.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "leaf.key", NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate
      = g_tls_certificate_new_from_files (file, key, &error);

  g_assert_no_error (error);
  return certificate;
}

HttpRig *
http_rig_new (gboolean with_tls, HttpAnswer answer, gpointer user_data)
{
  HttpRig *self = g_new0 (HttpRig, 1);
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->answer = answer;
  self->user_data = user_data;
  self->heads = g_ptr_array_new_with_free_func (g_free);
  self->visits = g_ptr_array_new ();
  if (with_tls)
    self->certificate = load_certificate ();
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

void
http_rig_free (HttpRig *self)
{
  g_socket_service_stop (self->service);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  /* Clients are gone: what they leave behind is read to its end. */
  ws_test_until (NULL, self->visits->len == 0);
  g_object_unref (self->service);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->heads);
  g_ptr_array_unref (self->visits);
  g_free (self);
}

char *
http_rig_make_url (HttpRig *self, const char *userinfo, const char *path)
{
  return g_strdup_printf ("%s://%s%s127.0.0.1:%u%s",
                          self->certificate != NULL ? "wss" : "ws",
                          userinfo != NULL ? userinfo : "",
                          userinfo != NULL ? "@" : "", self->port, path);
}

void
http_visit_say (HttpVisit *visit, const char *text)
{
  /* The client may have gone. */
  g_output_stream_write_all (g_io_stream_get_output_stream (visit->stream),
                             text, strlen (text), NULL, NULL, NULL);
}

void
http_visit_close (HttpVisit *visit)
{
  g_io_stream_close (visit->stream, NULL, NULL);
  g_clear_object (&visit->stream);
}

void
http_visit_accept (HttpVisit *visit, const char *head)
{
  RawPeer          peer = { .head = (char *) head };
  g_autofree char *answer = raw_peer_make_answer (&peer, NULL);

  http_visit_say (visit, answer);
}

char *
http_head_get (const char *head, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\r\n%s: ", name);
  const char      *at = strstr (head, start);

  if (at == NULL)
    return NULL;
  at += strlen (start);
  return g_strndup (at, strcspn (at, "\r"));
}

gboolean
http_head_has_basic (const char *head, const char *login)
{
  g_autofree char *value = http_head_get (head, "Authorization");
  g_autofree char *encoded
      = g_base64_encode ((const guchar *) login, strlen (login));
  g_autofree char *expected = g_strconcat ("Basic ", encoded, NULL);

  return g_strcmp0 (value, expected) == 0;
}
