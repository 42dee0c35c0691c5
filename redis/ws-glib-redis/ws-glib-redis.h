/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#define WS_REDIS_INSIDE

#include <ws-glib-redis/ws-redis-broker.h>

#undef WS_REDIS_INSIDE
