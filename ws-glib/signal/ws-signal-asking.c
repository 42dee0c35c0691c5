/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal/ws-signal-private.h"

#include "ws-socket.h"

/* Signals whose handler has to answer before it returns. Whoever adds one to
 * WsSocket or WsServer adds it here, and nowhere else. */
static const struct
{
  const char    *type;
  const char    *signal;
  WsSignalAsking asking;
} asking_signals[] = {
  { "WsSocket", "ssl-errors", WS_SIGNAL_ASKS_UNLESS_PAUSED },
  { "WsSocket", "handshake-interrupted-on-error", WS_SIGNAL_ASKS },
  { "WsSocket", "pre-shared-key-authentication-required", WS_SIGNAL_ASKS },
  { "WsSocket", "authentication-required", WS_SIGNAL_ASKS },
  { "WsSocket", "proxy-authentication-required", WS_SIGNAL_ASKS },
  { "WsSocket", "redirected", WS_SIGNAL_ASKS },
  { "WsServer", "ssl-errors", WS_SIGNAL_ASKS },
  { "WsServer", "handshake-interrupted-on-error", WS_SIGNAL_ASKS },
  { "WsServer", "pre-shared-key-authentication-required", WS_SIGNAL_ASKS },
  { "WsServer", "origin-authentication-required", WS_SIGNAL_ASKS },
  { "WsServer", "handshake-requested", WS_SIGNAL_ASKS },
  { "WsServer", "http-request", WS_SIGNAL_ASKS },
};

WsSignalAsking
ws_signal_get_asking (guint signal)
{
  GSignalQuery query;

  g_signal_query (signal, &query);
  for (guint i = 0; i < G_N_ELEMENTS (asking_signals); i++)
    if (g_str_equal (asking_signals[i].signal, query.signal_name)
        && g_str_equal (asking_signals[i].type, g_type_name (query.itype)))
      return asking_signals[i].asking;
  return WS_SIGNAL_ASKS_NOT;
}

static gboolean
is_pointer (GType type)
{
  return G_TYPE_FUNDAMENTAL (type & ~G_SIGNAL_TYPE_STATIC_SCOPE)
         == G_TYPE_POINTER;
}

const char *
ws_signal_peek_unqueueable (guint          signal,
                            WsSignalAsking asking,
                            GObject       *sender)
{
  GSignalQuery query;

  g_signal_query (signal, &query);
  if (query.return_type != G_TYPE_NONE)
    return "it wants a value returned";
  for (guint i = 0; i < query.n_params; i++)
    if (is_pointer (query.param_types[i]))
      return "it carries a pointer, and nothing tells how to copy what that "
             "points to";
  if (asking == WS_SIGNAL_ASKS)
    return "it is to be answered in the handler";
  if (asking == WS_SIGNAL_ASKS_UNLESS_PAUSED
      && ws_socket_get_pause_mode (WS_SOCKET (sender)) == WS_PAUSE_MODES_NEVER)
    return "it is to be answered in the handler unless pause-mode says "
           "otherwise";
  return NULL;
}
