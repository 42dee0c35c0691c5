/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Atomic, for GLib's threads come by as well. */
typedef struct
{
  guint count;
  guint skip;
  guint times;
  guint n_failed;
  int   code;
  void (*before) (gpointer user_data); /* (nullable) */
  gpointer user_data;
} Fault;

/* The end of all connections. */
typedef struct
{
  gboolean is_set;
  gboolean has_happened;
  gsize    left;
  int      code;
} Break;

static Fault faults[FAULTS_N_CALLS];
static Break reading, writing;

gboolean
faults_are_on (void)
{
  return g_getenv ("WS_FAULTS") != NULL;
}

void
faults_arm (FaultsCall call, guint skip, guint times, int code)
{
  Fault *fault = &faults[call];

  fault->n_failed = 0;
  fault->code = code;
  fault->before = NULL;
  g_atomic_int_set (&fault->skip, skip);
  g_atomic_int_set (&fault->times, times);
}

void
faults_arm_with (FaultsCall call,
                 int        code,
                 void (*before) (gpointer user_data),
                 gpointer user_data)
{
  faults_arm (call, 0, 1, code);
  faults[call].user_data = user_data;
  faults[call].before = before;
}

guint
faults_disarm (FaultsCall call)
{
  g_atomic_int_set (&faults[call].times, 0);
  return faults[call].n_failed;
}

guint
faults_get_count (FaultsCall call)
{
  return g_atomic_int_get (&faults[call].count);
}

static void
break_after (Break *self, gsize after, int code)
{
  *self = (Break){ .is_set = TRUE, .left = after, .code = code };
}

void
faults_break_reading (gsize after, int code)
{
  break_after (&reading, after, code);
}

void
faults_break_writing (gsize after, int code)
{
  break_after (&writing, after, code);
}

gboolean
faults_mend (void)
{
  const gboolean has_happened = reading.has_happened || writing.has_happened;

  reading = writing = (Break){ 0 };
  return has_happened;
}

/* --- What becomes of a call --- */

/* errno is set. */
static gboolean
fails (FaultsCall call)
{
  Fault *fault = &faults[call];

  g_atomic_int_inc (&fault->count);
  if (g_atomic_int_get (&fault->times) == 0)
    return FALSE;
  if (g_atomic_int_get (&fault->skip) > 0)
    {
      g_atomic_int_add (&fault->skip, -1);
      return FALSE;
    }
  if (fault->times != FAULTS_FOR_EVER)
    g_atomic_int_add (&fault->times, -1);
  fault->n_failed++;
  if (fault->before != NULL)
    fault->before (fault->user_data);
  errno = fault->code;
  return TRUE;
}

/* Whether the program is run in this way, or in the worst. */
static gboolean
is_mode (const char *mode)
{
  const char *chosen = g_getenv ("WS_FAULTS");

  return g_strcmp0 (chosen, mode) == 0 || g_strcmp0 (chosen, "worst") == 0;
}

/* Every second call of transports is in vain, the first one among them; errno
 * is set. */
static gboolean
is_in_vain (guint n_calls)
{
  const gboolean is_idle = is_mode ("again");
  const gboolean is_interrupted = is_mode ("interrupted");

  if (n_calls % 2 != 0 || (!is_idle && !is_interrupted))
    return FALSE;
  errno = is_idle && (!is_interrupted || n_calls % 4 == 0) ? EAGAIN : EINTR;
  return TRUE;
}

/* How many of @len bytes go at once. */
static gsize
cut (gsize len, guint n_calls)
{
  static const gsize pieces[] = { 1, 2, 3, 1, 7, 125, 1, 4099, 65537 };

  return is_mode ("short")
             ? MIN (len, pieces[n_calls / 2 % G_N_ELEMENTS (pieces)])
             : len;
}

/* How many of @len bytes go until the connection breaks. 0, of more than that:
 * it is broken, and errno set. */
static gsize
cut_at_break (Break *self, gsize len)
{
  if (!self->is_set || len == 0)
    return len;
  if (self->left > 0)
    return MIN (self->left, len);
  self->has_happened = TRUE;
  errno = self->code;
  return 0;
}

