/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a client's key, and computes the server's answer to it. */
#include "protocol/ws-key.h"

#include <string.h>

/* RFC 6455, 1.3 */
#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* Base64 of 16 bytes: 22 digits and two of padding. */
#define KEY_DIGITS 22
#define KEY_LENGTH 24

#define SHA1_SIZE 20

char *
ws_key_new (const guint8 nonce[WS_KEY_NONCE_SIZE])
{
  return g_base64_encode (nonce, WS_KEY_NONCE_SIZE);
}

gboolean
ws_key_is_valid (const char *key)
{
  if (strlen (key) != KEY_LENGTH)
    return FALSE;

  for (gsize i = 0; i < KEY_DIGITS; i++)
    {
      if (!g_ascii_isalnum (key[i]) && key[i] != '+' && key[i] != '/')
        return FALSE;
    }
  return strcmp (key + KEY_DIGITS, "==") == 0;
}

char *
ws_key_accept (const char *key)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[SHA1_SIZE];
  gsize  digest_len = sizeof digest;

  g_checksum_update (sha1, (const guchar *) key, -1);
  g_checksum_update (sha1, (const guchar *) ACCEPT_GUID, -1);
  g_checksum_get_digest (sha1, digest, &digest_len);
  return g_base64_encode (digest, digest_len);
}
