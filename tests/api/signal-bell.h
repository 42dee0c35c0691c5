/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#include "support/ws-test.h"

G_BEGIN_DECLS

/* An object with signals and slots of all kinds, which writes down what its
 * slots are called with.
 *
 * Signals: rang (), said (utf8, static scope), told (int, utf8), brought
 * (GBytes), carried (WsMessage), counted (double), pointed (gpointer), asked
 * () → int, named::DETAIL (). Slots: hear (), write (utf8), write-twice (utf8,
 * utf8), take (GBytes), count (int), keep (GObject). */
#define TYPE_BELL (bell_get_type ())
G_DECLARE_FINAL_TYPE (Bell, bell, TEST, BELL, GObject)

struct _Bell
{
  GObject  parent_instance;
  GString *words;  /* (owned): what the slots were called with */
  int      number; /* of this bell, for those that need several */
  void (*hook) (Bell *self);
};

Bell *bell_new (void);
void  bell_expect (Bell *self, const char *words);
/* Functions to connect to. */
void bell_on_rang (Bell *self);
void bell_on_said (Bell *self, const char *text);
void bell_on_told (Bell *self, int number, const char *text);
int  bell_on_asked (Bell *self);

/* Any function with what comes first as its receiver. */
#define bell_connect(sender, signal, receiver, slot, flags)             \
  bell_connect_checked (G_OBJECT (sender), signal, G_OBJECT (receiver), \
                        G_CALLBACK (slot), flags)
WsConnection *bell_connect_checked (GObject       *sender,
                                    const char    *signal,
                                    GObject       *receiver,
                                    GCallback      slot,
                                    WsConnectFlags flags);

G_END_DECLS
