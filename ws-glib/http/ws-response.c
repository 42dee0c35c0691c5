/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/ws-response-private.h"

#include "protocol/ws-http.h"
#include "base/ws-property.h"

/**
 * WsResponse:
 *
 * A server's answer to a handshake or to a plain HTTP request.
 *
 * The handlers of [signal@Server::handshake-requested] and
 * [signal@Server::http-request] say with it what is to be answered. It is sent
 * when they have returned, or, after [method@Response.defer], when
 * [method@Response.done] is called.
 *
 * A handshake that nobody touches is accepted; a plain request that nobody
 * touches is refused with 426.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (WsResponse, ws_response, G_TYPE_OBJECT)

static GParamSpec *props[WS_RESPONSE_N_PROPS];

void
ws_response_notify (WsResponse *self, WsResponseProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

/* --- The one who waits --- */

/* What is left of a response that went unanswered. */
typedef struct
{
  const WsResponseOwner *owner;
  gpointer               user_data; /* (owned) */
} Abandoned;

static gboolean
on_abandoned (gpointer user_data)
{
  Abandoned *self = user_data;

  self->owner->abandoned (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
free_abandoned (gpointer user_data)
{
  Abandoned *self = user_data;

  self->owner->free (self->user_data);
  g_free (self);
}

/* The last reference may go in any thread, and in the middle of anything. */
static void
abandon (WsResponse *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Abandoned *abandoned = g_new (Abandoned, 1);

  *abandoned = (Abandoned){ self->owner, self->user_data };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "ws-response");
  g_source_set_callback (source, on_abandoned, abandoned, free_abandoned);
  g_source_attach (source, self->home.context);
}

WsResponse *
ws_response_new_asking (gboolean is_handshake, GMainContext *context)
{
  WsResponse *self = g_object_new (WS_TYPE_RESPONSE, NULL);

  self->is_handshake = is_handshake;
  self->status = is_handshake ? 101 : 426;
  self->home.thread = g_thread_self ();
  self->home.context = g_main_context_ref (context);
  return self;
}

gboolean
ws_response_wait (WsResponse            *self,
                  const WsResponseOwner *owner,
                  gpointer               user_data)
{
  if (!self->is_deferred)
    return FALSE;
  self->owner = owner;
  self->user_data = user_data;
  return TRUE;
}

gboolean
ws_response_is_untouched (WsResponse *self)
{
  return !self->has_status;
}

/* --- The object --- */

static void
ws_response_finalize (GObject *object)
{
  WsResponse *self = WS_RESPONSE (object);

  if (self->owner != NULL)
    abandon (self);
  g_free (self->reason);
  ws_headers_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->subprotocol);
  ws_home_clear (&self->home);
  G_OBJECT_CLASS (ws_response_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsResponse:status: (getter get_status) (setter set_status)
   *
   * The status (RFC 9110, 15): 101 accepts a handshake, others refuse it.
   *
   * That of a plain request is 426 until something is said, and 200 once it has
   * a body and no other status was set.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsResponse, WS_RESPONSE_PROP_STATUS, "status", 101, 599,
                      426, ws_response_get_status, ws_response_set_status) },

  /**
   * WsResponse:reason: (getter get_reason) (setter set_reason)
   *
   * The phrase behind the status; %NULL: the canonical one. That of a 101 is
   * always canonical.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsResponse, WS_RESPONSE_PROP_REASON, "reason", NULL,
                        ws_response_get_reason, ws_response_set_reason) },

  /**
   * WsResponse:headers: (getter get_headers)
   *
   * Further header fields, also of a 101.
   *
   * Those that the server writes itself are left out: `Connection`,
   * `Content-Length`, `Date`, `Keep-Alive`, `Server`, `Trailer`,
   * `Transfer-Encoding`, `Upgrade` and all that begin with `Sec-WebSocket-`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsResponse, WS_RESPONSE_PROP_HEADERS, "headers",
                       WsHeaders *, WsHeaders *, ws_headers_get_type,
                       ws_response_get_headers, NULL) },

  /**
   * WsResponse:body: (getter get_body)
   *
   * The content, of a plain answer or of a refusal.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsResponse, WS_RESPONSE_PROP_BODY, "body", GBytes *,
                       GBytes *, g_bytes_get_type, ws_response_get_body, NULL) },

  /**
   * WsResponse:subprotocol: (getter get_subprotocol) (setter set_subprotocol)
   *
   * The subprotocol of an accepted handshake, one that the client has offered.
   *
   * %NULL: the client's first one that
   * [property@Server:supported-subprotocols] holds; empty: none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsResponse, WS_RESPONSE_PROP_SUBPROTOCOL,
                        "subprotocol", NULL, ws_response_get_subprotocol,
                        ws_response_set_subprotocol) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_response_class_init (WsResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_response_finalize;
  ws_property_install (object_class, tables, props, WS_RESPONSE_N_PROPS);
}

static void
ws_response_init (WsResponse *self)
{
  self->headers = ws_headers_new ();
  self->status = 426;
}

/**
 * ws_response_accept:
 * @self: an answer to a handshake
 *
 * Accepts a handshake, as is the default.
 *
 * Since: 1.0
 */
void
ws_response_accept (WsResponse *self)
{
  ws_response_set_status (self, 101);
}

/**
 * ws_response_refuse:
 * @self: an answer
 * @status: what is said, 200 to 599; 403 and 404 are usual
 * @message: (nullable): why, as the content; %NULL: the canonical phrase
 *
 * Refuses a request.
 *
 * Since: 1.0
 */
void
ws_response_refuse (WsResponse *self, guint status, const char *message)
{
  g_return_if_fail (WS_IS_RESPONSE (self));
  g_return_if_fail (status >= 200 && status <= 599);

  g_object_freeze_notify (G_OBJECT (self));
  ws_response_set_status (self, status);
  ws_response_set_text (self, message != NULL ? message
                                              : ws_http_status_phrase (status));
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- When it is answered --- */

static gboolean
may_call (WsResponse *self, const char *function)
{
  return ws_home_may_call (&self->home, function,
                           "The server belongs to another thread");
}

/**
 * ws_response_defer:
 * @self: an answer
 *
 * Puts the answer off until [method@Response.done].
 *
 * To be called in the handler, which keeps a reference. The client waits, for
 * minutes if need be: [property@Server:handshake-timeout] stands still. If the
 * last reference goes before the answer is there, that is a 500.
 *
 * Since: 1.0
 */
void
ws_response_defer (WsResponse *self)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (self->home.context == NULL || !may_call (self, G_STRFUNC))
    return;
  if (self->owner == NULL)
    self->is_deferred = TRUE;
}

/**
 * ws_response_done:
 * @self: an answer
 *
 * Sends an answer that was put off.
 *
 * From the server's context. The limits of the server count at this moment: an
 * accepted client gets a 503 if there is no room for it any more. Does nothing
 * if the client has gone, the server was closed or an answer was sent already.
 *
 * Since: 1.0
 */
void
ws_response_done (WsResponse *self)
{
  const WsResponseOwner *owner;
  gpointer               user_data;

  g_return_if_fail (WS_IS_RESPONSE (self));

  if (self->home.context == NULL || !may_call (self, G_STRFUNC))
    return;
  self->is_deferred = FALSE;
  owner = g_steal_pointer (&self->owner);
  user_data = g_steal_pointer (&self->user_data);
  if (owner == NULL)
    return;
  g_object_ref (self);
  owner->answered (self, user_data);
  owner->free (user_data);
  g_object_unref (self);
}
