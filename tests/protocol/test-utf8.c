/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-utf8.h"

#include <string.h>

#include "protocol/ws-vector.h"
#include "support/ws-test.h"

/* Where a row does not fail. */
#define WHOLE -1 /* it may end here */
#define CUT   -2 /* its last character lacks bytes */

typedef struct
{
  const char *name;
  const char *bytes;
  int         fails_at; /* the first impossible byte */
} Row;

/* Qt: tst_DataProcessor::invalidPayload, with sequences of our own */
static const Row rows[] = {
  /* Valid. */
  { "empty", "", WHOLE },
  { "nul", "00", WHOLE },
  { "nul-inside", "61 00 62", WHOLE },
  { "all-ascii-edges", "01 1F 20 7E 7F", WHOLE },
  { "two-bytes-first", "C2 80", WHOLE },
  { "two-bytes-last", "DF BF", WHOLE },
  { "three-bytes-first", "E0 A0 80", WHOLE },
  { "three-bytes-last", "EF BF BF", WHOLE },
  { "before-surrogates", "ED 9F BF", WHOLE },
  { "after-surrogates", "EE 80 80", WHOLE },
  { "four-bytes-first", "F0 90 80 80", WHOLE },
  { "four-bytes-last", "F4 8F BF BF", WHOLE },
  { "byte-order-mark", "EF BB BF", WHOLE },
  { "byte-order-mark-inside", "61 EF BB BF 62", WHOLE },
  { "reversed-byte-order-mark", "EF BF BE", WHOLE },
  { "replacement", "EF BF BD", WHOLE },
  { "arabic-non-characters", "EF B7 90 EF B7 AF", WHOLE },
  { "greek", "CE BA E1 BD B9 CF 83 CE BC CE B5", WHOLE },

  /* Cut, and not wrong yet. */
  { "cut-two", "C3", CUT },
  { "cut-three-1", "E2", CUT },
  { "cut-three-2", "E2 82", CUT },
  { "cut-four-1", "F0", CUT },
  { "cut-four-2", "F0 9F", CUT },
  { "cut-four-3", "F0 9F 98", CUT },
  { "cut-after-text", "CE BA E1 BD", CUT },
  { "cut-e0", "E0 A0", CUT },
  { "cut-ed", "ED 9F", CUT },
  { "cut-f4", "F4 8F BF", CUT },

  /* Bad in the middle. */
  { "bad-middle-of-two", "CE BA C3 28 CE BC", 3 },
  { "bad-middle-of-three-2", "E2 28 A1 61", 1 },
  { "bad-middle-of-three-3", "E2 82 28 61", 2 },
  { "bad-middle-of-four-2", "F0 28 8C BC", 1 },
  { "bad-middle-of-four-3", "F0 90 28 BC", 2 },
  { "bad-middle-of-four-4", "F0 90 8C 28", 3 },
  { "surrogate-between-words", "CE BA CE BC CE B5 ED A0 80 65 64 69 74", 7 },
  { "too-high-between-words", "CE BA CE BC CE B5 F4 90 80 80 65 64 69 74", 7 },

  /* A lead follows where bytes are still missing. */
  { "cut-two-then-two", "C3 C3 A9", 1 },
  { "cut-three-then-ascii", "E2 82 61", 2 },
  { "cut-three-then-three", "E2 82 E2 82 AC", 2 },
  { "cut-four-then-ascii", "F0 9F 98 61", 3 },
  { "cut-four-then-four", "F0 9F 98 F0 9F 98 80", 3 },
  { "all-cut-in-a-row", "C0 E0 80 F0 80 80", 0 },
  { "lack-last-in-a-row", "DF EF BF F7 BF BF", 1 },

  /* Tails without a lead. */
  { "lone-80", "80", 0 },
  { "lone-bf", "BF", 0 },
  { "lone-tails-2", "80 BF", 0 },
  { "lone-tails-3", "80 BF 80", 0 },
  { "lone-tails-4", "80 BF 80 BF", 0 },
  { "lone-tail-after-ascii", "61 80", 1 },
  { "lone-tail-after-two", "C3 A9 80", 2 },
  { "lone-tail-after-three", "E2 82 AC 80", 3 },
  { "lone-tail-after-four", "F0 9F 98 80 80", 4 },

  /* Leads without a tail. */
  { "leads-of-two", "C2 20 C3 20", 1 },
  { "leads-of-three", "E0 20 E1 20", 1 },
  { "leads-of-four", "F0 20 F1 20", 1 },
  { "lead-of-five-alone", "F8 20", 0 },
  { "lead-of-six-alone", "FC 20", 0 },

  /* Forms of five and six bytes, and no forms at all. */
  { "five-bytes-first", "F8 88 80 80 80", 0 },
  { "five-bytes-last", "FB BF BF BF BF", 0 },
  { "six-bytes-first", "FC 84 80 80 80 80", 0 },
  { "six-bytes-last", "FD BF BF BF BF BF", 0 },
  { "fe", "FE", 0 },
  { "ff", "FF", 0 },
  { "fe-ff", "FE FE FF FF", 0 },
  { "ff-after-text", "61 62 FF", 2 },

  /* Beyond U+10FFFF. */
  { "u-110000", "F4 90 80 80", 1 },
  { "u-13ffff", "F4 BF BF BF", 1 },
  { "u-140000", "F5 80 80 80", 0 },
  { "u-1fffff", "F7 BF BF BF", 0 },

  /* Longer than need be. */
  { "overlong-slash-2", "C0 AF", 0 },
  { "overlong-slash-3", "E0 80 AF", 1 },
  { "overlong-slash-4", "F0 80 80 AF", 1 },
  { "overlong-slash-5", "F8 80 80 80 AF", 0 },
  { "overlong-slash-6", "FC 80 80 80 80 AF", 0 },
  { "overlong-last-2", "C1 BF", 0 },
  { "overlong-last-3", "E0 9F BF", 1 },
  { "overlong-last-4", "F0 8F BF BF", 1 },
  { "overlong-last-5", "F8 87 BF BF BF", 0 },
  { "overlong-last-6", "FC 83 BF BF BF BF", 0 },
  { "overlong-nul-2", "C0 80", 0 },
  { "overlong-nul-3", "E0 80 80", 1 },
  { "overlong-nul-4", "F0 80 80 80", 1 },
  { "overlong-nul-5", "F8 80 80 80 80", 0 },
  { "overlong-nul-6", "FC 80 80 80 80 80", 0 },

  /* Surrogates. */
  { "surrogate-d800", "ED A0 80", 1 },
  { "surrogate-db7f", "ED AD BF", 1 },
  { "surrogate-db80", "ED AE 80", 1 },
  { "surrogate-dbff", "ED AF BF", 1 },
  { "surrogate-dc00", "ED B0 80", 1 },
  { "surrogate-df80", "ED BE 80", 1 },
  { "surrogate-dfff", "ED BF BF", 1 },
  { "surrogates-d800-dc00", "ED A0 80 ED B0 80", 1 },
  { "surrogates-d800-dfff", "ED A0 80 ED BF BF", 1 },
  { "surrogates-dbff-dc00", "ED AF BF ED B0 80", 1 },
  { "surrogates-dbff-dfff", "ED AF BF ED BF BF", 1 },
};

