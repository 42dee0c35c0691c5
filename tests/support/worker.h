/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread with a context and a loop of its own, where functions are run. */
typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  int           has_quit;
} Worker;

Worker *worker_new (void);
/* Runs @function in the worker, and our own context meanwhile. */
void
worker_call (Worker *worker, void (*function) (gpointer data), gpointer data);
/* The loop ends, and nobody runs the context any more. */
void worker_quit (Worker *worker);
/* The loop ends, after what waits in the context. */
void worker_free (Worker *worker);

G_END_DECLS
