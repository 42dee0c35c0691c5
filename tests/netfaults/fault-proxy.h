/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A TCP proxy on the loopback that can be told to fail. It lives in the default
 * main context. */
typedef struct _FaultProxy FaultProxy;

typedef enum
{
  FAULT_NONE,
  FAULT_BLACK_HOLE,     /* both ways: what comes is taken, and gone */
  FAULT_HALF_OPEN_UP,   /* only what the client sends is gone */
  FAULT_HALF_OPEN_DOWN, /* only what the server sends is gone */
  FAULT_RESET,          /* both ends get a TCP reset */
  FAULT_CUT,            /* both ends get the end of the stream */
  FAULT_STALL,          /* nothing is taken any more */
  FAULT_TRICKLE         /* one byte a turn */
} Fault;

/* When it begins. */
typedef enum
{
  FAULT_AT_ONCE,   /* also for connections that are accepted later */
  FAULT_BEFORE_UP, /* when the client sends something next */
  FAULT_AFTER_UP,  /* when so many of its bytes have arrived */
  FAULT_AFTER_DOWN /* the same of the server's */
} FaultMoment;

/* (transfer full): stands before the loopback's @port. */
FaultProxy *fault_proxy_new (guint16 port);
void        fault_proxy_free (FaultProxy *self);
guint16     fault_proxy_get_port (FaultProxy *self);
/* @n_bytes: for FAULT_AFTER_*, from now on; 0: any. FAULT_NONE ends one, but
 * does not bring back what it took. */
void fault_proxy_set (FaultProxy *self,
                      Fault       fault,
                      FaultMoment moment,
                      guint       n_bytes);
/* How many connections were accepted. */
guint fault_proxy_count (FaultProxy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultProxy, fault_proxy_free)

G_END_DECLS
