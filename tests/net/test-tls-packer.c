/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-packer.h"

#include <string.h>

#include "tls-rig.h"
#include "support/ws-test.h"

#define MAX_VECTORS 40

/* What is written, and the records that it makes. */
typedef struct
{
  const char *name;
  guint       n;                  /* vectors */
  gsize       sizes[MAX_VECTORS]; /* 0: as the one before */
  guint       n_records;
  gsize       taken; /* 0: all */
} Case;

/* clang-format off */
static const Case cases[] = {
  { "one", 1, { 5 }, 1, 0 },
  { "small-ones", 40, { 100 }, 1, 0 },
  { "header-and-payload", 2, { 4, 16380 }, 1, 0 },
  { "one-more", 2, { 4, 16381 }, 2, 0 },
  { "full", 1, { 16384 }, 1, 0 },
  { "many-full", 1, { 65536 }, 4, 0 },
  { "header-and-large", 2, { 10, 40000 }, 3, 0 },
  { "large-and-small", 3, { 40000, 10, 10 }, 3, 0 },
  { "small-full-small", 3, { 10, 16384, 10 }, 2, 0 },
  { "with-empty-ones", 3, { 10, 0, 10 }, 1, 0 },
  { "too-much", 2, { 10, 1 << 20 }, 4, 65536 },
  { "too-many", 40, { 10000 }, 4, 65536 },
};
/* clang-format on */

/* Counts the records, which are whole. */
static guint
count_records (const guint8 *data, gsize len)
{
  guint n = 0;
  gsize at = 0;

  for (; at < len; n++)
    at += 5 + ((gsize) data[at + 3] << 8 | data[at + 4]);
  g_assert_cmpuint (at, ==, len);
  return n;
}

static void
test_pack (gconstpointer data)
{
  const Case *c = data;
  TlsRigSide  client = { .trust = "root.pem" };
  TlsRigSide  server = { .chain = "server-chain.pem", .key = "leaf.key" };
  g_autofree guint8 *text = g_malloc (2 << 20);
  GOutputVector      vectors[MAX_VECTORS];
  TlsRig             rig;
  gsize              total = 0, len;
  const guint8      *output;

  for (gsize i = 0; i < 2 << 20; i++)
    text[i] = (guint8) (i * 7 + (i >> 8));
  for (guint i = 0; i < c->n; i++)
    {
      gsize size = c->sizes[i];

      if (size == 0 && c->sizes[1] == 0 && c->n == MAX_VECTORS)
        size = c->sizes[0];
      vectors[i] = (GOutputVector){ text + total, size };
      total += size;
    }
  if (c->taken > 0)
    total = c->taken;

  tls_rig_init (&rig, &client, &server);
  tls_rig_run (&rig);
  tls_rig_assert_works (&rig);
  g_assert_cmpint (ws_tls_pack (rig.client.session, vectors, c->n, NULL), ==,
                   total);
  output = ws_tls_session_peek_output (rig.client.session, &len);
  g_assert_cmpuint (count_records (output, len), ==, c->n_records);
  tls_rig_run (&rig);
  g_assert_cmpmem (rig.server.read->data, rig.server.read->len, text, total);
  tls_rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/tls-packer/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_pack);
    }
  return g_test_run ();
}
