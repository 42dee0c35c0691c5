/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-ask.h"

#include <gio/gio.h>
#include <string.h>

#include "ws-test.h"

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/* (transfer full): what is answered, up to the end. */
static char *
ask (guint port, const char *method, const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port,
                                         NULL, NULL);
  g_autofree char *request
      = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: h\r\n\r\n", method, path);
  g_autoptr (GAsyncResult) result = NULL;
  GOutputStream *memory = g_memory_output_stream_new_resizable ();
  char          *answer;

  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (
                                                G_IO_STREAM (connection)),
                                            request, strlen (request), NULL,
                                            NULL, NULL));
  g_output_stream_splice_async (
      memory, g_io_stream_get_input_stream (G_IO_STREAM (connection)),
      G_OUTPUT_STREAM_SPLICE_NONE, 0, NULL, on_answered, &result);
  ws_test_until (NULL, result != NULL);
  g_assert_cmpint (g_output_stream_splice_finish (memory, result, NULL), >, 0);
  answer = g_strndup (
      g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
      g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)));
  g_object_unref (memory);
  return answer;
}

void
http_ask_expect (guint       port,
                 const char *method,
                 const char *path,
                 const char *start,
                 const char *end)
{
  g_autofree char *answer = ask (port, method, path);

  g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, start));
  g_assert_true (g_str_has_suffix (answer, end));
}
