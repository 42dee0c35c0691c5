/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What requests and sockets tell of their target and addresses. */

/* (transfer full) (nullable): the first value of @name; also NULL if there is
 * none. */
char *
ws_target_get_parameter (const char *target, const char *name, GError **error);
/* (transfer full) (nullable): all of them. */
char **
ws_target_get_parameters (const char *target, const char *name, GError **error);
/* (transfer full) (nullable): the names of all. */
char **ws_target_list_parameters (const char *target, GError **error);
/* (transfer full) (nullable): "192.0.2.1:80"; NULL if @address (nullable) is
 * not known. */
char *ws_target_name_address (GSocketAddress *address);

G_END_DECLS
