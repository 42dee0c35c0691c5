/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of a server, as the user of a client sees it. */
#include "http/ws-handshake-response-private.h"

#include "http/ws-headers-private.h"
#include "base/ws-property.h"

/**
 * WsHandshakeResponse:
 *
 * What a server answered to a client's handshake.
 *
 * It is what [property@Socket:response] shows, also of a handshake that was
 * refused. It never changes.
 *
 * Since: 1.0
 */
struct _WsHandshakeResponse
{
  GObject parent_instance;

  guint      status;
  char      *reason;  /* (owned) */
  WsHeaders *headers; /* (owned) */
  GBytes    *body;    /* (owned) */
};

G_DEFINE_FINAL_TYPE (WsHandshakeResponse, ws_handshake_response, G_TYPE_OBJECT)

typedef enum
{
  PROP_STATUS = 1,
  PROP_REASON,
  PROP_HEADERS,
  PROP_BODY,
  N_PROPS
} WsHandshakeResponseProp;

static GParamSpec *props[N_PROPS];

static void
ws_handshake_response_finalize (GObject *object)
{
  WsHandshakeResponse *self = WS_HANDSHAKE_RESPONSE (object);

  g_free (self->reason);
  ws_headers_unref (self->headers);
  g_bytes_unref (self->body);
  G_OBJECT_CLASS (ws_handshake_response_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsHandshakeResponse:status:
   *
   * The status code (RFC 9110, 15): 101 is the upgrade.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsHandshakeResponse, PROP_STATUS, "status", 0, 999, 0,
                      ws_handshake_response_get_status, NULL) },

  /**
   * WsHandshakeResponse:reason:
   *
   * The phrase behind the status; often empty, and of no meaning.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsHandshakeResponse, PROP_REASON, "reason", "",
                        ws_handshake_response_get_reason, NULL) },

  /**
   * WsHandshakeResponse:headers:
   *
   * The header fields.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsHandshakeResponse, PROP_HEADERS, "headers",
                       WsHeaders *, WsHeaders *, ws_headers_get_type,
                       ws_handshake_response_get_headers, NULL) },

  /**
   * WsHandshakeResponse:body:
   *
   * The first 16 KiB of the content, or less.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsHandshakeResponse, PROP_BODY, "body", GBytes *,
                       GBytes *, g_bytes_get_type,
                       ws_handshake_response_get_body, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_handshake_response_class_init (WsHandshakeResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_handshake_response_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

/* A binding can make one that nobody has sent; it is empty then. */
static void
ws_handshake_response_init (WsHandshakeResponse *self)
{
  self->reason = g_strdup ("");
  self->headers = ws_headers_new ();
  self->body = g_bytes_new (NULL, 0);
}

WsHandshakeResponse *
ws_handshake_response_new_take (WsClientResponse *response)
{
  WsHandshakeResponse *self;
  WsHttpResponse       http;
  WsHttpFault          fault;

  if (response->head.len == 0
      || !ws_http_response_parse (&http, (const char *) response->head.data,
                                  response->head.len, &fault))
    return NULL;
  self = g_object_new (WS_TYPE_HANDSHAKE_RESPONSE, NULL);
  self->status = http.status;
  g_free (self->reason);
  self->reason = ws_headers_make_utf8 (http.reason);
  ws_headers_unref (self->headers);
  self->headers = ws_headers_new_take (g_steal_pointer (&http.headers));
  g_bytes_unref (self->body);
  self->body = ws_buffer_steal_bytes (&response->body);
  ws_http_response_clear (&http);
  ws_client_response_clear (response);
  return self;
}

/**
 * ws_handshake_response_get_status:
 * @self: a response
 *
 * Gets the status code.
 *
 * Returns: a status (RFC 9110, 15)
 *
 * Since: 1.0
 */
guint
ws_handshake_response_get_status (WsHandshakeResponse *self)
{
  g_return_val_if_fail (WS_IS_HANDSHAKE_RESPONSE (self), 0);

  return self->status;
}

/**
 * ws_handshake_response_get_reason:
 * @self: a response
 *
 * Gets the phrase behind the status.
 *
 * Returns: a text, or ""
 *
 * Since: 1.0
 */
const char *
ws_handshake_response_get_reason (WsHandshakeResponse *self)
{
  g_return_val_if_fail (WS_IS_HANDSHAKE_RESPONSE (self), NULL);

  return self->reason;
}

/**
 * ws_handshake_response_get_headers:
 * @self: a response
 *
 * Gets the header fields.
 *
 * Returns: (transfer none): all that came, in order
 *
 * Since: 1.0
 */
WsHeaders *
ws_handshake_response_get_headers (WsHandshakeResponse *self)
{
  g_return_val_if_fail (WS_IS_HANDSHAKE_RESPONSE (self), NULL);

  return self->headers;
}

/**
 * ws_handshake_response_get_body:
 * @self: a response
 *
 * Gets the beginning of the content.
 *
 * A refusal's content is awaited for two seconds at most, and 16 KiB of it are
 * kept; that of a 401 or of a redirect, which the opening goes on after, not at
 * all unless its length is known.
 *
 * Returns: (transfer none): bytes, maybe none
 *
 * Since: 1.0
 */
GBytes *
ws_handshake_response_get_body (WsHandshakeResponse *self)
{
  g_return_val_if_fail (WS_IS_HANDSHAKE_RESPONSE (self), NULL);

  return self->body;
}
