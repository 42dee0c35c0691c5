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

static GPrivate thread_block = G_PRIVATE_INIT (g_free);

/* (transfer none) (nullable): the thread's block, with bytes left. A child must
 * not repeat the masks of its parent. */
static Block *
get_block (void)
{
  Block *block = g_private_get (&thread_block);

  if (block == NULL)
    {
      ws_fork_watch ();
      block = g_new0 (Block, 1);
      g_private_set (&thread_block, block);
    }

  if (block->n_left > 0 && block->generation == ws_fork_get_generation ())
    return block;

  block->n_left = 0;
  if (!ws_random_bytes (block->data, sizeof block->data))
    return NULL;

  block->n_left = sizeof block->data;
  block->generation = ws_fork_get_generation ();
  return block;
}

gboolean
ws_random_bytes (guint8 *data, gsize len)
{
  return gnutls_rnd (GNUTLS_RND_RANDOM, data, len) == 0;
}

gboolean
ws_random_mask (guint8 mask[4])
{
  Block *block = get_block ();

  if (block == NULL)
    return FALSE;

  memcpy (mask, block->data + sizeof block->data - block->n_left, MASK_SIZE);
  block->n_left -= MASK_SIZE;
  return TRUE;
}
