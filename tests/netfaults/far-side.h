/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* Two network namespaces with a cable between them: ours has the device "near",
 * a thread with a server lives in the other one, with the device "far". Nothing
 * outside is touched. */

#define NEAR_ADDRESS "10.9.0.1"
#define FAR_ADDRESS  "10.9.0.2"
#define FAR_ADDRESS6 "fd09::2"
/* On the same cable, but nobody has them: a black hole. */
#define LOST_ADDRESS  "10.9.0.77"
#define LOST_ADDRESS2 "10.9.0.78"
#define LOST_ADDRESS6 "fd09::77"

/* Moves the process to a namespace of its own, before it has threads. */
void far_side_unshare (void);

typedef struct _FarSide FarSide;

/* (transfer full): with the cable plugged in, and the addresses above. */
FarSide *far_side_new (void);
void     far_side_free (FarSide *self);
guint16  far_side_get_port (FarSide *self);
/* How many clients its server has. */
guint far_side_count_clients (FarSide *self);
/* Makes its server's sockets ask for life that often, ms. */
void far_side_set_keepalive (FarSide *self, guint time);

/* Runs ip(8) with these arguments, blanks between, there. */
void far_side_ip (FarSide *self, const char *arguments);
/* Runs @function in its thread, whose network that of the far side is. */
void far_side_call (FarSide *self,
                    void (*function) (gpointer argument),
                    gpointer argument);
/* The same as far_side_ip() here. */
void near_side_ip (const char *arguments);

G_END_DECLS
