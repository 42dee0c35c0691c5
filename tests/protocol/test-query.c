/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-query.h"

#include "support/ws-test.h"

static const struct
{
  const char *target;
  const char *path;
  const char *query; /* (nullable) */
} targets[] = {
  { "/", "/", NULL },        { "/a%20b", "/a%20b", NULL },
  { "/?", "/", "" },         { "/chat?room=1", "/chat", "room=1" },
  { "/a?b?c", "/a", "b?c" }, { "*", "*", NULL },
  { "", "", NULL },
};

static void
test_targets (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autofree char *path = ws_query_cut_path (targets[i].target);

      g_assert_cmpstr (path, ==, targets[i].path);
      g_assert_cmpstr (ws_query_find (targets[i].target), ==, targets[i].query);
    }
}

static const struct
{
  const char *query;
  const char *values; /* of "a", each with a ";"; or what is wrong */
  const char *names;  /* likewise, of all */
} rows[] = {
  { NULL, "", "" },
  { "", "", "" },
  { "a", ";", "a;" },
  { "a=", ";", "a;" },
  { "a=1", "1;", "a;" },
  { "a=1&a=2&b=3&a=", "1;2;;", "a;b;" },
  { "&&a=1&", "1;", "a;" },
  { "=1&a=2", "2;", ";a;" },
  { "A=1", "", "A;" },
  { "a=b=c", "b=c;", "a;" },
  { "a=x+y%20z%2B", "x y z+;", "a;" },
  { "%61=%c3%bc%26%3D", "\303\274&=;", "a;" },
  { "b=%ff&a=1", "1;", "b;a;" },
  { "a=%ff", "!a=%ff", "a;" },
  { "b&a=1&a=x%00", "!a=x%00", "b;a;" },
  { "a=%f", "!a=%f", "a;" },
  { "a=%", "!a=%", "a;" },
  { "a=%zz&b", "!a=%zz", "a;b;" },
  { "a=%ed%a0%80", "!a=%ed%a0%80", "a;" },
  { "%ff=1&a=2", "2;", "!%ff" },
  { "a%00=1&b", "", "!a%00" },
  { "a=1#b=2", "1;", "a;" },
};

static void
check (char **got, char *culprit, const char *expected)
{
  g_autofree char *joined = NULL;

  g_assert_true ((got == NULL) == (culprit != NULL));
  if (got == NULL)
    joined = g_strconcat ("!", culprit, NULL);
  else
    {
      GString *text = g_string_new (NULL);

      for (guint i = 0; got[i] != NULL; i++)
        g_string_append_printf (text, "%s;", got[i]);
      joined = g_string_free (text, FALSE);
    }
  g_assert_cmpstr (joined, ==, expected);
  g_strfreev (got);
  g_free (culprit);
}

static void
test_parameters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char  *culprit = NULL;
      char **got = ws_query_get (rows[i].query, "a", &culprit);

      g_test_message ("%s", rows[i].query);
      check (got, culprit, rows[i].values);
      culprit = NULL;
      got = ws_query_list (rows[i].query, &culprit);
      check (got, culprit, rows[i].names);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/query/targets", test_targets);
  g_test_add_func ("/protocol/query/parameters", test_parameters);
  return g_test_run ();
}