/* The reference: whether the @n bytes, of which only the last is new, begin a
 * character. Works on code points, not on bytes as the validator does. */
static gboolean
begins_character (const guint8 *bytes, guint n, guint *length)
{
  static const guint32 lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  guint32              low;
  guint32              high;
  guint                missing;

  if (bytes[0] < 0x80)
    *length = 1;
  else if ((bytes[0] & 0xE0) == 0xC0)
    *length = 2;
  else if ((bytes[0] & 0xF0) == 0xE0)
    *length = 3;
  else if ((bytes[0] & 0xF8) == 0xF0)
    *length = 4;
  else
    return FALSE;

  low = *length == 1 ? bytes[0] : bytes[0] & (0x7F >> *length);
  for (guint i = 1; i < n; i++)
    {
      if ((bytes[i] & 0xC0) != 0x80)
        return FALSE;
      low = low << 6 | (bytes[i] & 0x3F);
    }
  missing = 6 * (*length - n);
  low <<= missing;
  high = low | ((1u << missing) - 1);
  return high >= lowest[*length] && low <= 0x10FFFF
         && !(low >= 0xD800 && high <= 0xDFFF);
}

static int
find_fault (const guint8 *bytes, gsize len)
{
  gsize start = 0;
  guint length = 0;

  for (gsize i = 0; i < len; i++)
    {
      if (!begins_character (bytes + start, i + 1 - start, &length))
        return i;
      if (i + 1 - start == length)
        start = i + 1;
    }
  return start == len ? WHOLE : CUT;
}

