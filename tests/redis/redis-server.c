/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redis-server.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct _RedisServer
{
  char        *folder;   /* (owned) */
  char        *socket;   /* (owned) */
  char        *url;      /* (owned) */
  char        *password; /* (owned) (nullable) */
  char        *address;  /* (owned) (nullable): at the socket only */
  guint        port;     /* of the address */
  GSubprocess *process;  /* (owned) (nullable) */
};

/* --- The process --- */

static void
on_child (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* FALSE: it has ended instead of getting ready. */
static gboolean
wait_ready (GSubprocess *process)
{
  g_autoptr (GDataInputStream) lines
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line = NULL;

  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL))
         != NULL)
    {
      const gboolean is_ready
          = strstr (line, "Ready to accept connections") != NULL
            || strstr (line, "now ready to accept connections") != NULL;

      g_free (g_steal_pointer (&line));
      if (is_ready)
        return TRUE;
    }
  return FALSE;
}

static gboolean
try_start (RedisServer *self)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "redis-server",
                         "--port",
                         port,
                         "--bind",
                         self->address != NULL ? self->address : "127.0.0.1",
                         "--unixsocket",
                         self->socket,
                         "--dir",
                         self->folder,
                         "--appendonly",
                         "yes",
                         "--appendfsync",
                         "always",
                         "--save",
                         "",
                         "--daemonize",
                         "no",
                         "--repl-diskless-sync-delay",
                         "0",
                         "--enable-debug-command",
                         "yes",
                         "--requirepass",
                         self->password,
                         NULL };

  if (self->password == NULL)
    argv[G_N_ELEMENTS (argv) - 3] = NULL;
  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  if (wait_ready (self->process))
    return TRUE;
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  return FALSE;
}

/* Somebody else may have taken it since. */
static guint
choose_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  const guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

RedisServer *
redis_server_new_at (const char *address, const char *password)
{
  RedisServer *self = g_new0 (RedisServer, 1);
  guint        n_attempts = 0;

  self->folder = g_dir_make_tmp ("ws-redis-XXXXXX", NULL);
  self->socket = g_build_filename (self->folder, "socket", NULL);
  self->address = g_strdup (address);
  self->password = g_strdup (password);
  do
    {
      self->port = address != NULL ? choose_port () : 0;
      g_assert_cmpuint (n_attempts++, <, 10);
    }
  while (!try_start (self));
  if (address != NULL)
    self->url
        = g_strdup_printf ("redis://%s%s%s%s:%u", password != NULL ? ":" : "",
                           password != NULL ? password : "",
                           password != NULL ? "@" : "", address, self->port);
  else
    self->url = redis_server_dup_socket_url (self);
  return self;
}

RedisServer *
redis_server_new (gboolean is_tcp, const char *password)
{
  return redis_server_new_at (is_tcp ? "127.0.0.1" : NULL, password);
}

void
redis_server_start (RedisServer *self)
{
  g_assert_null (self->process);
  g_assert_true (try_start (self));
}

void
redis_server_signal (RedisServer *self, int signal)
{
  siginfo_t info;

  g_subprocess_send_signal (self->process, signal);
  /* Until then it goes on working. */
  if (signal == SIGSTOP)
    g_assert_no_errno (
        waitid (P_PID,
                (id_t) atoi (g_subprocess_get_identifier (self->process)),
                &info, WSTOPPED | WNOWAIT));
}

void
redis_server_kill (RedisServer *self)
{
  redis_server_signal (self, SIGKILL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

static void
remove_folder (const char *path)
{
  GDir       *folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_clear_pointer (&folder, g_dir_close);
  g_rmdir (path);
}

void
redis_server_free (RedisServer *self)
{
  if (self->process != NULL)
    redis_server_kill (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->socket);
  g_free (self->url);
  g_free (self->password);
  g_free (self->address);
  g_free (self);
}

/* --- What it is told --- */

const char *
redis_server_get_url (RedisServer *self)
{
  return self->url;
}

char *
redis_server_dup_socket_url (RedisServer *self)
{
  const gboolean has_password = self->password != NULL;

  return g_strdup_printf ("redis+unix://%s%s%s%s", has_password ? ":" : "",
                          has_password ? self->password : "",
                          has_password ? "@" : "", self->socket);
}

guint
redis_server_get_port (RedisServer *self)
{
  return self->port;
}

char *
redis_server_dup_host (RedisServer *self)
{
  return g_strdup_printf ("%s:%u", self->address, self->port);
}

char *
redis_server_say (RedisServer *self, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char       *output;
  const char *word;
  va_list     args;

  g_ptr_array_add (argv, (gpointer) "redis-cli");
  g_ptr_array_add (argv, (gpointer) "-s");
  g_ptr_array_add (argv, self->socket);
  if (self->password != NULL)
    {
      g_ptr_array_add (argv, (gpointer) "-a");
      g_ptr_array_add (argv, self->password);
    }
  va_start (args, self);
  while ((word = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) word);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  return g_strstrip (output);
}
