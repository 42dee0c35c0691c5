/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "connect-session.h"

G_BEGIN_DECLS

void connect_commands_obey (ConnectSession *session, const char *line);

G_END_DECLS