static void
check_parts (const guint8 *bytes, gsize len, gsize split, int fails_at)
{
  WsUtf8         utf8 = { 0 };
  const gboolean first = ws_utf8_feed (&utf8, bytes, split);

  g_assert_cmpint (first, ==, fails_at < 0 || (gsize) fails_at >= split);
  if (!first)
    {
      g_assert_false (ws_utf8_is_complete (&utf8));
      g_assert_false (ws_utf8_feed (&utf8, (const guint8 *) "a", 1));
      return;
    }
  g_assert_cmpint (ws_utf8_feed (&utf8, bytes + split, len - split), ==,
                   fails_at < 0);
  g_assert_cmpint (ws_utf8_is_complete (&utf8), ==, fails_at == WHOLE);
}

static void
check_bytewise (const guint8 *bytes, gsize len, int fails_at)
{
  WsUtf8 utf8 = { 0 };
  guint  pending = 0;

  for (gsize i = 0; i < len; i++)
    {
      const gboolean fine = ws_utf8_feed (&utf8, bytes + i, 1);

      g_assert_cmpint (fine, ==, (int) i != fails_at);
      if (!fine)
        return;
      pending = ws_utf8_is_complete (&utf8) ? 0 : pending + 1;
      g_assert_cmpuint (utf8.pending, ==, pending);
    }
  g_assert_cmpint (ws_utf8_is_complete (&utf8), ==, fails_at == WHOLE);
}

/* Judges every beginning in one piece, so that each way through the validator
 * is seen to stop at the very byte. */
static void
check_beginnings (const guint8 *bytes, gsize len, int fails_at)
{
  for (gsize n = 0; n <= len; n++)
    {
      guint8 *guarded = ws_test_guarded (bytes, n);
      WsUtf8  utf8 = { 0 };

      g_assert_cmpint (ws_utf8_feed (&utf8, guarded, n), ==,
                       fails_at < 0 || (gsize) fails_at >= n);
      g_assert_cmpint (ws_utf8_is_valid (guarded, n), ==,
                       find_fault (bytes, n) == WHOLE);
      ws_test_guarded_free (guarded, n);
    }
}

static void
check (const guint8 *bytes, gsize len, int fails_at)
{
  g_assert_cmpint (find_fault (bytes, len), ==, fails_at);
  check_bytewise (bytes, len, fails_at);
  check_beginnings (bytes, len, fails_at);
  for (gsize split = 0; split <= len; split++)
    check_parts (bytes, len, split, fails_at);
}

static void
test_row (gconstpointer user_data)
{
  const Row         *row = user_data;
  gsize              len;
  g_autofree guint8 *bytes = ws_test_hex (row->bytes, &len);

  check (bytes, len, row->fails_at);
}

/* The same after, and before, text of each kind and many lengths, so that the
 * row lies everywhere in a word and in a block. */
static void
test_row_within (gconstpointer user_data)
{
  static const char *const fillers[] = { "a", "é", "€", "😀", "aé€😀" };
  const Row               *row = user_data;
  gsize                    len;
  g_autofree guint8       *bytes = ws_test_hex (row->bytes, &len);

  for (gsize i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      for (guint n = 0; n <= 68; n += n < 36 ? 1 : 16)
        {
          g_autoptr (GByteArray) text = g_byte_array_sized_new (512);
          gsize before;
          int   fails_at = row->fails_at;

          for (guint k = 0; k < n; k++)
            g_byte_array_append (text, (const guint8 *) fillers[i],
                                 strlen (fillers[i]));
          before = text->len;
          g_byte_array_append (text, bytes, len);
          for (guint k = 0; k < n; k++)
            g_byte_array_append (text, (const guint8 *) fillers[i],
                                 strlen (fillers[i]));

          if (fails_at >= 0)
            fails_at += before;
          else if (fails_at == CUT && n > 0)
            fails_at = before + len;
          g_assert_cmpint (find_fault (text->data, text->len), ==, fails_at);
          check_bytewise (text->data, text->len, fails_at);
          for (gsize split = 0; split <= text->len; split++)
            check_parts (text->data, text->len, split, fails_at);
        }
    }
}

