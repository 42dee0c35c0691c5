/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "values.h"

G_BEGIN_DECLS

#define CALL_MAX_ARGUMENTS 8

/* A public function, and a way to call it with chosen arguments; make-calls.py
 * makes the table from the public headers. */
typedef struct
{
  const char *name;
  const char *instance; /* (nullable): the type that it is a method of */
  guint       n_arguments;
  /* How many values the pool of each argument has. */
  guint n_values[CALL_MAX_ARGUMENTS];
  void (*call) (Values *values, const guint *choices);
} Call;

extern const Call  calls[];
extern const guint n_calls;

G_END_DECLS
