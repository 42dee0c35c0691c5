/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tables whose names a peer can choose. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A GHashFunc of strings, with a key that the process has drawn: nobody can
 * choose names that collide, as with g_str_hash(). */
guint ws_name_hash (gconstpointer name);

G_END_DECLS
