/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-psk-authenticator.h"

G_BEGIN_DECLS

/* (transfer full): @hint is what a server gave; @identity (nullable) what a
 * client did, and then cannot be changed. */
WsPskAuthenticator *
ws_psk_authenticator_new (const char *hint, const char *identity);
/* (transfer full) (nullable): the key that was set. */
GBytes *ws_psk_authenticator_dup_key (WsPskAuthenticator *self);

G_END_DECLS
