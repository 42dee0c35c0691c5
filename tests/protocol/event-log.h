/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-protocol.h"

G_BEGIN_DECLS

/* What the tests of the receiving half share: build frames, feed them in some
 * cut, and read the events as lines of text:
 *
 *   message text "Hello"       frame binary last "\x00"     ping ""
 *   close 1000 "bye"           fault 1002
 *
 * Bytes that are not printable are \xHH; a payload of more than 64 bytes is its
 * length and a hash. */

typedef struct
{
  WsRole   role;
  gboolean wants_frame_events;
  guint64  max_frame_size;          /* 0: the default */
  guint64  max_message_size;        /* 0: the default */
  WsExtension *(*extension) (void); /* (nullable) */
} EventSetup;

/* How a stream is cut: a piece of @first bytes, then pieces of @step bytes (0:
 * all the rest). */
typedef struct
{
  gsize    first;
  gsize    step;
  gboolean guarded;  /* pieces end at an unreadable page */
  gboolean in_place; /* pieces are put where they stay, if there is a place */
  gboolean keeps; /* the rest is kept, and the piece freed, after each event */
} EventCut;

/* Appends a frame as the peer of @role sends it: @first_byte as it is, a length
 * in its shortest form, a mask if @role is the server. @payload (nullable). */
void event_log_append_frame (GByteArray *wire,
                             WsRole      role,
                             guint8      first_byte,
                             const void *payload,
                             gsize       len);

void event_log_start (WsProtocol *core, const EventSetup *setup);

/* (transfer full): the events of @wire, each on a line; faults and illegal
 * closes have their reason after " #". */
char *event_log_read (const EventSetup *setup,
                      const guint8     *wire,
                      gsize             len,
                      EventCut          cut);

/* Appends one event as a line. */
void event_log_write (GString *log, const WsEvent *event);

/* Feeds @wire whole, byte by byte, cut at every place, from guarded and from
 * kept memory: the log, its reasons put aside, is always @expected, and the
 * reasons are always the same. */
void event_log_check (const char       *name,
                      const EventSetup *setup,
                      const guint8     *wire,
                      gsize             len,
                      const char       *expected);

/* The same for a few cuts only: for long streams. */
void event_log_check_some (const char       *name,
                           const EventSetup *setup,
                           const guint8     *wire,
                           gsize             len,
                           const char       *expected);

G_END_DECLS
