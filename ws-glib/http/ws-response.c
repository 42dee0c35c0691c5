/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer that handlers of a server give to a request, now or later. */
#include "http/ws-response-private.h"

#include <string.h>

#include "net/ws-log.h"
#include "protocol/ws-http.h"

#include "base/ws-property.h"

struct _WsResponse
{
  GObject    parent_instance;
  char      *reason;      /* (owned) (nullable): the canonical one */
  WsHeaders *headers;     /* (owned) */
  GBytes    *body;        /* (owned) (nullable) */
  char      *subprotocol; /* (owned) (nullable): the usual choice */
  guint      status;
  gboolean   is_handshake;
  gboolean   has_status; /* the status was set */
  gboolean   is_deferred;

  WsHome                 home;  /* where it was asked for, if anybody asks */
  const WsResponseOwner *owner; /* (nullable): who waits */
  gpointer               user_data; /* (owned): of @owner */
};

typedef enum
{
  PROP_STATUS = 1,
  PROP_REASON,
  PROP_HEADERS,
  PROP_BODY,
  PROP_SUBPROTOCOL,
  N_PROPS
} WsResponseProp;

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

static GParamSpec *props[N_PROPS];

static void
notify (WsResponse *self, WsResponseProp property)
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
   * WsResponse:status:
   *
   * The status (RFC 9110, 15): 101 accepts a handshake, others refuse it.
   *
   * That of a plain request is 426 until something is said, and 200 once it has
   * a body and no other status was set.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsResponse, PROP_STATUS, "status", 0, G_MAXUINT,
                      426, ws_response_get_status, ws_response_set_status) },

  /**
   * WsResponse:reason:
   *
   * The phrase behind the status; %NULL: the canonical one. That of a 101 is
   * always canonical.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsResponse, PROP_REASON, "reason", NULL,
                        ws_response_get_reason, ws_response_set_reason) },

  /**
   * WsResponse:headers:
   *
   * Further header fields, also of a 101.
   *
   * Those that the server writes itself are left out: `Connection`,
   * `Content-Length`, `Date`, `Keep-Alive`, `Server`, `Trailer`,
   * `Transfer-Encoding`, `Upgrade` and all that begin with `Sec-WebSocket-`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsResponse, PROP_HEADERS, "headers",
                       WsHeaders *, WsHeaders *, ws_headers_get_type,
                       ws_response_get_headers, NULL) },

  /**
   * WsResponse:body:
   *
   * The content, of a plain answer or of a refusal.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsResponse, PROP_BODY, "body", GBytes *,
                       GBytes *, g_bytes_get_type,
                       ws_response_get_body, NULL) },

  /**
   * WsResponse:subprotocol:
   *
   * The subprotocol of an accepted handshake, one that the client has offered.
   *
   * %NULL: the client's first one that
   * [property@Server:supported-subprotocols] holds; empty: none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsResponse, PROP_SUBPROTOCOL,
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
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_response_init (WsResponse *self)
{
  self->headers = ws_headers_new ();
  self->status = 426;
}

/* --- What is answered --- */

/**
 * ws_response_get_status:
 * @self: an answer
 *
 * Gets the status.
 *
 * Returns: 101, or 200 to 599
 *
 * Since: 1.0
 */
guint
ws_response_get_status (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), 0);

  return self->status;
}

/* 9110, 15: what may be the last word. */
static gboolean
is_status (const WsResponse *self, guint status)
{
  return status == 101 ? self->is_handshake : status >= 200 && status <= 599;
}

static void
set_status (WsResponse *self, guint status)
{
  self->has_status = TRUE;
  if (self->status == status)
    return;
  self->status = status;
  notify (self, PROP_STATUS);
}

static void
set_wrong_status (WsResponse *self, guint status)
{
  g_critical ("%u is no status that may be answered here: it is a 500 instead",
              status);
  set_status (self, 500);
}

/**
 * ws_response_set_status:
 * @self: an answer
 * @status: 101 to accept a handshake, or 200 to 599
 *
 * Sets the status. Any other is a programmer's mistake, and answered with 500:
 * a handler that meant to refuse does not let anybody in.
 *
 * Since: 1.0
 */
void
ws_response_set_status (WsResponse *self, guint status)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (is_status (self, status))
    set_status (self, status);
  else
    set_wrong_status (self, status);
}

/**
 * ws_response_get_reason:
 * @self: an answer
 *
 * Gets the phrase behind the status.
 *
 * Returns: (nullable): a phrase; %NULL: the canonical one
 *
 * Since: 1.0
 */
