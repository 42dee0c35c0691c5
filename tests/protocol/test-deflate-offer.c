/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate-offer.h"

#include <string.h>

#include "support/ws-test.h"

#define PMD  "permessage-deflate"
#define SNCT "server_no_context_takeover"
#define CNCT "client_no_context_takeover"
#define SMWB "server_max_window_bits"
#define CMWB "client_max_window_bits"

/* (transfer full): "client 15, server 9 alone": the windows, and who keeps no
 * context. */
static char *
describe (const WsDeflateParams *params)
{
  return g_strdup_printf ("client %u%s, server %u%s",
                          params->client_window_bits,
                          params->client_no_context_takeover ? " alone" : "",
                          params->server_window_bits,
                          params->server_no_context_takeover ? " alone" : "");
}

static WsDeflateSettings
make_settings (guint    client_bits,
               guint    server_bits,
               gboolean client_alone,
               gboolean server_alone)
{
  WsDeflateSettings settings = WS_DEFLATE_SETTINGS_DEFAULT;

  settings.client_max_window_bits = client_bits;
  settings.server_max_window_bits = server_bits;
  settings.client_no_context_takeover = client_alone;
  settings.server_no_context_takeover = server_alone;
  return settings;
}

/* clang-format off */
static const struct
{
  guint       client_bits;
  guint       server_bits;
  gboolean    client_alone;
  gboolean    server_alone;
  const char *offer;
} builds[] = {
  { 15, 15, FALSE, FALSE, PMD "; " CMWB },
  { 10, 15, FALSE, FALSE, PMD "; " CMWB "=10" },
  { 15, 8, FALSE, FALSE, PMD "; " SMWB "=8; " CMWB },
  { 15, 15, TRUE, FALSE, PMD "; " CNCT "; " CMWB },
  { 15, 15, FALSE, TRUE, PMD "; " SNCT "; " CMWB },
  { 8, 9, TRUE, TRUE, PMD "; " SNCT "; " CNCT "; " SMWB "=9; " CMWB "=8" },
};

/* What servers make of offers: by default, and with windows of 10 and 11 bits
 * and without contexts. NULL: declined. */
static const struct
{
  const char *offers;
  const char *answer;
  const char *params;
  const char *strict_answer;
} accepts[] = {
  { PMD, PMD, "client 15, server 15", NULL },
  { NULL, NULL, NULL, NULL },
  { "", NULL, NULL, NULL },
  { ",", NULL, NULL, NULL },
  { "x-webkit-deflate-frame", NULL, NULL, NULL },
  { "Permessage-Deflate", NULL, NULL, NULL },
  { PMD "=1", NULL, NULL, NULL },
  { PMD "; " CMWB, PMD, "client 15, server 15",
    PMD "; " SNCT "; " CNCT "; " SMWB "=11; " CMWB "=10" },
  { PMD ";" CMWB ";" SNCT, PMD "; " SNCT, "client 15, server 15 alone",
    PMD "; " SNCT "; " CNCT "; " SMWB "=11; " CMWB "=10" },
  { PMD "; " CNCT, PMD "; " CNCT, "client 15 alone, server 15", NULL },
  { PMD "; " CMWB "=9", PMD "; " CMWB "=9", "client 9, server 15",
    PMD "; " SNCT "; " CNCT "; " SMWB "=11; " CMWB "=9" },
  { PMD "; " CMWB "=15", PMD, "client 15, server 15",
    PMD "; " SNCT "; " CNCT "; " SMWB "=11; " CMWB "=10" },
  { PMD "; " SMWB "=15", PMD "; " SMWB "=15", "client 15, server 15", NULL },
  { PMD "; " SMWB "=8; " CMWB "=8", PMD "; " SMWB "=8; " CMWB "=8",
    "client 8, server 8", PMD "; " SNCT "; " CNCT "; " SMWB "=8; " CMWB "=8" },
  { PMD "; " SMWB "=\"10\"", PMD "; " SMWB "=10", "client 15, server 10",
    NULL },
  { PMD "; " SMWB "=\"1\\0\"", PMD "; " SMWB "=10", "client 15, server 10",
    NULL },
  { PMD " ; " SMWB " = 10", PMD "; " SMWB "=10", "client 15, server 10", NULL },
  { PMD "; " SMWB, NULL, NULL, NULL },
  { PMD "; " SMWB "=", NULL, NULL, NULL },
  { PMD "; " SMWB "=\"\"", NULL, NULL, NULL },
  { PMD "; " SMWB "=7", NULL, NULL, NULL },
  { PMD "; " SMWB "=16", NULL, NULL, NULL },
  { PMD "; " SMWB "=08", NULL, NULL, NULL },
  { PMD "; " SMWB "=0", NULL, NULL, NULL },
  { PMD "; " SMWB "=+9", NULL, NULL, NULL },
  { PMD "; " SMWB "=-9", NULL, NULL, NULL },
  { PMD "; " SMWB "=9x", NULL, NULL, NULL },
  { PMD "; " SMWB "=\" 9\"", NULL, NULL, NULL },
  { PMD "; " SMWB "=18446744073709551625", NULL, NULL, NULL },
  { PMD "; " SMWB "=9; " SMWB "=9", NULL, NULL, NULL },
  { PMD "; " CMWB "=7", NULL, NULL, NULL },
  { PMD "; " CMWB "=16", NULL, NULL, NULL },
  { PMD "; " CMWB "=", NULL, NULL, NULL },
  { PMD "; " CMWB "; " CMWB, NULL, NULL, NULL },
  { PMD "; " CMWB "; " CMWB "=9", NULL, NULL, NULL },
  { PMD "; " CMWB "=9; " CMWB, NULL, NULL, NULL },
  { PMD "; " SNCT "; " SNCT, NULL, NULL, NULL },
  { PMD "; " CNCT "; " CNCT, NULL, NULL, NULL },
  { PMD "; " SNCT "=1", NULL, NULL, NULL },
  { PMD "; " CNCT "=true", NULL, NULL, NULL },
  { PMD "; unknown", NULL, NULL, NULL },
  { PMD "; unknown=9", NULL, NULL, NULL },
  { PMD "; Server_No_Context_Takeover", NULL, NULL, NULL },
  { PMD "; two words", NULL, NULL, NULL },
  { PMD "; =9", NULL, NULL, NULL },
  { PMD "; " SMWB "=\"9", NULL, NULL, NULL },
  /* RFC 7692, 7.1.3, and other fallbacks */
  { PMD "; " CMWB "; " SMWB "=10, " PMD "; " CMWB, PMD "; " SMWB "=10",
    "client 15, server 10", PMD "; " SNCT "; " CNCT "; " SMWB "=10; " CMWB "=10"
    },
  { PMD "; unknown, " PMD, PMD, "client 15, server 15", NULL },
  { PMD "; " SMWB "=16, " PMD "; " SMWB "=9", PMD "; " SMWB "=9",
    "client 15, server 9", NULL },
  { "x-other; " PMD ", bzip2, " PMD "; " CNCT, PMD "; " CNCT,
    "client 15 alone, server 15", NULL },
  { PMD ", " PMD "; " CMWB, PMD, "client 15, server 15",
    PMD "; " SNCT "; " CNCT "; " SMWB "=11; " CMWB "=10" },
};

