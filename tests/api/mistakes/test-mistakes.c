/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every public function, in every state, with every wrong argument: what comes
 * of a program's mistake is a critical of ours, an error, or nothing, and never
 * undefined behaviour, which the sanitizers would see. What GLib complains of
 * is what we should have looked at. */
#include "world.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* So many calls share a world that none of them changes. */
#define SHARED 64

static struct
{
  const Call  *call;
  const State *state;
  guint        choices[CALL_MAX_ARGUMENTS];
  guint        n_criticals;
  char         label[256];
} now;

static void
on_log (const char    *domain,
        GLogLevelFlags level,
        const char    *message,
        gpointer       data)
{
  if ((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return;
  /* GObject's word on an enumeration's value is as good as ours. */
  if (g_strcmp0 (domain, "Ws") == 0 || g_strcmp0 (domain, "WsRedis") == 0
      || strstr (message, "is invalid or out of range for property") != NULL)
    {
      ++now.n_criticals;
      return;
    }
  g_test_message ("%s%s: %s", now.label, domain, message);
  g_test_fail ();
}

/* A crash says where. */
static void
on_crash (int number)
{
  ssize_t n = write (STDERR_FILENO, now.label, strlen (now.label));

  (void) n;
  signal (number, SIG_DFL);
  raise (number);
}

static void
write_label (void)
{
  gsize len = g_snprintf (now.label, sizeof now.label, "%s() in %s, values",
                          now.call->name, now.state->name);

  for (guint i = 0; i < now.call->n_arguments && len < sizeof now.label; ++i)
    len += g_snprintf (now.label + len, sizeof now.label - len, " %u",
                       now.choices[i]);
  g_strlcat (now.label, "\n", sizeof now.label);
}

static void
run_call (World *world)
{
  now.n_criticals = 0;
  now.call->call (&world->values, now.choices);
  /* A missing instance is never taken for something that may be. */
  if (now.call->instance == NULL || now.choices[0] == 0 || now.n_criticals > 0)
    return;
  g_test_message ("%sno critical", now.label);
  g_test_fail ();
}

static void
try_choice (World *world)
{
  write_label ();
  if (now.state->call != NULL)
    now.state->call (world, run_call);
  else
    run_call (world);
  world_settle (world);
}

/* One argument is wrong at a time, and none the first time. */
static void
try_call (World *world, const char *type, guint *n_shared)
{
  for (guint i = 0; i < now.call->n_arguments; ++i)
    for (guint choice = i == 0 ? 0 : 1; choice < now.call->n_values[i];
         ++choice)
      {
        memset (now.choices, 0, sizeof now.choices);
        now.choices[i] = choice;
        try_choice (world);
        if (++*n_shared < SHARED && !now.state->is_alone
            && !world_changed (world))
          continue;
        world_clear (world);
        world_init (world, now.state, type);
        *n_shared = 0;
      }
}

static void
test_state (const char *type)
{
  World world;
  guint n_shared = 0;

  world_init (&world, now.state, type);
  for (guint i = 0; i < n_calls; ++i)
    if (g_strcmp0 (calls[i].instance, type) == 0)
      {
        now.call = &calls[i];
        try_call (&world, type, &n_shared);
      }
  world_clear (&world);
}

typedef struct
{
  const State *state;
  const char  *type;
} Row;

static void
test_row (gconstpointer data)
{
  const Row *row = data;

  now.state = row->state;
  test_state (row->type);
}

/* What is no method: constructors, ws_connect(), questions about codes. */
static void
test_functions (void)
{
  World world;

  now.state = &states[0];
  world_init (&world, now.state, "WsSocket");
  for (guint i = 0; i < n_calls; ++i)
    if (calls[i].instance == NULL)
      {
        guint n_shared = 0;

        now.call = &calls[i];
        if (now.call->n_arguments > 0)
          try_call (&world, "WsSocket", &n_shared);
        else
          try_choice (&world);
      }
  world_clear (&world);
}

static void
add_row (const State *state, const char *type)
{
  Row             *row = g_new (Row, 1);
  g_autofree char *path
      = g_strdup_printf ("/mistakes/%s/%s", type, state->name);

  row->state = state;
  row->type = type;
  g_test_add_data_func_full (path, row, test_row, g_free);
}

static gboolean
has_own_states (const char *type)
{
  for (guint i = 0; i < n_states; ++i)
    if (states[i].type != NULL && strcmp (states[i].type, type) == 0
        && (strcmp (type, "WsSocket") == 0 || strcmp (type, "WsServer") == 0))
      return TRUE;
  return FALSE;
}

static void
add_rows (void)
{
  g_autoptr (GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n_calls; ++i)
    {
      const char *type = calls[i].instance;

      if (type == NULL || !g_hash_table_add (types, (gpointer) type))
        continue;
      for (guint j = 0; j < n_states; ++j)
        if (states[j].type != NULL ? strcmp (states[j].type, type) == 0
                                   : !has_own_states (type))
          add_row (&states[j], type);
    }
}

/* Sockets and files that a call makes lie in a folder that goes. */
static void
enter_folder (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-mistakes-XXXXXX", NULL);

  g_assert_nonnull (folder);
  g_assert_no_errno (g_chdir (folder));
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (on_log, NULL);
  signal (SIGSEGV, on_crash);
  signal (SIGABRT, on_crash);
  enter_folder ();
  g_test_add_func ("/mistakes/functions", test_functions);
  add_rows ();
  return g_test_run ();
}
