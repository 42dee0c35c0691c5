/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The marshaller of the handler that a WsSignalLink, the closure's data, is at
 * its sender. */
void ws_signal_on_emission (GClosure     *closure,
                            GValue       *result,
                            guint         n_values,
                            const GValue *values,
                            gpointer      hint,
                            gpointer      marshal_data);

G_END_DECLS