/* What clients make of answers: by default, and after an offer of 10 and 11
 * bits and without contexts. What is not agreed on begins with "!" and is part
 * of the message. */
static const struct
{
  const char *answer;
  const char *outcome;
  const char *strict_outcome;
} judges[] = {
  { PMD, "client 15, server 15", "!" SNCT " is missing" },
  { PMD "; " SNCT, "client 15, server 15 alone", "!" SMWB " is missing" },
  { PMD "; " CNCT, "client 15 alone, server 15", "!" SNCT " is missing" },
  { PMD "; " SMWB "=9", "client 15, server 9", "!" SNCT " is missing" },
  { PMD "; " SNCT "; " SMWB "=11", "client 15, server 11 alone",
    "client 10 alone, server 11 alone" },
  { PMD "; " SNCT "; " SMWB "=8; " CMWB "=8", "client 8, server 8 alone",
    "client 8 alone, server 8 alone" },
  { PMD "; " SNCT "; " SMWB "=12", "client 15, server 12 alone",
    "!" SMWB " is 12, over the offered 11" },
  { PMD "; " SNCT "; " SMWB "=11; " CMWB "=11", "client 11, server 11 alone",
    "!" CMWB " is 11, over the offered 10" },
  { PMD "; " CMWB "=15", "client 15, server 15", "!" SNCT " is missing" },
  { PMD "; " CMWB, "!" CMWB " has no value", "!" CMWB },
  { PMD "; " SMWB, "!" SMWB " has no value", "!" SMWB },
  { PMD "; " SMWB "=16", "!" SMWB " is \"16\", not 8 to 15", "!" SMWB },
  { PMD "; " CMWB "=7", "!" CMWB " is \"7\", not 8 to 15", "!" CMWB },
  { PMD "; " CMWB "=nine", "!" CMWB " is \"nine\", not", "!" CMWB },
  { PMD "; " SNCT "=1", "!" SNCT " takes no value", "!" SNCT },
  { PMD "; " SNCT "; " SNCT, "!" SNCT " comes twice", "!" SNCT },
  { PMD "; " CNCT "; " CNCT, "!" CNCT " comes twice", "!" CNCT },
  { PMD "; " SMWB "=9; " SMWB "=9", "!" SMWB " comes twice", "!" SMWB },
  { PMD "; " CMWB "=9; " CMWB "=9", "!" CMWB " comes twice", "!" CMWB },
  { PMD "; unknown", "!the parameter \"unknown\" is unknown", "!unknown" },
  { PMD "; a b", "!the parameter \"a b\" is malformed", "!a b" },
  { PMD ", " PMD, "!exactly one extension", "!exactly one" },
  { PMD ", other", "!exactly one extension", "!exactly one" },
  { "", "!exactly one extension", "!exactly one" },
  { "other", "!\"other\" is another extension", "!\"other\"" },
};
/* clang-format on */

