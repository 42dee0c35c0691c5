/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-authenticator.h"

#include "engine/ws-client-opening.h"

G_BEGIN_DECLS

/* Gets the answer to the question of that number: FALSE if no answer can be
 * taken in this thread. @user is NULL when there are no credentials. */
typedef gboolean (*WsAuthenticatorAnswer) (gpointer    asker,
                                           guint       number,
                                           const char *user,
                                           const char *password);

/* (transfer full): @asker is an object that @answer may be called with as long
 * as it lives, for deferred answers only. */
WsAuthenticator *ws_authenticator_new (const WsClientQuestion *question,
                                       gpointer                asker,
                                       guint                   number,
                                       GMainContext           *context,
                                       WsAuthenticatorAnswer   answer);

/* The handler has returned. FALSE: the answer comes, or came, later; else @user
 * and @password are set to it, NULL if there is none. */
gboolean ws_authenticator_finish (WsAuthenticator *self,
                                  const char     **user,
                                  const char     **password);

G_END_DECLS