const char *
ws_response_get_reason (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->reason;
}

/**
 * ws_response_set_reason:
 * @self: an answer
 * @reason: (nullable): a phrase; %NULL: the canonical one
 *
 * Sets the phrase behind the status. One with a line break or another control
 * character, as a request may have brought it, is not taken.
 *
 * Since: 1.0
 */
void
ws_response_set_reason (WsResponse *self, const char *reason)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (g_strcmp0 (self->reason, reason) == 0)
    return;
  if (reason != NULL && !ws_http_header_value_is_valid (reason))
    {
      g_autofree char *quoted = ws_http_quote (reason);

      ws_log (&(WsLogFacts){ 0 },
              "%s is no reason: it holds a control character", quoted);
      return;
    }
  g_free (self->reason);
  self->reason = g_strdup (reason);
  notify (self, PROP_REASON);
}

/**
 * ws_response_get_headers:
 * @self: an answer
 *
 * Gets the header fields, to which may be added.
 *
 * Returns: (transfer none): the live list
 *
 * Since: 1.0
 */
WsHeaders *
ws_response_get_headers (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->headers;
}

/**
 * ws_response_get_body:
 * @self: an answer
 *
 * Gets the content.
 *
 * Returns: (nullable) (transfer none): the content, if there is one
 *
 * Since: 1.0
 */
GBytes *
ws_response_get_body (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->body;
}

/**
 * ws_response_set_body:
 * @self: an answer
 * @content_type: (nullable): what it is, as in `text/html; charset=utf-8`;
 *   %NULL: nothing is said, or what [property@Response:headers] says; so it is
 *   with one that holds a control character
 * @body: (nullable): the content; %NULL: none
 *
 * Sets the content.
 *
 * It is referenced, and written as the client takes it. An answer to a plain
 * request that has no status yet becomes 200. A client that asked with `HEAD`
 * gets the length only.
 *
 * Since: 1.0
 */
void
ws_response_set_body (WsResponse *self, const char *content_type, GBytes *body)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WS_IS_RESPONSE (self));

  if (content_type != NULL
      && !ws_headers_replace (self->headers, "Content-Type", content_type,
                              &error))
    ws_log (&(WsLogFacts){ 0 }, "The content type is left out: %s",
            error->message);
  if (body != NULL)
    g_bytes_ref (body);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = body;
  g_object_freeze_notify (G_OBJECT (self));
  if (!self->is_handshake && !self->has_status)
    ws_response_set_status (self, 200);
  notify (self, PROP_BODY);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * ws_response_set_text:
 * @self: an answer
 * @text: the content
 *
 * Sets the content to a plain text; see [method@Response.set_body].
 *
 * Since: 1.0
 */
void
ws_response_set_text (WsResponse *self, const char *text)
{
  g_autoptr (GBytes) body = NULL;

  g_return_if_fail (WS_IS_RESPONSE (self));
  g_return_if_fail (text != NULL);

  body = g_bytes_new (text, strlen (text));
  ws_response_set_body (self, "text/plain; charset=utf-8", body);
}

/**
 * ws_response_get_subprotocol:
 * @self: an answer
 *
 * Gets the subprotocol that was chosen.
 *
 * Returns: (nullable): its name; empty: none; %NULL: the usual choice
 *
 * Since: 1.0
 */
const char *
ws_response_get_subprotocol (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->subprotocol;
}

/**
 * ws_response_set_subprotocol:
 * @self: an answer
 * @subprotocol: (nullable): its name; empty: none; %NULL: the usual choice
 *
 * Sets the subprotocol of an accepted handshake.
 *
 * It need not be one of [property@Server:supported-subprotocols], but one that
 * the client has offered (RFC 6455, 4.2.2): for any other the client gets a
 * 500, and [signal@Server::server-error] tells.
 *
 * Since: 1.0
 */
void
ws_response_set_subprotocol (WsResponse *self, const char *subprotocol)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (g_strcmp0 (self->subprotocol, subprotocol) == 0)
    return;
  g_free (self->subprotocol);
  self->subprotocol = g_strdup (subprotocol);
  notify (self, PROP_SUBPROTOCOL);
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
 * Refuses a request. Any other @status is a programmer's mistake, and answered
 * with 500.
 *
 * Since: 1.0
 */
void
ws_response_refuse (WsResponse *self, guint status, const char *message)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (status != 101 && is_status (self, status))
    set_status (self, status);
  else
    set_wrong_status (self, status);
  if (message == NULL)
    message = ws_http_status_phrase (self->status);
  ws_response_set_text (self, message);
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
