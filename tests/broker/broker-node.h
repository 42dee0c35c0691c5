/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* A server that does what its clients say, so that a test can speak to it
 * whatever thread or process it is in. A text is a command:
 *
 *   sub TOPIC, unsub TOPIC         ok
 *   join TOPIC                     ok: subscribes, and all nodes know
 *   many N                         ok: the same for t/0, t/1, …
 *   pub TOPIC TEXT                 to the others; nothing, or error TEXT
 *   srv TOPIC TEXT, all TEXT       the server itself does; the same
 *   wait TOPIC TEXT                the same, with publish_async(): done
 *   since TOPIC EPOCH OFFSET       recovered BOOLEAN EPOCH OFFSET; EPOCH "-" is
 *                                  none
 *   here TOPIC TEXT                ok: announces the client
 *   who TOPIC                      who, and the texts in their order
 *   lost                           lost N: how often publications-lost came
 *
 * A binary message is a topic, 0xff, and what is published about it in binary.
 * What has a place in a history comes as EPOCH OFFSET TEXT. */
void broker_node_set_up (WsServer *server);

G_END_DECLS
