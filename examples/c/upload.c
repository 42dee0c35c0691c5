/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a file of any size as one message: upload URL FILE */
#include <ws-glib/ws-glib.h>

static GFileInputStream *file;
static goffset           size;

static void
on_connected (WsSocket *socket)
{
  ws_socket_send_stream_async (socket, WS_MESSAGE_TYPE_BINARY,
                               G_INPUT_STREAM (file), NULL, NULL, NULL);
}

static void
on_bytes_written (WsSocket *socket)
{
  static goffset shown = -1;
  goffset        done = g_seekable_tell (G_SEEKABLE (file)) * 100 / size;

  if (done != shown)
    g_print ("\r%" G_GOFFSET_FORMAT " %%", shown = done);
}

static void
on_text (WsSocket *socket, const char *text)
{
  g_print (" %s\n", text);
  ws_socket_close (socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (GFile) path = g_file_new_for_path (argv[2]);
  g_autoptr (GFileInfo) info
      = g_file_query_info (path, "standard::size", 0, NULL, NULL);

  file = g_file_read (path, NULL, NULL);
  if (file == NULL || info == NULL)
    g_error ("%s cannot be read", argv[2]);
  size = g_file_info_get_size (info);
  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "bytes-written", G_CALLBACK (on_bytes_written),
                    NULL);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  ws_socket_open (socket, argv[1], NULL);
  while (ws_socket_get_state (socket) != WS_STATE_UNCONNECTED)
    g_main_context_iteration (NULL, TRUE);

  g_printerr ("%s", ws_socket_get_error_string (socket));
  return ws_socket_get_was_clean (socket) ? 0 : 1;
}
