/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <hiredis.h>

G_BEGIN_DECLS

/* What Redis says, as far as it can be trusted. */

gboolean ws_redis_reply_is_text (const redisReply *self);
/* Whether it is an array of at least so many elements. */
gboolean ws_redis_reply_has (const redisReply *self, gsize n_elements);
/* Whether it is an error that begins with the word @code. */
gboolean ws_redis_reply_is_error (const redisReply *self, const char *code);
/* (transfer full): the bytes of a text, which are no more in @self then. */
GBytes *ws_redis_reply_take_bytes (redisReply *self);
/* (transfer full): what an error says, or @otherwise if it is none. */
GError *ws_redis_reply_to_error (const redisReply *self, const char *otherwise);

G_END_DECLS
