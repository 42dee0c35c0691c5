/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A GNetworkMonitor that says what the test wants, and a GResolver that knows
 * one name. */

#define FAKE_HOST "server.example"

/* Before anything asks for the monitor or the resolver. */
void fake_network_init (void);
/* Only the resolver. */
void fake_network_init_resolver (void);

/* Says so, and tells everybody. */
void fake_network_set_available (gboolean is_available);
/* What is answered from now on to whoever asks for the way to a host. */
void fake_network_set_can_reach (gboolean can_reach);
/* How often that was asked. */
guint fake_network_count_questions (void);
/* What it was last asked about, "HOST:PORT". */
const char *fake_network_get_question (void);
/* Whether anybody listens to changes. */
gboolean fake_network_has_listener (void);

/* What FAKE_HOST resolves to from now on, with blanks between; kept as it
 * is. */
void fake_network_set_addresses (const char *addresses);
/* How often it was resolved. */
guint fake_network_count_lookups (void);

G_END_DECLS
