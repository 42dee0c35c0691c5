/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses the transport for a descriptor or a stream. */
#include "net/ws-transport.h"

#include "net/ws-transport-private.h"

#include <gio/gunixconnection.h>

GSocketConnection *
ws_transport_peek_plain_connection (GIOStream *stream)
{
  GType type = G_OBJECT_TYPE (stream);

  /* Exactly these: any other type may put something between us and the fd. */
  if (type == G_TYPE_SOCKET_CONNECTION || type == G_TYPE_TCP_CONNECTION
      || type == G_TYPE_UNIX_CONNECTION)
    return G_SOCKET_CONNECTION (stream);
  return NULL;
}

GSocketAddress *
ws_transport_get_address (WsTransport *self, gboolean remote)
{
  WsEndpoint      endpoint;
  GSocketAddress *address;

  ws_transport_get_endpoint (self, remote, &endpoint);
  address = ws_endpoint_make_address (&endpoint);
  ws_endpoint_clear (&endpoint);
  return address;
}

gssize
ws_transport_refuse (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                       "The connection belongs to the process that this one "
                       "was forked from");
  return WS_IO_ERROR;
}

static gboolean
can_poll (GIOStream *stream)
{
  GInputStream  *input = g_io_stream_get_input_stream (stream);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  return G_IS_POLLABLE_INPUT_STREAM (input)
         && g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (input))
         && G_IS_POLLABLE_OUTPUT_STREAM (output)
         && g_pollable_output_stream_can_poll (
             G_POLLABLE_OUTPUT_STREAM (output));
}

WsTransport *
ws_transport_new_for_fd (WsPoller *poller, int fd)
{
  return ws_transport_fd_new (poller, fd, NULL);
}

WsTransport *
ws_transport_new_for_stream (WsPoller  *poller,
                             GIOStream *stream,
                             GError   **error)
{
  GSocketConnection *connection = ws_transport_peek_plain_connection (stream);

  if (connection != NULL)
    {
      GSocket *socket = g_socket_connection_get_socket (connection);
      int      fd = g_socket_get_fd (socket);

      /* -1: the user has closed it. */
      if (fd >= 0)
        return ws_transport_fd_new (poller, fd, connection);

      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                           "The connection is closed");
      return NULL;
    }

  if (!can_poll (stream))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "A %s cannot be polled", G_OBJECT_TYPE_NAME (stream));
      return NULL;
    }
  return ws_transport_stream_new (poller, stream);
}
