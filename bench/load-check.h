/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Compares parts of the generator with known answers; what is wrong ends the
 * process.  That it finds faults in replies is shown by faulty-echo. */
void load_check (void);
