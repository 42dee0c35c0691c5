/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int echo_cases_run (const char *url, const char *agent);

G_END_DECLS
