/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "echo-options.h"

G_BEGIN_DECLS

int echo_cases_run (const EchoOptions *options);

G_END_DECLS
