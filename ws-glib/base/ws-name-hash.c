/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key is drawn once, with the first name. */
#include "base/ws-name-hash.h"

#include <string.h>

#include "net/ws-random.h"
#include "protocol/ws-siphash.h"

static const guint64 *
get_key (void)
{
  static guint64 key[2];
  static gsize   is_drawn;

  if (g_once_init_enter (&is_drawn))
    {
      /* Failing, it is no worse than a hash without a key. */
      ws_random_bytes ((guint8 *) key, sizeof key);
      g_once_init_leave (&is_drawn, 1);
    }
  return key;
}

guint
ws_name_hash (gconstpointer name)
{
  return (guint) ws_siphash (get_key (), name, strlen (name));
}
