/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-breadth.h"

#include <string.h>

#include "support/ws-test.h"

/* Parts of three bytes, in whatever holds them. */

typedef struct
{
  const char *name;
  const char *around; /* hexadecimal, with "LL" for what is left, "**" for the
                         parts; of what is shown as a certificate */
  const char *part;
  guint       most; /* that are not too many */
} Case;

#define SIBLINGS 128
#define ALL      4096

/* clang-format off */
static const Case cases[] = {
  { "sequence", "30LL**", "020105", SIBLINGS },
  { "set", "31LL**", "020105", SIBLINGS },
  { "one-after-another", "**", "020105", SIBLINGS },
  { "within", "30LL31LL30LL**", "020105", SIBLINGS },
  { "sets", "30LL**", "310100", SIBLINGS },
  { "tagged", "a3LL30LL**", "060155", SIBLINGS },
  { "in-a-string", "30LL04LL30LL**", "060155", SIBLINGS },
  { "in-a-string-in-a-string", "04LL04LL30LL**", "060155", SIBLINGS },
  { "without-length", "3080**", "060155", SIBLINGS },
  { "without-length-in-a-string", "04LL3080**", "060155", SIBLINGS },
  { "long-tag", "3f8101LL**", "060155", SIBLINGS },
  { "names", "30LL**", "820161", ALL - 1 },
  { "names-in-a-string", "30LL04LL30LL**", "820161", ALL - 3 },
  { "no-names", "30LL**", "a20100", SIBLINGS },
  /* No structure: a string of bytes, of bits, of characters. */
  { "bytes", "04LLff**", "020105", G_MAXUINT16 },
  { "bits", "03LL00**", "020105", G_MAXUINT16 },
  { "characters", "0cLL**", "020105", G_MAXUINT16 },
  /* Malformed: that is told by whoever reads it. */
  { "too-short", "30847fffffff**", "020105", G_MAXUINT16 },
  { "length-of-five-bytes", "30850000000001**", "020105", G_MAXUINT16 },
};
/* clang-format on */

static void
append_hex (GByteArray *bytes, const char *hex, gsize len)
{
  for (gsize i = 0; i + 1 < len; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) << 4
                              | g_ascii_xdigit_value (hex[i + 1]));

      g_byte_array_append (bytes, &byte, 1);
    }
}

static void
append_number (GByteArray *bytes, gsize number, guint size)
{
  for (guint i = size; i-- > 0;)
    {
      guint8 byte = (guint8) (number >> 8 * i);

      g_byte_array_append (bytes, &byte, 1);
    }
}

/* (transfer full) */
static GByteArray *
make (const char *around, const char *part, guint n)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GByteArray) rest = NULL;

  if (g_str_has_prefix (around, "LL"))
    {
      rest = make (around + 2, part, n);
      append_number (bytes, 0x83, 1);
      append_number (bytes, rest->len, 3);
      g_byte_array_append (bytes, rest->data, rest->len);
    }
  else if (g_str_has_prefix (around, "**"))
    for (guint i = 0; i < n; i++)
      append_hex (bytes, part, strlen (part));
  else if (*around != '\0')
    {
      rest = make (around + 2, part, n);
      append_hex (bytes, around, 2);
      g_byte_array_append (bytes, rest->data, rest->len);
    }
  return bytes;
}

static void
append_vector (GByteArray *bytes, GByteArray *vector, guint size)
{
  append_number (bytes, vector->len, size);
  g_byte_array_append (bytes, vector->data, vector->len);
}

static gboolean
is_too_much (GByteArray *message, gboolean is_tls13)
{
  g_autofree char *excess
      = ws_tls_breadth_find_excess (message->data, message->len, is_tls13);

  return excess != NULL;
}

/* As one of three certificates. */
static gboolean
is_refused (const Case *c, guint n, gboolean is_tls13)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) message = g_byte_array_new ();

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GByteArray) certificate
          = i == 1 ? make (c->around, c->part, n) : g_byte_array_new ();

      append_vector (list, certificate, 3);
      if (is_tls13)
        append_number (list, 0, 2);
    }
  if (is_tls13)
    append_number (message, 0, 1);
  append_vector (message, list, 3);
  return is_too_much (message, is_tls13);
}

