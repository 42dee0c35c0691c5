/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form in which publications come from Redis. */
#include "ws-redis-entry.h"

#include <string.h>

#define MAGIC   'H'
#define VERSION 1

/* (nullable): what is wrong with the head. */
static const char *
judge_head (const guint8 *data, gsize len, guint64 *offset)
{
  if (len > 1 && data[1] != VERSION)
    return "its head has a version that this library does not read";
  if (len < WS_REDIS_ENTRY_HEAD || len < WS_REDIS_ENTRY_HEAD + (gsize) data[2])
    return "it ends in its head";
  if (data[3] != 0)
    return "the fourth byte of its head is not 0";
  if (data[2] == 0
      || !g_utf8_validate ((const char *) data + WS_REDIS_ENTRY_HEAD, data[2],
                           NULL))
    return "its epoch is empty, or no text";
  memcpy (offset, data + 4, sizeof *offset);
  *offset = GUINT64_FROM_BE (*offset);
  return *offset == 0 ? "its offset is 0" : NULL;
}

static WsPublication *
read_kept (const char *topic, GBytes *bytes, GError **error)
{
  gsize            len;
  const guint8    *data = g_bytes_get_data (bytes, &len);
  guint64          offset;
  const char      *problem = judge_head (data, len, &offset);
  gsize            start;
  g_autofree char *epoch = NULL;
  g_autoptr (GBytes) rest = NULL;
  g_autoptr (WsPublication) publication = NULL;

  if (problem != NULL)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL,
                   "What came about the topic \"%s\" is no publication: %s",
                   topic, problem);
      return NULL;
    }
  start = WS_REDIS_ENTRY_HEAD + (gsize) data[2];
  rest = g_bytes_new_from_bytes (bytes, start, len - start);
  publication = ws_publication_new_from_bytes (topic, rest, error);
  if (publication == NULL)
    return NULL;
  epoch = g_strndup ((const char *) data + WS_REDIS_ENTRY_HEAD, data[2]);
  return ws_publication_new_at (publication, epoch, offset);
}

WsPublication *
ws_redis_entry_read (const char *topic, GBytes *bytes, GError **error)
{
  gsize         len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return len > 0 && data[0] == MAGIC
             ? read_kept (topic, bytes, error)
             : ws_publication_new_from_bytes (topic, bytes, error);
}