/* Qt: tst_DataProcessor::nonCharacterCodes */
static void
test_non_characters (void)
{
  for (gunichar plane = 0; plane <= 0x10; plane++)
    {
      for (gunichar last = 0xFFFE; last <= 0xFFFF; last++)
        {
          char      bytes[6];
          const int len = g_unichar_to_utf8 (plane << 16 | last, bytes);

          check ((const guint8 *) bytes, len, WHOLE);
        }
    }
}

static void
test_every_character (void)
{
  for (gunichar c = 0; c <= 0x10FFFF; c++)
    {
      /* Long enough for every way through the validator. */
      char           bytes[24] = "0123456789abcdef01";
      const int      len = g_unichar_to_utf8 (c, bytes + 18);
      const gboolean is_surrogate = c >= 0xD800 && c <= 0xDFFF;

      g_assert_cmpint (ws_utf8_is_valid ((guint8 *) bytes + 18, len), ==,
                       !is_surrogate);
      g_assert_cmpint (ws_utf8_is_valid ((guint8 *) bytes, 18 + len), ==,
                       !is_surrogate);
    }
}

/* Every pair of bytes with every kind of third and fourth. */
static void
test_every_pair (void)
{
  static const guint8 kinds[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                  0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xFF };
  guint8              bytes[40];

  memset (bytes, 'a', sizeof bytes);
  for (guint pair = 0; pair <= 0xFFFF; pair++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (kinds); i++)
        {
          int fault;

          bytes[19] = pair >> 8;
          bytes[20] = pair & 0xFF;
          bytes[21] = kinds[i / G_N_ELEMENTS (kinds)];
          bytes[22] = kinds[i % G_N_ELEMENTS (kinds)];
          fault = find_fault (bytes + 19, 4);
          if (ws_utf8_is_valid (bytes + 19, 4) != (fault == WHOLE)
              || ws_utf8_is_valid (bytes, 23) != (fault == WHOLE)
              || ws_utf8_is_valid (bytes, 40) != (fault == WHOLE))
            g_error ("%02X %02X %02X %02X is misjudged", bytes[19], bytes[20],
                     bytes[21], bytes[22]);
        }
    }
}

/* NUL is left out, here and in noise: g_utf8_validate() refuses it. */
static gunichar
draw_character (void)
{
  static const gunichar ends[] = { 0x80, 0x80, 0x800, 0xD800, 0x110000 };
  gunichar              c;

  do
    c = g_test_rand_int_range (
        1, ends[g_test_rand_int_range (0, G_N_ELEMENTS (ends))]);
  while (c >= 0xD800 && c <= 0xDFFF);
  return c;
}

static void
test_random (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      const gsize n_characters = g_test_rand_int_range (0, 80);
      g_autoptr (GString) text = g_string_new (NULL);
      const guint8 *bytes;
      int           fault;

      for (gsize i = 0; i < n_characters; i++)
        g_string_append_unichar (text, draw_character ());
      if (text->len > 0 && g_test_rand_bit ())
        text->str[g_test_rand_int_range (0, text->len)]
            = g_test_rand_int_range (1, 256);

      bytes = (const guint8 *) text->str;
      fault = find_fault (bytes, text->len);
      g_assert_cmpint (fault == WHOLE, ==,
                       g_utf8_validate (text->str, text->len, NULL));
      check_bytewise (bytes, text->len, fault);
      for (gsize split = 0; split <= text->len; split++)
        check_parts (bytes, text->len, split, fault);
    }
}

