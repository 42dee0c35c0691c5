/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* For files that have not said yet which parts of WsSocket they need. */
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-incoming.h"
#include "socket/ws-socket-post.h"
#include "socket/ws-socket-properties.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-ssl.h"
#include "socket/ws-socket-state.h"
