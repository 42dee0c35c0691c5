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

/* Takes the strongest challenge of the fields called @name. FALSE: no scheme is
 * known. @may_repeat: the last answer only had a nonce that was too old, so
 * that the same credentials may do. */
gboolean ws_client_auth_take_challenge (WsClientAuth        *self,
                                        const WsHttpHeaders *headers,
                                        const char          *name,
                                        gboolean            *may_repeat);

/* (transfer full) (nullable): the value of Authorization, or of
 * Proxy-Authorization; NULL with an error of the engine. */
char *ws_client_auth_authorize (WsClientAuth *self,
                                const char   *method,
                                const char   *target,
                                GError      **error);

/* (transfer full): what the challenge wants, for a message: "it asks for
 * credentials for Basic, realm ..." */
char *ws_client_auth_describe (const WsClientAuth *self);
/* (transfer full): the same where no challenge is known. */
char *ws_client_auth_describe_unknown (const WsHttpHeaders *headers,
                                       const char          *name);

G_END_DECLS
