/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* Feeds @data to a reader whole, byte by byte and cut in two at every place
 * (at some places when it is long), and asserts that it makes no difference.
 * The input lies flush against an unreadable page.
 *
 * @head: (out) (transfer full): what was collected. @consumed: of @data. */
WsParse head_feed (WsHttpKind   kind,
                   const char  *data,
                   gsize        len,
                   GString    **head,
                   gsize       *consumed,
                   WsHttpFault *fault);

G_END_DECLS
