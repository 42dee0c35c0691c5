/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random bytes and mask keys from GnuTLS. */
#include "net/ws-random.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "net/ws-fork.h"

#define MASK_SIZE  4
#define BLOCK_SIZE (256 * MASK_SIZE)

typedef struct
{
  guint8 data[BLOCK_SIZE];
  gsize  n_left;     /* at the end of the data */
  int    generation; /* of the process that drew the block */
} Block;

static _Thread_local Block block;

/* FALSE: there are no random numbers. A child must not go on with its parent's
 * block. */
static G_NO_INLINE gboolean
draw_block (void)
{
  ws_fork_watch ();
  block.n_left = 0;
  block.generation = ws_fork_get_generation ();
  if (!ws_random_bytes (block.data, sizeof block.data))
    return FALSE;
  block.n_left = sizeof block.data;
  return TRUE;
}

gboolean
ws_random_bytes (guint8 *data, gsize len)
{
  return gnutls_rnd (GNUTLS_RND_RANDOM, data, len) == 0;
}

void
ws_random_mask (guint8 mask[4])
{
  Block  *own = &block;
  guint32 number;

  if (G_UNLIKELY (own->n_left == 0
                  || own->generation != ws_fork_get_generation ())
      && !draw_block ())
    {
      number = g_random_int ();
      memcpy (mask, &number, sizeof number);
      return;
    }
  memcpy (mask, own->data + sizeof own->data - own->n_left, MASK_SIZE);
  own->n_left -= MASK_SIZE;
}
