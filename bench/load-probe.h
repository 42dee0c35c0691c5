/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Nanoseconds of a clock that only goes forward. */
uint64_t load_probe_now (void);

/* Nanoseconds of CPU that a process has used, in all threads, ended ones
 * included, user and kernel.  0 as @pid is this process. */
uint64_t load_probe_cpu (pid_t pid);

/* KiB of memory that belong to a process, shared pages counted by share;
 * -1 if the system does not tell. */
long load_probe_pss (pid_t pid);
