/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define WS_INSIDE

#include <ws-glib/ws-authenticator.h>
#include <ws-glib/ws-broker-query.h>
#include <ws-glib/ws-broker-statistics.h>
#include <ws-glib/ws-broker.h>
#include <ws-glib/ws-connection.h>
#include <ws-glib/ws-cors-authenticator.h>
#include <ws-glib/ws-deflate-options.h>
#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-handshake-response.h>
#include <ws-glib/ws-headers.h>
#include <ws-glib/ws-mask-generator.h>
#include <ws-glib/ws-memory-broker.h>
#include <ws-glib/ws-message-input-stream.h>
#include <ws-glib/ws-message-log-entry.h>
#include <ws-glib/ws-message-log.h>
#include <ws-glib/ws-message.h>
#include <ws-glib/ws-psk-authenticator.h>
#include <ws-glib/ws-publication.h>
#include <ws-glib/ws-reconnect-policy.h>
#include <ws-glib/ws-request.h>
#include <ws-glib/ws-response.h>
#include <ws-glib/ws-server-async.h>
#include <ws-glib/ws-server-pool.h>
#include <ws-glib/ws-server-statistics.h>
#include <ws-glib/ws-server.h>
#include <ws-glib/ws-signal.h>
#include <ws-glib/ws-socket-async.h>
#include <ws-glib/ws-socket-error.h>
#include <ws-glib/ws-socket-receive.h>
#include <ws-glib/ws-socket-streams.h>
#include <ws-glib/ws-socket.h>
#include <ws-glib/ws-ssl-certificate.h>
#include <ws-glib/ws-ssl-configuration.h>
#include <ws-glib/ws-ssl-error.h>
#include <ws-glib/ws-ssl-session.h>
#include <ws-glib/ws-statistics.h>
#include <ws-glib/ws-version-macros.h>
#include <ws-glib/ws-version.h>

#undef WS_INSIDE