/* As the response about one. */
static gboolean
is_refused_as_status (const Case *c, guint n)
{
  g_autoptr (GByteArray) response = make (c->around, c->part, n);
  g_autoptr (GByteArray) status = g_byte_array_new ();
  g_autofree char *excess = NULL;

  append_number (status, 1, 1);
  append_vector (status, response, 3);
  excess = ws_tls_breadth_find_excess_of_status (status->data, status->len);
  return excess != NULL;
}

/* TLS 1.3 sends it with the certificate, behind other extensions. */
static gboolean
is_refused_as_extension (const Case *c, guint n)
{
  g_autoptr (GByteArray) response = make (c->around, c->part, n);
  g_autoptr (GByteArray) extensions = g_byte_array_new ();
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) message = g_byte_array_new ();

  append_hex (extensions, "00120000", 8);
  append_number (extensions, 5, 2);
  append_number (extensions, response->len + 4, 2);
  append_number (extensions, 1, 1);
  append_vector (extensions, response, 3);
  append_number (list, 0, 3);
  append_vector (list, extensions, 2);
  append_hex (message, "03010203", 8); /* a context */
  append_vector (message, list, 3);
  return is_too_much (message, TRUE);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;

  if (c->most < G_MAXUINT16)
    {
      g_assert_true (is_refused (c, c->most + 1, FALSE));
      g_assert_true (is_refused (c, c->most + 1, TRUE));
      g_assert_true (is_refused_as_status (c, c->most + 1));
      g_assert_true (is_refused_as_extension (c, c->most + 1));
    }
  g_assert_false (is_refused (c, MIN (c->most, 9000), FALSE));
  g_assert_false (is_refused (c, MIN (c->most, 9000), TRUE));
  g_assert_false (is_refused_as_status (c, MIN (c->most, 9000)));
  g_assert_false (is_refused_as_extension (c, MIN (c->most, 9000)));
}

/* All of a message count together. */
static void
test_sum (void)
{
  static const Case half = { "", "30LL**", "820161", 0 };

  for (guint n = 2; n <= 3; n++)
    {
      g_autoptr (GByteArray) list = g_byte_array_new ();
      g_autoptr (GByteArray) message = g_byte_array_new ();

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (GByteArray) certificate
              = make (half.around, half.part, ALL / 2 - 1);

          append_vector (list, certificate, 3);
        }
      append_vector (message, list, 3);
      g_assert_true (is_too_much (message, FALSE) == (n > 2));
    }
}

/* A thousand levels: no more are looked at than there can be. */
static void
test_depth (void)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) message = g_byte_array_new ();
  GString *around = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append (around, "30LL");
  g_string_append (around, "**");
  g_byte_array_unref (list);
  list = make (around->str, "020105", SIBLINGS + 1);
  append_number (message, list->len + 3, 3);
  append_vector (message, list, 3);
  g_assert_false (is_too_much (message, FALSE));
  g_string_free (around, TRUE);
}

/* Each beginning of a message is read, and no byte behind it. */
static void
test_cut (void)
{
  static const Case c = { "", "30LL04LL30LL**", "060155", 0 };
  g_autoptr (GByteArray) certificate = make (c.around, c.part, 5);
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) message = g_byte_array_new ();

  append_vector (list, certificate, 3);
  append_hex (list, "000900050005010000010a", 22);
  append_number (message, 0, 1);
  append_vector (message, list, 3);
  for (guint len = 0; len <= message->len; len++)
    {
      g_autofree guint8 *part = g_memdup2 (message->data, len);
      g_autofree char   *excess = ws_tls_breadth_find_excess (part, len, TRUE);
      g_autofree char   *other = ws_tls_breadth_find_excess (part, len, FALSE);
      g_autofree char   *status
          = ws_tls_breadth_find_excess_of_status (part, len);

      g_assert_null (excess);
      g_assert_null (other);
      g_assert_null (status);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/tls-breadth/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/net/tls-breadth/sum", test_sum);
  g_test_add_func ("/net/tls-breadth/depth", test_depth);
  g_test_add_func ("/net/tls-breadth/cut", test_cut);
  return g_test_run ();
}
