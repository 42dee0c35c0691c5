/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A test program that is linked with this has its system calls pass through it,
 * GLib's included: the program's own functions are found before libc's.
 *
 * The environment variable WS_FAULTS makes the network a worse one for the
 * whole program, where a transport reads and writes (which is to say with
 * MSG_DONTWAIT): "short" cuts what goes at once, "again" has every second call
 * find nothing to do, "interrupted" has every second one meet a signal, and
 * "worst" does all three. */

gboolean faults_are_on (void);

typedef enum
{
  FAULTS_ACCEPT4,
  FAULTS_BIND,
  FAULTS_CHMOD,
  FAULTS_CONNECT,
  FAULTS_DUP2,
  FAULTS_EPOLL_CREATE1,
  FAULTS_EPOLL_CTL,
  FAULTS_EPOLL_WAIT,
  FAULTS_FCNTL,
  FAULTS_GETGRNAM, /* instead of what getgrnam_r() returns */
  FAULTS_GETPEERNAME,
  FAULTS_GETPWNAM, /* likewise */
  FAULTS_GETRLIMIT,
  FAULTS_GETSOCKNAME,
  FAULTS_GETSOCKOPT,
  FAULTS_LCHOWN,
  FAULTS_LISTEN,
  FAULTS_LSTAT,
  FAULTS_OPEN,
  FAULTS_POLL,
  FAULTS_RECV,
  FAULTS_SEND, /* sendmsg(), too */
  FAULTS_SETSOCKOPT,
  FAULTS_SHUTDOWN,
  FAULTS_SOCKET,
  FAULTS_UNLINK,
  FAULTS_N_CALLS
} FaultsCall;

#define FAULTS_FOR_EVER G_MAXUINT

/* Lets @skip calls pass, and has the next @times ones fail with @code, an
 * errno. */
void faults_arm (FaultsCall call, guint skip, guint times, int code);
/* The next one fails, and @before is called before it does. */
void faults_arm_with (FaultsCall call,
                      int        code,
                      void (*before) (gpointer user_data),
                      gpointer user_data);
/* All pass again: how many of this kind have failed since it was armed. */
guint faults_disarm (FaultsCall call);
/* How many there were since the program began, failed or not. */
guint faults_get_count (FaultsCall call);

/* From now on transports read, or write, so many bytes in all; then the
 * connection is @code, an errno, for good. Ends with faults_mend(). */
void faults_break_reading (gsize after, int code);
void faults_break_writing (gsize after, int code);
/* Whether it came to that. */
gboolean faults_mend (void);

G_END_DECLS
