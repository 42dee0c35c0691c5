/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http-header.h"

G_BEGIN_DECLS

/* A client's half of HTTP authentication (RFC 9110, 11): Basic (RFC 7617) and
 * Digest (RFC 7616) with MD5 and SHA-256. */

typedef enum
{
  WS_HTTP_AUTH_BASIC,
  WS_HTTP_AUTH_DIGEST
} WsHttpAuthScheme;

/* What a server asks for. Texts are as they came, without quotes and escapes:
 * not always UTF-8. */
typedef struct
{
  WsHttpAuthScheme scheme;
  char            *realm;     /* "" if Basic names none */
  char            *nonce;     /* (nullable): Digest only, as all that follows */
  char            *opaque;    /* (nullable) */
  char            *algorithm; /* (nullable): as the server spells it */
  GChecksumType    hash;
  gboolean         is_session;  /* one of the -sess algorithms */
  gboolean         qop_auth;    /* else as in RFC 2069 */
  gboolean         hashes_user; /* the name is sent hashed */
  gboolean         utf8;        /* of Basic, too: the server said so */
  gboolean         stale;       /* only the nonce was too old */
} WsHttpChallenge;

/* Finds the strongest challenge that can be answered in all fields called @name
 * (WWW-Authenticate or Proxy-Authenticate): Digest with SHA-256, with MD5,
 * Basic; of equal ones the first. What is malformed counts as unknown. FALSE:
 * there is none, and nothing to clear. */
gboolean ws_http_challenge_choose (const WsHttpHeaders *headers,
                                   const char          *name,
                                   WsHttpChallenge     *challenge);
void     ws_http_challenge_clear (WsHttpChallenge *challenge);

/* (transfer full) (nullable): the value of Authorization. @user and @password
 * are UTF-8, @method and @target those of the request. @cnonce is a fresh
 * random token and @count says how often the nonce has been used, this time
 * included; Basic reads none of the four. NULL: the scheme cannot carry these
 * credentials, for they hold control characters, or the user of Basic a colon
 * (7617, 2). */
char *ws_http_challenge_answer (const WsHttpChallenge *challenge,
                                const char            *user,
                                const char            *password,
                                const char            *method,
                                const char            *target,
                                const char            *cnonce,
                                guint                  count);

/* As headers spell it. */
const char *ws_http_auth_scheme_name (WsHttpAuthScheme scheme);

G_END_DECLS
