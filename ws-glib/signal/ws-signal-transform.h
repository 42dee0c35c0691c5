/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

gboolean ws_signal_can_transform (GType from, GType to);
/* Sets @to, which has its type already. */
gboolean ws_signal_transform (const GValue *from, GValue *to, GError **error);

G_END_DECLS
