/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "frame-log.h"

G_BEGIN_DECLS

typedef struct
{
  const char  *host; /* (unowned) (nullable): instead of what the client says */
  const char  *mark; /* (unowned): what each line begins with */
  guint        max_shown;
  FrameLogFunc print;
  gpointer     user_data; /* (unowned) */
} FramesRelaySettings;

void frames_relay_start (GIOStream                 *client,
                         GIOStream                 *server,
                         const FramesRelaySettings *settings);

G_END_DECLS
