/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An IPv6 address like fe80::1 is one of some link (RFC 4007): without a zone
 * that says which, the system cannot connect there. */

/* (transfer full) (nullable): @target, with a zone if it is such an address and
 * has none, and there is only one that can be meant. NULL: there are several,
 * or none; @error says what is missing. */
GSocketConnectable *
ws_zone_complete (GSocketConnectable *target, GError **error);

G_END_DECLS