static void
test_build (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (builds); i++)
    {
      WsDeflateSettings settings
          = make_settings (builds[i].client_bits, builds[i].server_bits,
                           builds[i].client_alone, builds[i].server_alone);
      g_autofree char *offer = ws_deflate_offer_build (&settings);

      g_assert_cmpstr (offer, ==, builds[i].offer);
    }
}

static void
test_accept (void)
{
  WsDeflateSettings strict = make_settings (10, 11, TRUE, TRUE);
  WsDeflateSettings normal = WS_DEFLATE_SETTINGS_DEFAULT;

  for (gsize i = 0; i < G_N_ELEMENTS (accepts); i++)
    {
      WsDeflateParams  params;
      g_autofree char *strict_answer
          = ws_deflate_offer_accept (accepts[i].offers, &strict, &params);
      g_autofree char *answer
          = ws_deflate_offer_accept (accepts[i].offers, &normal, &params);
      g_autofree char *agreed = answer != NULL ? describe (&params) : NULL;

      g_test_message ("%s", accepts[i].offers);
      g_assert_cmpstr (answer, ==, accepts[i].answer);
      g_assert_cmpstr (agreed, ==, accepts[i].params);
      g_assert_cmpstr (strict_answer, ==, accepts[i].strict_answer);
    }
}

static void
check_judge (const char              *answer,
             const WsDeflateSettings *settings,
             const char              *outcome)
{
  WsDeflateParams params;
  WsHttpFault     fault = { 0, "" };

  g_test_message ("%s", answer);
  if (ws_deflate_offer_judge (answer, settings, &params, &fault))
    {
      g_autofree char *agreed = describe (&params);

      g_assert_cmpstr (agreed, ==, outcome);
      return;
    }
  g_assert_cmpint (outcome[0], ==, '!');
  g_assert_cmpuint (fault.status, ==, 101);
  g_assert_nonnull (strstr (fault.message, outcome + 1));
  g_assert_true (g_str_has_prefix (fault.message,
                                   "The server answered 101 Switching "
                                   "Protocols, but permessage-deflate: "));
}

static void
test_judge (void)
{
  WsDeflateSettings strict = make_settings (10, 11, TRUE, TRUE);
  WsDeflateSettings normal = WS_DEFLATE_SETTINGS_DEFAULT;

  for (gsize i = 0; i < G_N_ELEMENTS (judges); i++)
    {
      check_judge (judges[i].answer, &normal, judges[i].outcome);
      check_judge (judges[i].answer, &strict, judges[i].strict_outcome);
    }
}

static WsDeflateSettings
nth_settings (guint n)
{
  static const guint bits[] = { 8, 9, 12, 15 };

  return make_settings (bits[n & 3], bits[n >> 2 & 3], n >> 4 & 1, n >> 5 & 1);
}

/* Whatever a client and a server of ours want, they agree, within what both
 * want. */
static void
test_both (void)
{
  for (guint n = 0; n < 64 * 64; n++)
    {
      WsDeflateSettings client = nth_settings (n & 63);
      WsDeflateSettings server = nth_settings (n >> 6);
      g_autofree char  *offer = ws_deflate_offer_build (&client);
      WsDeflateParams   a, b;
      WsHttpFault       fault;
      g_autofree char  *answer = ws_deflate_offer_accept (offer, &server, &a);

      g_assert_nonnull (answer);
      if (!ws_deflate_offer_judge (answer, &client, &b, &fault))
        g_error ("%s: %s", answer, fault.message);
      g_assert_cmpuint (a.client_window_bits, ==, b.client_window_bits);
      g_assert_cmpuint (a.server_window_bits, ==, b.server_window_bits);
      g_assert_true (a.client_no_context_takeover
                     == b.client_no_context_takeover);
      g_assert_true (a.server_no_context_takeover
                     == b.server_no_context_takeover);
      g_assert_cmpuint (a.client_window_bits, ==,
                        MIN (client.client_max_window_bits,
                             server.client_max_window_bits));
      g_assert_cmpuint (a.server_window_bits, ==,
                        MIN (client.server_max_window_bits,
                             server.server_max_window_bits));
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/deflate-offer/build", test_build);
  g_test_add_func ("/protocol/deflate-offer/accept", test_accept);
  g_test_add_func ("/protocol/deflate-offer/judge", test_judge);
  g_test_add_func ("/protocol/deflate-offer/both", test_both);
  return g_test_run ();
}
