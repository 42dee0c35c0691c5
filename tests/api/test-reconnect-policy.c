/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* What the policy answers, without any connection. */

typedef struct
{
  const char *name;
  guint       minimum, maximum;
  double      factor;
  guint       max_attempts;
  int         delays[8];
} BackOff;

/* clang-format off */
static const BackOff back_offs[] = {
  { "doubles", 1000, 60000, 2, 0,
    { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 } },
  { "grows-by-half", 100, 1000, 1.5, 0,
    { 100, 150, 225, 337, 506, 759, 1000, 1000 } },
  { "stays", 250, 60000, 1, 0, { 250, 250, 250, 250, 250, 250, 250, 250 } },
  { "leaps", 1, G_MAXINT, 1e300, 0,
    { 1, G_MAXINT, G_MAXINT, G_MAXINT, G_MAXINT, G_MAXINT, G_MAXINT,
      G_MAXINT } },
  { "minimum-above-maximum", 5000, 1000, 2, 0,
    { 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000 } },
  { "ends", 10, 1000, 10, 3, { 10, 100, 1000, -1, -1, -1, -1, -1 } },
};
/* clang-format on */

static void
test_back_off (gconstpointer data)
{
  const BackOff     *row = data;
  WsReconnectPolicy *policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", row->minimum,
                      "maximum", row->maximum, "factor", row->factor, "jitter",
                      0.0, "max-attempts", row->max_attempts, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (row->delays); i++)
    g_assert_cmpint (ws_reconnect_policy_get_delay (policy, i + 1), ==,
                     row->delays[i]);
  /* No power is too great. */
  g_assert_cmpint (ws_reconnect_policy_get_delay (policy, G_MAXUINT), ==,
                   row->delays[7]);
  g_assert_finalize_object (policy);
}

static void
test_jitter (void)
{
  static const double shares[] = { 0.1, 0.5, 1 };
  WsReconnectPolicy  *policy = ws_reconnect_policy_new ();

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      int lowest = G_MAXINT, highest = 0;

      ws_reconnect_policy_set_jitter (policy, shares[i]);
      for (guint j = 0; j < 1000; j++)
        {
          int delay = ws_reconnect_policy_get_delay (policy, 4);

          lowest = MIN (lowest, delay);
          highest = MAX (highest, delay);
        }
      /* It draws from all of the share, and takes nothing beyond. */
      g_assert_cmpint (highest, <=, 8000);
      g_assert_cmpint (highest, >, 8000 - (int) (8000 * shares[i] / 4));
      g_assert_cmpint (lowest, >=, MAX (1, (int) (8000 * (1 - shares[i]))));
      g_assert_cmpint (lowest, <, 8000 - (int) (8000 * shares[i] * 3 / 4));
    }
  g_assert_finalize_object (policy);
}

static void
test_properties (void)
{
  WsReconnectPolicy *policy = ws_reconnect_policy_new ();
  guint              n_notified = 0;

  g_assert_cmpuint (ws_reconnect_policy_get_minimum (policy), ==, 1000);
  g_assert_cmpuint (ws_reconnect_policy_get_maximum (policy), ==, 60000);
  g_assert_cmpfloat (ws_reconnect_policy_get_factor (policy), ==, 2);
  g_assert_cmpfloat (ws_reconnect_policy_get_jitter (policy), ==, 0.5);
  g_assert_cmpuint (ws_reconnect_policy_get_reset_after (policy), ==, 10000);
  g_assert_cmpuint (ws_reconnect_policy_get_max_attempts (policy), ==, 0);
  g_assert_false (ws_reconnect_policy_get_after_normal_close (policy));

  api_count (policy, "notify", &n_notified);
  for (guint i = 0; i < 2; i++)
    {
      ws_reconnect_policy_set_minimum (policy, 7);
      ws_reconnect_policy_set_maximum (policy, 70);
      ws_reconnect_policy_set_factor (policy, 3);
      ws_reconnect_policy_set_jitter (policy, 0);
      ws_reconnect_policy_set_reset_after (policy, 0);
      ws_reconnect_policy_set_max_attempts (policy, 9);
      ws_reconnect_policy_set_after_normal_close (policy, TRUE);
    }
  g_assert_cmpuint (n_notified, ==, 7);
  g_assert_cmpint (ws_reconnect_policy_get_delay (policy, 2), ==, 21);
  g_assert_finalize_object (policy);
}

static void
test_fatal_close_codes (void)
{
  static const guint defaults[] = { 1002, 1003, 1007, 1008, 1009, 1010 };
  static const guint own[] = { 4001, 4002 };
  WsReconnectPolicy *policy = ws_reconnect_policy_new ();
  gsize              n = 0;
  const guint *codes = ws_reconnect_policy_get_fatal_close_codes (policy, &n);
  g_autoptr (GVariant) variant = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpmem (codes, n * sizeof *codes, defaults, sizeof defaults);
  ws_reconnect_policy_set_fatal_close_codes (policy, own, 2);
  g_object_get (policy, "fatal-close-codes", &variant, NULL);
  text = g_variant_print (variant, FALSE);
  g_assert_cmpstr (text, ==, "[4001, 4002]");
  ws_reconnect_policy_set_fatal_close_codes (policy, NULL, 0);
  ws_reconnect_policy_get_fatal_close_codes (policy, &n);
  g_assert_cmpuint (n, ==, 0);
  g_object_set (policy, "fatal-close-codes", variant, NULL);
  codes = ws_reconnect_policy_get_fatal_close_codes (policy, &n);
  g_assert_cmpmem (codes, n * sizeof *codes, own, sizeof own);
  g_object_set (policy, "fatal-close-codes", NULL, NULL);
  ws_reconnect_policy_get_fatal_close_codes (policy, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_finalize_object (policy);
}

/* A socket that has not ended is no obstacle. */
static void
test_fresh_socket (void)
{
  WsReconnectPolicy *policy = ws_reconnect_policy_new ();
  WsSocket          *socket = ws_socket_new ();

  g_assert_true (ws_reconnect_policy_should_reconnect (policy, socket));
  g_assert_finalize_object (socket);
  g_assert_finalize_object (policy);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (back_offs); i++)
    {
      g_autofree char *path = g_strconcat ("/api/reconnect-policy/back-off/",
                                           back_offs[i].name, NULL);

      g_test_add_data_func (path, &back_offs[i], test_back_off);
    }
  g_test_add_func ("/api/reconnect-policy/jitter", test_jitter);
  g_test_add_func ("/api/reconnect-policy/properties", test_properties);
  g_test_add_func ("/api/reconnect-policy/fatal-close-codes",
                   test_fatal_close_codes);
  g_test_add_func ("/api/reconnect-policy/fresh-socket", test_fresh_socket);
  return g_test_run ();
}
