/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the tests of every layer share. */

/* Instead of g_test_init(): the test program reads no settings of whoever runs
 * it, neither files nor proxies. */
void ws_test_init (int *argc, char ***argv);

/* (transfer full): the bytes that a literal such as "81 05 48" spells; blanks
 * are free. Never NULL, and exactly so large that a sanitizer sees an
 * overread. */
guint8 *ws_test_hex (const char *hex, gsize *len);

/* (transfer full): a writable copy of @data whose end touches an unreadable
 * page: reading one byte too many crashes. @data may be NULL when @len is 0. */
guint8 *ws_test_guarded (const guint8 *data, gsize len);
void    ws_test_guarded_free (guint8 *guarded, gsize len);

/* Adds one of very many combinations; takes @row. Under a sanitizer one of four
 * is run, for either poller another one, and always the same, unless the
 * environment has WS_TEST_ALL. */
void
ws_test_add_combination (const char *path, gpointer row, GTestDataFunc test);

/* What a call returns that has to be looked at does not matter here. */
#define ws_test_ignore(result) ((void) !(result))

/* Runs @child in a forked process, and waits until that has ended well. */
void ws_test_fork (void (*child) (gpointer data), gpointer data);

/* A port of the loopback that refuses connections until the program ends: it is
 * bound, so that nobody else gets it, but nobody listens. */
guint16 ws_test_dead_port (void);

/* Keeps this thread, and with it our own loop, from all else for @ms. */
void ws_test_block (guint ms);

/* Iterates @context (NULL: the default one) until @condition holds; aborts the
 * test after WS_TEST_DEADLINE seconds, which are so many that they pass on the
 * busiest machine only where something hangs. It sleeps between events: what
 * another thread changes has to wake the context up. */
#define WS_TEST_DEADLINE 100
#define ws_test_until(context, condition)                                  \
  G_STMT_START                                                             \
  {                                                                        \
    WsTestWait ws_test_wait_;                                              \
    ws_test_wait_begin (&ws_test_wait_, (context));                        \
    while (!(condition))                                                   \
      ws_test_wait_iterate (&ws_test_wait_, __FILE__, __LINE__, G_STRFUNC, \
                            #condition);                                   \
    ws_test_wait_end (&ws_test_wait_);                                     \
  }                                                                        \
  G_STMT_END

/* For ws_test_until() only. */
typedef struct
{
  GMainContext *context;  /* (owned) (nullable) */
  GSource      *deadline; /* (owned): wakes the context when time is up */
  gboolean      expired;
} WsTestWait;

void ws_test_wait_begin (WsTestWait *self, GMainContext *context);
void ws_test_wait_iterate (WsTestWait *self,
                           const char *file,
                           int         line,
                           const char *function,
                           const char *condition);
void ws_test_wait_end (WsTestWait *self);

G_END_DECLS
