/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What hostile peers do, each with so many connections at a time. */

typedef enum
{
  HOSTILE_TLS = 1 << 0,        /* speaks to the port for TLS */
  HOSTILE_UPGRADES = 1 << 1,   /* has a WebSocket first */
  HOSTILE_DEFLATES = 1 << 2,   /* compressed */
  HOSTILE_READS = 1 << 3,      /* what the server says is read */
  HOSTILE_COMES_BACK = 1 << 4, /* again and again, at full speed */
  HOSTILE_RESETS = 1 << 5,     /* as soon as there is an answer */
  HOSTILE_FLOODS = 1 << 6,     /* at full speed, else once a second */
} HostileFlags;

typedef struct
{
  const char  *name;
  HostileFlags flags;
  /* Appends what is said next, @n counts up from 0. */
  void (*say) (GByteArray *out, guint n);
} HostileAttack;

extern const HostileAttack hostile_attacks[];
extern const guint         hostile_n_attacks;

typedef struct
{
  guint64 n_opened;   /* connections */
  guint64 n_upgraded; /* those that were let in */
  guint64 n_ended;    /* by the server */
  guint64 n_written;  /* bytes */
} HostileCount;

/* Attacks the ports for @ms, with @n connections at a time. */
HostileCount hostile_run (const HostileAttack *attack,
                          guint                n,
                          guint                ms,
                          guint16              port,
                          guint16              tls_port);

G_END_DECLS
