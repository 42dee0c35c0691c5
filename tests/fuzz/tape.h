/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An input that is read as a row of choices. Beyond its end all are 0. */
typedef struct
{
  const guint8 *data;
  gsize         len;
} Tape;

static inline guint8
tape_byte (Tape *self)
{
  if (self->len == 0)
    return 0;
  self->len--;
  return *self->data++;
}

/* The next @len bytes, or what is left of them. */
static inline Tape
tape_cut (Tape *self, gsize len)
{
  Tape piece = { self->data, MIN (len, self->len) };

  self->len -= piece.len;
  if (piece.len > 0)
    self->data += piece.len;
  return piece;
}

G_END_DECLS
