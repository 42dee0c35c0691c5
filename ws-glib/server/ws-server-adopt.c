/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections that something else has accepted. */
#include "server/ws-server-core.h"

#include "server/ws-server-broker.h"
#include "server/ws-server-incoming.h"
#include "server/ws-server-proxies.h"
#include "server/ws-server-ssl.h"
#include "http/ws-headers-private.h"
#include "base/ws-socket-error-private.h"
#include "net/ws-socket-address.h"

/* (transfer none) (nullable): the record of a stream that begins its way. */
static WsServerClient *
take_stream (WsServer         *self,
             GIOStream        *stream,
             WsProxyProtocol   proxy_protocol,
             WsTlsCredentials *credentials,
             GError          **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  WsTransport *transport;
  WsAddress    peer;

  ws_server_adopt_context (self);
  ws_server_attach_broker (self);
  transport = ws_transport_new_for_stream (ws_server_peek (self)->poller,
                                           stream, &problem);
  if (transport == NULL)
    {
      g_propagate_error (error, ws_socket_error_translate (problem));
      return NULL;
    }
  address = ws_transport_get_address (transport, TRUE);
  ws_socket_address_read (address, &peer);
  return ws_server_take_transport (
      self, transport, &peer,
      ws_server_expect_header (self, proxy_protocol, &peer), credentials);
}

/**
 * ws_server_handle_connection:
 * @self: a server
 * @stream: a connected stream that something else has accepted, and of which
 *   nothing was read
 * @error: return location for an error
 *
 * Does the opening handshake with the client at the other end of @stream.
 *
 * What follows is the same as for a connection that the server has accepted
 * itself, TLS and [property@Server:proxy-protocol] included; it need not listen
 * for this. The stream is referenced, and closed when the connection ends or is
 * refused. Fails with %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION for a
 * stream that cannot be polled, and with %WS_SOCKET_ERROR_WRONG_CONTEXT in a
 * thread that the server does not belong to.
 *
 * Returns: whether the handshake has begun
 *
 * Since: 1.0
 */
gboolean
ws_server_handle_connection (WsServer *self, GIOStream *stream, GError **error)
{
  g_autoptr (WsTlsCredentials) credentials = NULL;
  g_autoptr (WsServer) kept = NULL;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_begin (self, error)
      || !ws_server_load_credentials (self, &credentials, error))
    return FALSE;
  /* A program's own stream may drop the server. */
  kept = g_object_ref (self);
  return take_stream (self, stream, ws_server_peek (self)->proxy_protocol,
                      credentials, error)
         != NULL;
}

/* (transfer full) (nullable): the head of the request, as the client may have
 * written it. What a user has put together is not to begin a line of its
 * own. */
static GString *
write_head (WsRequest *request, GError **error)
{
  const char *resource = ws_request_get_resource_name (request);
  GString    *head;

  if (!ws_http_is_target (resource))
    {
      g_autofree char *quoted = ws_http_quote_target (resource);

      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The resource name %s holds characters that have to be "
                   "percent-encoded",
                   quoted);
      return NULL;
    }
  head = g_string_new (NULL);
  g_string_printf (head, "%s %s HTTP/%s\r\n", ws_request_get_method (request),
                   resource, ws_request_get_http_version (request));
  ws_http_headers_write (ws_headers_peek_http (
                             ws_request_get_headers (request)),
                         head);
  g_string_append (head, "\r\n");
  return head;
}

/**
 * ws_server_handle_request:
 * @self: a server
 * @stream: a connected stream of which something else has read the request
 * @request: that request, with all header fields as they came
 * @error: return location for an error
 *
 * Answers an opening handshake that another HTTP server has read.
 *
 * The request is judged from the context as if it had come over @stream, which
 * gets the answer and is the connection from then on: 101, or why not. It is
 * encrypted already where it has to be. The stream is referenced, and closed
 * when the connection ends or is refused. Fails as
 * [method@Server.handle_connection] does, and with
 * %WS_SOCKET_ERROR_INVALID_ARGUMENT for a [property@Request:resource-name] that
 * is not percent-encoded.
 *
 * Only [property@Request:resource-name] and [property@Request:headers] of a
 * request made with [ctor@Request.new] are read.
 *
 * Returns: whether the request will be answered
 *
 * Since: 1.0
 */
gboolean
ws_server_handle_request (WsServer  *self,
                          GIOStream *stream,
                          WsRequest *request,
                          GError   **error)
{
  g_autoptr (GString) head = NULL;
  WsServerClient *client;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_begin (self, error))
    return FALSE;
  head = write_head (request, error);
  if (head == NULL)
    return FALSE;
  client = take_stream (self, stream, WS_PROXY_PROTOCOL_NONE, NULL, error);
  if (client == NULL)
    return FALSE;
  ws_server_opening_push_input (client->opening, head->str, head->len);
  return TRUE;
}
