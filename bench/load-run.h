/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "load-histogram.h"
#include "load-templates.h"

#include <sys/types.h>

typedef enum
{
  LOAD_ECHO,      /* each connection keeps some messages under way */
  LOAD_BROADCAST, /* one connection sends, all receive */
  LOAD_CONNECT,   /* connections are opened and closed, some at a time */
  LOAD_MEMORY,    /* connections are opened and do nothing */
} LoadMode;

typedef struct
{
  LoadMode    mode;
  const char *host;
  unsigned    port;
  const char *path;
  unsigned    connections;
  unsigned    idle; /* further ones that never send */
  size_t      size;
  LoadContent content;
  unsigned    depth;     /* messages under way on each connection */
  double      rate;      /* messages a second in all, whether answered or not,
                          * instead of a depth; 0 is none */
  unsigned    templates; /* different messages; 0 as suits the size */
  double      warmup;    /* seconds before measuring */
  double      seconds;
  uint64_t    count;   /* messages, instead of seconds; 0 is none */
  unsigned    window;  /* handshakes under way at a time */
  pid_t       pid;     /* of the server; 0 if not to be measured */
  double      timeout; /* seconds without any progress that end the run */
} LoadOptions;

typedef struct
{
  double        seconds;
  uint64_t      messages;   /* or connections, as LOAD_CONNECT */
  uint64_t      server_cpu; /* nanoseconds */
  uint64_t      own_cpu;
  long          pss_before; /* KiB; -1 if not known */
  long          pss_after;
  unsigned      pss_connections; /* opened between the two */
  uint64_t      pings;
  LoadHistogram latencies;
} LoadResult;

/* Runs the load once.  What keeps it from being measured, or is wrong, ends
 * the process. */
void load_run (const LoadOptions *options, LoadResult *result);