static ssize_t
note_progress (Break *self, ssize_t n)
{
  if (self->is_set && n > 0)
    self->left -= (gsize) n;
  return n;
}

/* --- Reading and writing --- */

/* The function of libc. Where files may be large its name is another one. */
#define REAL(name)       REAL_NAMED (name, #name)
#define REAL_LARGE(name) REAL_NAMED (name, #name LARGE_SUFFIX)
#define REAL_NAMED(name, symbol)                          \
  ({                                                      \
    static typeof (&name) real_;                          \
                                                          \
    if (real_ == NULL)                                    \
      real_ = (typeof (&name)) dlsym (RTLD_NEXT, symbol); \
    real_;                                                \
  })
#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define LARGE_SUFFIX "64"
#else
#define LARGE_SUFFIX ""
#endif

ssize_t
recv (int fd, void *data, size_t len, int flags)
{
  static guint n_calls;
  gsize        allowed = len;

  if (fails (FAULTS_RECV))
    return -1;
  if (!(flags & MSG_DONTWAIT))
    return REAL (recv) (fd, data, len, flags);
  if (is_in_vain (n_calls++))
    return -1;
  allowed = cut_at_break (&reading, cut (len, n_calls));
  if (allowed == 0 && len > 0)
    return -1;
  return note_progress (&reading, REAL (recv) (fd, data, allowed, flags));
}

/* The first @len bytes of @message, or fewer. */
static ssize_t
send_some (int fd, const struct msghdr *message, size_t len, int flags)
{
  struct iovec  first = message->msg_iov[0];
  struct msghdr shorter = *message;

  for (gsize i = 1; first.iov_len == 0; i++)
    first = message->msg_iov[i];
  first.iov_len = MIN (first.iov_len, len);
  shorter.msg_iov = &first;
  shorter.msg_iovlen = 1;
  return REAL (sendmsg) (fd, &shorter, flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  static guint n_calls;
  gsize        len = 0, allowed;

  if (fails (FAULTS_SEND))
    return -1;
  if (!(flags & MSG_DONTWAIT))
    return REAL (sendmsg) (fd, message, flags);
  if (is_in_vain (n_calls++))
    return -1;
  for (gsize i = 0; i < message->msg_iovlen; i++)
    len += message->msg_iov[i].iov_len;
  allowed = cut_at_break (&writing, cut (len, n_calls));
  if (allowed == 0 && len > 0)
    return -1;
  return note_progress (&writing, allowed < len
                                      ? send_some (fd, message, allowed, flags)
                                      : REAL (sendmsg) (fd, message, flags));
}

ssize_t
send (int fd, const void *data, size_t len, int flags)
{
  struct iovec  only = { (void *) data, len };
  struct msghdr message = { .msg_iov = &only, .msg_iovlen = 1 };

  return flags & MSG_DONTWAIT ? sendmsg (fd, &message, flags)
                              : REAL (send) (fd, data, len, flags);
}

/* --- The others --- */

int
accept4 (int fd, struct sockaddr *address, socklen_t *len, int flags)
{
  return fails (FAULTS_ACCEPT4) ? -1 : REAL (accept4) (fd, address, len, flags);
}

int
bind (int fd, const struct sockaddr *address, socklen_t len)
{
  return fails (FAULTS_BIND) ? -1 : REAL (bind) (fd, address, len);
}

int
chmod (const char *path, mode_t mode)
{
  return fails (FAULTS_CHMOD) ? -1 : REAL (chmod) (path, mode);
}

int
connect (int fd, const struct sockaddr *address, socklen_t len)
{
  return fails (FAULTS_CONNECT) ? -1 : REAL (connect) (fd, address, len);
}

int
dup2 (int fd, int other)
{
  return fails (FAULTS_DUP2) ? -1 : REAL (dup2) (fd, other);
}

int
epoll_create1 (int flags)
{
  return fails (FAULTS_EPOLL_CREATE1) ? -1 : REAL (epoll_create1) (flags);
}

int
epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event)
{
  return fails (FAULTS_EPOLL_CTL)
             ? -1
             : REAL (epoll_ctl) (epoll_fd, operation, fd, event);
}