static void
test_random_noise (void)
{
  for (guint round = 0; round < 100000; round++)
    {
      guint8      bytes[32];
      const gsize len = g_test_rand_int_range (0, sizeof bytes);

      for (gsize i = 0; i < len; i++)
        bytes[i] = g_test_rand_int_range (1, 256);
      g_assert_cmpint (ws_utf8_is_valid (bytes, len), ==,
                       g_utf8_validate ((char *) bytes, len, NULL));
    }
}

static void
test_cut (void)
{
  const char *text = "aé€😀";

  g_assert_cmpuint (ws_utf8_cut (text, 10, 123), ==, 10);
  g_assert_cmpuint (ws_utf8_cut (text, 10, 10), ==, 10);
  for (gsize max = 6; max <= 9; max++)
    g_assert_cmpuint (ws_utf8_cut (text, 10, max), ==, 6);
  for (gsize max = 3; max <= 5; max++)
    g_assert_cmpuint (ws_utf8_cut (text, 10, max), ==, 3);
  for (gsize max = 1; max <= 2; max++)
    g_assert_cmpuint (ws_utf8_cut (text, 10, max), ==, 1);
  g_assert_cmpuint (ws_utf8_cut (text, 10, 0), ==, 0);
  g_assert_cmpuint (ws_utf8_cut ("", 0, 0), ==, 0);
}

static void
test_nothing (void)
{
  WsUtf8 utf8 = { 0 };

  g_assert_true (ws_utf8_is_valid (NULL, 0));
  g_assert_true (ws_utf8_feed (&utf8, (const guint8 *) "\303", 1));
  g_assert_true (ws_utf8_feed (&utf8, NULL, 0));
  g_assert_false (ws_utf8_is_complete (&utf8));
  g_assert_true (ws_utf8_feed (&utf8, (const guint8 *) "\251", 1));
  g_assert_true (ws_utf8_is_complete (&utf8));
}

/* Both widths say the same, wherever a long text is damaged. */
static void
test_widths (void)
{
  guint8 text[700];

  for (guint i = 0; i < 20000; i++)
    {
      const gsize len = (gsize) g_test_rand_int_range (1, sizeof text + 1);
      gboolean    is_off = ws_vector_is_off;
      WsUtf8      wide = { 0 };
      WsUtf8      narrow = { 0 };
      gboolean    is_valid;

      for (gsize at = 0; at < len; at += 3)
        memcpy (text + at, i % 2 == 0 ? "\xe2\x82\xac" : "abc",
                MIN (3, len - at));
      for (guint j = 0; j < i % 3; j++)
        text[g_test_rand_int_range (0, (int) len)]
            = (guint8) g_test_rand_int ();
      ws_vector_is_off = TRUE;
      is_valid = ws_utf8_feed (&narrow, text, len);
      ws_vector_is_off = FALSE;
      g_assert_cmpint (ws_utf8_feed (&wide, text, len), ==, is_valid);
      ws_vector_is_off = is_off;
      g_assert_cmpuint (wide.state, ==, narrow.state);
      if (is_valid)
        g_assert_cmpuint (wide.pending, ==, narrow.pending);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  ws_vector_is_off = g_getenv ("WS_TEST_NARROW") != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *alone
          = g_strconcat ("/protocol/utf8/row/", rows[i].name, NULL);
      g_autofree char *within
          = g_strconcat ("/protocol/utf8/row-within/", rows[i].name, NULL);

      g_test_add_data_func (alone, &rows[i], test_row);
      g_test_add_data_func (within, &rows[i], test_row_within);
    }
  g_test_add_func ("/protocol/utf8/non-characters", test_non_characters);
  g_test_add_func ("/protocol/utf8/every-character", test_every_character);
  g_test_add_func ("/protocol/utf8/every-pair", test_every_pair);
  g_test_add_func ("/protocol/utf8/random", test_random);
  g_test_add_func ("/protocol/utf8/random-noise", test_random_noise);
  g_test_add_func ("/protocol/utf8/cut", test_cut);
  g_test_add_func ("/protocol/utf8/nothing", test_nothing);
  g_test_add_func ("/protocol/utf8/widths", test_widths);
  return g_test_run ();
}
