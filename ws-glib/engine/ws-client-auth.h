/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http-auth.h"

G_BEGIN_DECLS

/* What a client knows of its credentials for a server, or for a proxy. Zero is
 * nothing. */
typedef struct
{
  char *user;     /* (owned) (nullable): unknown */
  char *password; /* (owned) (nullable) */
  guint n_asked;  /* how often somebody was asked for credentials */

  WsHttpChallenge challenge; /* if there is one */
  guint           nonce_count;
  guint           n_stale;

  guint has_challenge : 1;
  guint tried : 1;   /* sent; refused if credentials are wanted again */
  guint answers : 1; /* the next request carries credentials */
} WsClientAuth;

void ws_client_auth_clear (WsClientAuth *self);
/* Takes copies: credentials that have not been tried. */
void ws_client_auth_set_login (WsClientAuth *self,
                               const char   *user,
                               const char   *password);

/* The next request carries them. */
void ws_client_auth_answer (WsClientAuth *self);

typedef enum
{
  WS_LOGIN_UNKNOWN, /* no scheme is known */
  WS_LOGIN_ASK,     /* somebody has to say them, for the first time or anew */
  WS_LOGIN_ANSWER   /* the next request carries what is known */
} WsLogin;

/* Takes the strongest challenge of the fields called @name, and judges what is
 * to be done. @what (out): what is wanted, for a message, such as "it asks for
 * credentials for Basic, realm ..." */
WsLogin ws_client_auth_judge (WsClientAuth        *self,
                              const WsHttpHeaders *headers,
                              const char          *name,
                              char               **what);

/* (transfer full) (nullable): the value of Authorization, or of
 * Proxy-Authorization; NULL with an error of the engine. */
char *ws_client_auth_authorize (WsClientAuth *self,
                                const char   *method,
                                const char   *target,
                                GError      **error);

G_END_DECLS