int
epoll_wait (int epoll_fd, struct epoll_event *events, int n_max, int timeout)
{
  return fails (FAULTS_EPOLL_WAIT)
             ? -1
             : REAL (epoll_wait) (epoll_fd, events, n_max, timeout);
}

int
fcntl (int fd, int command, ...)
{
  va_list args;
  long    argument;

  va_start (args, command);
  argument = va_arg (args, long);
  va_end (args);
  return fails (FAULTS_FCNTL) ? -1 : REAL_LARGE (fcntl) (fd, command, argument);
}

int
getgrnam_r (const char    *name,
            struct group  *group,
            char          *buffer,
            size_t         size,
            struct group **found)
{
  *found = NULL;
  return fails (FAULTS_GETGRNAM)
             ? errno
             : REAL (getgrnam_r) (name, group, buffer, size, found);
}

int
getpeername (int fd, struct sockaddr *address, socklen_t *len)
{
  return fails (FAULTS_GETPEERNAME) ? -1
                                    : REAL (getpeername) (fd, address, len);
}

int
getpwnam_r (const char     *name,
            struct passwd  *user,
            char           *buffer,
            size_t          size,
            struct passwd **found)
{
  *found = NULL;
  return fails (FAULTS_GETPWNAM)
             ? errno
             : REAL (getpwnam_r) (name, user, buffer, size, found);
}

int
getrlimit (__rlimit_resource_t resource, struct rlimit *limit)
{
  return fails (FAULTS_GETRLIMIT) ? -1
                                  : REAL_LARGE (getrlimit) (resource, limit);
}

int
getsockname (int fd, struct sockaddr *address, socklen_t *len)
{
  return fails (FAULTS_GETSOCKNAME) ? -1
                                    : REAL (getsockname) (fd, address, len);
}

int
getsockopt (int fd, int level, int name, void *value, socklen_t *len)
{
  return fails (FAULTS_GETSOCKOPT)
             ? -1
             : REAL (getsockopt) (fd, level, name, value, len);
}

int
lchown (const char *path, uid_t owner, gid_t group)
{
  return fails (FAULTS_LCHOWN) ? -1 : REAL (lchown) (path, owner, group);
}

int
listen (int fd, int backlog)
{
  return fails (FAULTS_LISTEN) ? -1 : REAL (listen) (fd, backlog);
}

int
lstat (const char *path, struct stat *found)
{
  return fails (FAULTS_LSTAT) ? -1 : REAL_LARGE (lstat) (path, found);
}

int
open (const char *path, int flags, ...)
{
  va_list args;
  mode_t  mode;

  va_start (args, flags);
  mode = va_arg (args, mode_t);
  va_end (args);
  return fails (FAULTS_OPEN) ? -1 : REAL_LARGE (open) (path, flags, mode);
}

int
poll (struct pollfd *fds, nfds_t n_fds, int timeout)
{
  return fails (FAULTS_POLL) ? -1 : REAL (poll) (fds, n_fds, timeout);
}

/* What a fortified poll() becomes with some compilers. */
int __poll_chk (struct pollfd *fds, nfds_t n_fds, int timeout, size_t size);

int
__poll_chk (struct pollfd *fds, nfds_t n_fds, int timeout, size_t size)
{
  return poll (fds, n_fds, timeout);
}

int
setsockopt (int fd, int level, int name, const void *value, socklen_t len)
{
  return fails (FAULTS_SETSOCKOPT)
             ? -1
             : REAL (setsockopt) (fd, level, name, value, len);
}

int
shutdown (int fd, int how)
{
  return fails (FAULTS_SHUTDOWN) ? -1 : REAL (shutdown) (fd, how);
}

int
socket (int domain, int type, int protocol)
{
  return fails (FAULTS_SOCKET) ? -1 : REAL (socket) (domain, type, protocol);
}

int
unlink (const char *path)
{
  return fails (FAULTS_UNLINK) ? -1 : REAL (unlink) (path);
}
