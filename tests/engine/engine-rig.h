/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-engine.h"
#include "engine/ws-engine-error.h"
#include "support/ws-test.h"

#include "wire.h"

G_BEGIN_DECLS

/* An engine on one end of a pair of sockets, and a hand-made peer on the other.
 * What the sink is told is logged in words. */
typedef struct _Rig Rig;

/* Called by each sink function after it has logged; @what is its name. */
typedef void (*RigHook) (Rig *rig, const char *what);

struct _Rig
{
  GMainContext  *context;
  WsPoller      *poller;
  WsRole         role;   /* of the engine */
  WsEngine      *engine; /* (owned) (nullable) */
  WsSettings     settings;
  int            peer;        /* the other end's fd; -1: closed */
  GSource       *peer_source; /* (owned) (nullable): none, it does not read */
  GByteArray    *inbox;       /* what the peer has read */
  gboolean       peer_at_end; /* it has read the end of the stream */
  GString       *log;
  guint64        written; /* as the sink was told */
  gboolean       wants_frames;
  gboolean       told_broken;
  gboolean       ended;
  WsClosing      closing; /* (owned): as it was when it ended */
  gint64         elapsed; /* of the last pong */
  const WsEvent *event;   /* (unowned): of the innermost sink function */
  RigHook        hook;    /* (nullable) */
  gpointer       data;    /* the test's */
};

typedef enum
{
  RIG_UNIX,
  RIG_TCP
} RigKind;

/* The engine is started. Its time-outs are off, but for a
 * long close_timeout. */
Rig *rig_new (WsRole role, RigKind kind);
/* As _new, but not started, so that settings may be changed before. */
Rig *rig_new_waiting (WsRole role, RigKind kind);
/* Started, on the context of @other, which must live longer. */
Rig *rig_new_beside (Rig *other, WsRole role);
/* Takes @transport: there is no peer. */
Rig *rig_new_for_transport (GMainContext *context,
                            WsRole        role,
                            WsTransport  *transport);
void rig_free (Rig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* Adds @test below @path for either role of the engine, which it gets. */
void rig_add_test (const char *path, const char *name, GTestDataFunc test);

#define rig_until(self, condition) ws_test_until ((self)->context, condition)

/* Waits until the log is @expected, then looks once more; clears it. */
#define rig_assert_log(self, expected) \
  rig_check_log ((self), __FILE__, __LINE__, G_STRFUNC, (expected))
void rig_check_log (Rig        *self,
                    const char *file,
                    int         line,
                    const char *function,
                    const char *expected);

/* Waits until the peer has read these frames; forgets them. */
#define rig_assert_read(self, expected) \
  rig_check_read ((self), __FILE__, __LINE__, G_STRFUNC, (expected))
void rig_check_read (Rig        *self,
                     const char *file,
                     int         line,
                     const char *function,
                     const char *expected);

/* Whether the peer has read a frame with something in it. */
gboolean rig_has_read_frame (Rig *self);

/* Iterates the context until nothing is left to do at once. */
void rig_settle (Rig *self);

void rig_send_text (Rig *self, const char *text);

/* What the peer does. */
void rig_peer_set_reading (Rig *self, gboolean reading);
void rig_peer_write (Rig *self, gconstpointer data, gsize len);
void rig_peer_hex (Rig *self, const char *hex);
void rig_peer_frame (
    Rig *self, gboolean fin, WsOpcode opcode, gconstpointer payload, gsize len);
void rig_peer_text (Rig *self, const char *text);
/* @code 1005: without a payload. */
void rig_peer_close (Rig *self, guint code, const char *reason);
void rig_peer_hang_up (Rig *self);
/* TCP only: closes with a reset. */
void rig_peer_reset (Rig *self);

G_END_DECLS
