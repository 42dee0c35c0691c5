/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Two streams in memory, each the other's end: a program's own, which GIO knows
 * nothing of. */

typedef enum
{
  CUT_READ_ERROR,
  CUT_READ_END,
  CUT_WRITE_ERROR,
  CUT_N_KINDS
} CutKind;

/* What becomes of one of the ends. */
typedef struct
{
  CutKind  kind;
  gsize    after; /* bytes of that direction */
  gsize    piece; /* that a call reads or writes at most */
  gboolean has_happened;
} Cut;

/* (transfer full): the ends. @cut must live as long as the first of them. */
void cut_stream_make_pair (Cut *cut, GIOStream *ends[2]);

G_END_DECLS
