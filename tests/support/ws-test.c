/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-test.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not by G_TEST_OPTION_ISOLATE_DIRS: GLib never frees those folders, and to
 * tell them from other leaks takes the whole stack of each allocation, which
 * makes a test up to twenty times as slow under ASan. */
void
ws_test_init (int *argc, char ***argv)
{
  static const char *const folders[] = {
    "HOME",          "XDG_CACHE_HOME",  "XDG_CONFIG_HOME",
    "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
  };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    g_setenv (folders[i], "/nonexistent", TRUE);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (argc, argv, NULL);
}

guint8 *
ws_test_hex (const char *hex, gsize *len)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 *exact;

  for (const char *p = hex; *p != '\0';)
    {
      guint8 byte;

      if (g_ascii_isspace (*p))
        {
          p++;
          continue;
        }
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        g_error ("\"%s\" is not a row of hexadecimal bytes", hex);
      byte = g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]);
      g_byte_array_append (bytes, &byte, 1);
      p += 2;
    }

  *len = bytes->len;
  exact = g_malloc (MAX (bytes->len, 1));
  if (bytes->len > 0)
    memcpy (exact, bytes->data, bytes->len);
  return exact;
}

/* How many bytes of whole pages hold @len bytes. */
static gsize
readable_size (gsize len)
{
  const gsize page = sysconf (_SC_PAGESIZE);

  return (len + page - 1) / page * page;
}

guint8 *
ws_test_guarded (const guint8 *data, gsize len)
{
  const gsize page = sysconf (_SC_PAGESIZE);
  const gsize readable = readable_size (len);
  guint8     *base;
  guint8     *guarded;

  base = mmap (NULL, readable + page, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (base != MAP_FAILED);
  g_assert_cmpint (mprotect (base + readable, page, PROT_NONE), ==, 0);

  guarded = base + readable - len;
  if (len > 0)
    memcpy (guarded, data, len);
  return guarded;
}

void
ws_test_guarded_free (guint8 *guarded, gsize len)
{
  const gsize page = sysconf (_SC_PAGESIZE);
  const gsize readable = readable_size (len);

  g_assert_cmpint (munmap (guarded + len - readable, readable + page), ==, 0);
}

guint16
ws_test_dead_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t          len = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, len));
  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &address, &len));
  return ntohs (address.sin_port);
}

static gboolean
on_deadline (gpointer user_data)
{
  WsTestWait *self = user_data;

  self->expired = TRUE;
  return G_SOURCE_REMOVE;
}

void
ws_test_fork (void (*child) (gpointer data), gpointer data)
{
  pid_t pid = fork ();
  int   status = -1;

  g_assert_no_errno (pid);
  if (pid == 0)
    {
      alarm (WS_TEST_DEADLINE);
      child (data);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

void
ws_test_block (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * (gint64) 1000;

  while (g_get_monotonic_time () < until)
    ;
}

void
ws_test_wait_begin (WsTestWait *self, GMainContext *context)
{
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->expired = FALSE;
  self->deadline = g_timeout_source_new_seconds (WS_TEST_DEADLINE);
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, context);
}

void
ws_test_wait_iterate (WsTestWait *self,
                      const char *file,
                      int         line,
                      const char *function,
                      const char *condition)
{
  g_autofree char *message = NULL;

  if (!self->expired)
    {
      g_main_context_iteration (self->context, TRUE);
      return;
    }

  message = g_strdup_printf ("'%s' does not hold after %d seconds", condition,
                             WS_TEST_DEADLINE);
  g_assertion_message (G_LOG_DOMAIN, file, line, function, message);
}

void
ws_test_wait_end (WsTestWait *self)
{
  g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/* --- Combinations --- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_SAMPLES 4
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define N_SAMPLES 4
#endif
#endif
#ifndef N_SAMPLES
#define N_SAMPLES 1
#endif

void
ws_test_add_combination (const char *path, gpointer row, GTestDataFunc test)
{
  const guint sample = g_str_hash (path)
                       + (g_strcmp0 (g_getenv ("WS_POLLER"), "fallback") == 0);

  if (sample % N_SAMPLES == 0 || g_getenv ("WS_TEST_ALL") != NULL)
    g_test_add_data_func_full (path, row, test, g_free);
  else
    g_free (row);
}
