/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Byte sequences that are not UTF-8 (RFC 3629, 3), one of each way to be wrong;
 * none of them may be a text or end one. */
typedef struct
{
  const char *name;
  const char *text;
  gsize       len;
} BadText;

extern const BadText bad_texts[];
extern const gsize   n_bad_texts;

G_END_DECLS
