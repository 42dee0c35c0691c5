/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Why emissions of @signal of @sender cannot be queued; NULL if they can. */
const char *ws_signal_peek_unqueueable (guint signal, GObject *sender);

G_END_DECLS
