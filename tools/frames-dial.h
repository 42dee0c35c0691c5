/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-options.h"

G_BEGIN_DECLS

typedef void (*FramesDialFunc) (GIOStream    *stream,
                                const GError *error,
                                gpointer      user_data);

void frames_dial (const char          *url,
                  const ClientOptions *options,
                  FramesDialFunc       callback,
                  gpointer             user_data);

G_END_DECLS
