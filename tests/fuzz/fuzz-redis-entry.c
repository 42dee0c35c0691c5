/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <ws-glib/ws-glib.h>

#include "ws-redis-entry.h"

/* What comes from Redis about a topic, which anybody may have put there. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsPublication) publication
      = ws_redis_entry_read ("topic", bytes, &error);
  g_autoptr (GBytes) again = NULL;
  gsize         len;
  const guint8 *written;

  if (publication == NULL)
    {
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);
  g_assert_true ((ws_publication_get_offset (publication) > 0)
                 == (ws_publication_get_epoch (publication) != NULL));
  again = ws_publication_to_bytes (publication);
  written = g_bytes_get_data (again, &len);
  g_assert_cmpuint (len, <=, size);
  g_assert_cmpmem (written, len, data + size - len, len);
  return 0;
}
