/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells whether an address belongs to a list of networks. */
#include "protocol/ws-networks.h"

#include <string.h>

typedef struct
{
  WsAddressFamily family;
  guint           n_bits; /* of bytes that count; 0: all addresses */
  guint8          bytes[16];
} Network;

struct _WsNetworks
{
  gsize   n_networks;
  Network networks[];
};

static guint
family_bits (WsAddressFamily family)
{
  return family == WS_ADDRESS_IPV4 ? 32 : 128;
}

/* What follows the slash: decimal, at most @max. */
static gboolean
parse_bits (const char *text, guint max, guint *n_bits)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
    return FALSE;
  *n_bits = (guint) value;
  return TRUE;
}

static gboolean
parse_network (Network *self, const char *text)
{
  const char      *slash = strchr (text, '/');
  gsize            len = slash != NULL ? (gsize) (slash - text) : strlen (text);
  g_autofree char *host = g_strndup (text, len);
  WsAddress        address;

  *self = (Network){ .family = WS_ADDRESS_UNIX };
  if (strcmp (text, "unix") == 0)
    return TRUE;
  if (!ws_address_parse (&address, host))
    return FALSE;
  self->family = address.family;
  self->n_bits = family_bits (address.family);
  memcpy (self->bytes, address.bytes, sizeof self->bytes);
  return slash == NULL || parse_bits (slash + 1, self->n_bits, &self->n_bits);
}

WsNetworks *
ws_networks_parse (const char *const *texts, const char **culprit)
{
  const gsize n = texts != NULL ? g_strv_length ((char **) texts) : 0;
  g_autoptr (WsNetworks) self
      = g_malloc (sizeof (WsNetworks) + n * sizeof (Network));

  self->n_networks = n;
  for (gsize i = 0; i < n; i++)
    {
      if (parse_network (&self->networks[i], texts[i]))
        continue;
      *culprit = texts[i];
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
ws_networks_free (WsNetworks *self)
{
  g_free (self);
}

static gboolean
same_bits (const guint8 *a, const guint8 *b, guint n_bits)
{
  const guint whole = n_bits / 8;
  const guint left = n_bits % 8;

  return memcmp (a, b, whole) == 0
         && (left == 0 || (a[whole] ^ b[whole]) >> (8 - left) == 0);
}

gboolean
ws_networks_contain (const WsNetworks *self, const WsAddress *address)
{
  for (gsize i = 0; self != NULL && i < self->n_networks; i++)
    {
      const Network *network = &self->networks[i];

      if (network->family == address->family
          && same_bits (network->bytes, address->bytes, network->n_bits))
        return TRUE;
    }
  return FALSE;
}
