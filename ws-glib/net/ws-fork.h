/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A child of a fork shares its parent's descriptors: what it writes reaches the
 * parent's peers, what it reads is lost to the parent, and an epoll set is one
 * for both. So whatever has descriptors remembers in which process it was made,
 * and leaves alone what was made in another. */

/* Atomic; how many forks are between the first process and this one. Counted
 * from the first ws_fork_watch() on. */
G_GNUC_INTERNAL extern int ws_fork_generation;

void ws_fork_watch (void); /* from any thread */

static inline int
ws_fork_get_generation (void)
{
  return g_atomic_int_get (&ws_fork_generation);
}

G_END_DECLS
