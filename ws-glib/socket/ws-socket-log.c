/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the story of a socket: where it goes or comes from, each of its states,
 * and how it ends. */
#include "socket/ws-socket-log.h"

#include "ws-ssl-error.h"
#include "ws-ssl-session.h"

#include "net/ws-log.h"
#include "protocol/ws-http-quote.h"
#include "protocol/ws-url.h"

static const char *
name_state (WsState state)
{
  switch (state)
    {
    case WS_STATE_UNCONNECTED:
      return "unconnected";
    case WS_STATE_HOST_LOOKUP:
      return "host-lookup";
    case WS_STATE_CONNECTING:
      return "connecting";
    case WS_STATE_CONNECTED:
      return "connected";
    case WS_STATE_BOUND:
      return "bound";
    case WS_STATE_LISTENING:
      return "listening";
    case WS_STATE_CLOSING:
      return "closing";
    }
  return "unknown";
}

/* (transfer full) (nullable): the other end, a proxy's perhaps. */
static char *
describe_peer (WsSocketPrivate *priv)
{
  GSocketAddress *address = ws_attempt_get_address (&priv->now, TRUE);

  if (address == NULL)
    return NULL;
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

/* (transfer full) (nullable): where the attempt leads to, or was led to. */
static char *
describe_url (WsSocketPrivate *priv)
{
  if (priv->now.target != NULL)
    return ws_url_show (priv->now.target->text);
  /* What a program has set may name a user and a password. */
  return priv->now.is_incoming && priv->url != NULL ? ws_url_show (priv->url)
                                                    : NULL;
}

/* What the fields of every line are, and what they are made of. */
typedef struct
{
  WsLogFacts facts;
  char      *peer; /* (owned) (nullable) */
  char      *url;  /* (owned) (nullable) */
} About;

static void
about_init (About *self, WsSocket *socket)
{
  WsSocketPrivate *priv = ws_socket_peek (socket);

  self->peer = describe_peer (priv);
  self->url = describe_url (priv);
  self->facts = (WsLogFacts){ .socket = ws_log_number (&priv->log_number),
                              .peer = self->peer,
                              .url = self->url,
                              .state = name_state (priv->state) };
}

static void
about_clear (About *self)
{
  g_free (self->peer);
  g_free (self->url);
}

/* --- States --- */

static void
tell_connecting (const About *about, WsSocketPrivate *priv)
{
  guint n = priv->reconnect->n_attempts;

  if (n > 0)
    ws_log (&about->facts, "connecting to %s, attempt %u since the loss",
            about->url, n);
  else
    ws_log (&about->facts, "connecting to %s", about->url);
}

static void
append_given (GString *out, const char *what, const char *text)
{
  g_autofree char *quoted = NULL;

  if (text == NULL || *text == '\0')
    return;
  quoted = ws_http_quote (text);
  g_string_append_printf (out, ", %s %s", what, quoted);
}

static void
append_session (GString *out, WsSocketPrivate *priv)
{
  if (!ws_engine_get_transport (priv->now.engine)->is_encrypted)
    return;
  if (priv->ssl_session == NULL || priv->now.is_incoming)
    g_string_append (out, ", TLS");
  else
    g_string_append_printf (out, ", %s %s",
                            ws_ssl_session_get_protocol (priv->ssl_session),
                            ws_ssl_session_get_cipher (priv->ssl_session));
}

static void
tell_connected (const About *about, WsSocketPrivate *priv)
{
  const gboolean is_incoming = priv->now.is_incoming;
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "connected %s %s", is_incoming ? "from" : "to",
                   about->peer != NULL ? about->peer : "a stream");
  if (is_incoming)
    {
      g_string_append_printf (text, ", which asked for %s",
                              about->url != NULL ? about->url : "nothing");
      append_given (text, "origin", priv->origin);
    }
  append_session (text, priv);
  append_given (text, "subprotocol", priv->now.subprotocol);
  append_given (text, "extensions", priv->now.extensions);
  ws_log (&about->facts, "%s", text->str);
}

static void
append_code (GString *out, const WsClosing *closing)
{
  g_string_append_printf (out, "%u", closing->code);
  if (closing->reason != NULL && *closing->reason != '\0')
    g_string_append_printf (out, " \"%s\"", closing->reason);
}

static void
tell_closing (About *about, WsSocketPrivate *priv)
{
  const WsClosing *closing = priv->now.engine != NULL
                                 ? ws_engine_get_closing (priv->now.engine)
                                 : &ws_attempt_peek_facts (&priv->now)->closing;
  g_autoptr (GString) text = g_string_new (
      closing->received != 0 ? "closing, as the peer does, with "
                             : "closing with ");

  append_code (text, closing);
  about->facts.close_code = closing->code;
  ws_log (&about->facts, "%s", text->str);
}

static void
append_traffic (GString *out, const WsTraffic *traffic)
{
  g_string_append_printf (out,
                          "; %" G_GUINT64_FORMAT
                          " messages of %" G_GUINT64_FORMAT
                          " bytes sent, %" G_GUINT64_FORMAT
                          " of %" G_GUINT64_FORMAT " received in %.1f s",
                          traffic->messages_sent, traffic->payload_sent,
                          traffic->messages_received, traffic->payload_received,
                          (double) (g_get_monotonic_time () - traffic->since)
                              / G_USEC_PER_SEC);
}

static void
tell_unconnected (About *about, WsSocketPrivate *priv)
{
  const WsClosing *closing = &ws_attempt_peek_facts (&priv->now)->closing;
  g_autoptr (GString) text = g_string_new ("unconnected");

  if ((priv->now.is_incoming || priv->reconnect->connected_at > 0)
      && priv->last_traffic != NULL)
    {
      g_string_append (text, ", closed with ");
      append_code (text, closing);
      g_string_append_printf (text, ": sent %u, received %u, %s", closing->sent,
                              closing->received,
                              closing->clean ? "clean" : "not clean");
      append_traffic (text, priv->last_traffic);
      about->facts.close_code = closing->code;
    }
  ws_log (&about->facts, "%s", text->str);
}

void
ws_socket_log_state (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  About            about;

  if (!ws_log_is_on ())
    return;
  about_init (&about, self);
  if (priv->state == WS_STATE_CONNECTING)
    tell_connecting (&about, priv);
  else if (priv->state == WS_STATE_CONNECTED)
    tell_connected (&about, priv);
  else if (priv->state == WS_STATE_CLOSING)
    tell_closing (&about, priv);
  else
    tell_unconnected (&about, priv);
  about_clear (&about);
}

/* --- Everything else --- */

void
ws_socket_set_log_number (WsSocket *self, guint number)
{
  ws_socket_peek (self)->log_number = number;
}

guint
ws_socket_get_log_number (WsSocket *self)
{
  return ws_log_is_on () ? ws_log_number (&ws_socket_peek (self)->log_number)
                         : 0;
}

void
ws_socket_log (WsSocket *self, const char *format, ...)
{
  About            about;
  va_list          args;
  g_autofree char *text = NULL;

  if (!ws_log_is_on ())
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  about_init (&about, self);
  ws_log (&about.facts, "%s", text);
  about_clear (&about);
}

void
ws_socket_log_ssl_errors (WsSocket *self, GPtrArray *errors)
{
  for (guint i = 0; i < errors->len && ws_log_is_on (); i++)
    ws_socket_log (self, "the certificate has a problem: %s",
                   ws_ssl_error_get_text (g_ptr_array_index (errors, i)));
}
