/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "api-test.h"

G_BEGIN_DECLS

/* What the tests of asynchronous calls share. */

typedef gpointer (*OutcomeFinish) (WsSocket     *socket,
                                   GAsyncResult *result,
                                   GError      **error);

/* How a call ended. */
typedef struct
{
  OutcomeFinish  finish;
  GDestroyNotify free_value; /* (nullable) */
  gpointer       value;      /* (owned) if there is free_value */
  GError        *error;      /* (owned) (nullable) */
  guint          number;     /* the how-manieth call that ended; 0: not yet */
  gboolean       in_call;
  void (*act) (gpointer data); /* (nullable): done in the callback */
  gpointer data;               /* for @act */
} Outcome;

/* A GAsyncReadyCallback for an Outcome, which counts in outcome_last. */
void outcome_take (GObject *source, GAsyncResult *result, gpointer outcome);
extern guint outcome_last;
void         outcome_clear (Outcome *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* Waits for the end, which must be of this kind. */
#define outcome_expect(self, end)                    \
  G_STMT_START                                       \
  {                                                  \
    ws_test_until (NULL, (self)->number != 0);       \
    outcome_check ((self), __FILE__, __LINE__, end); \
  }                                                  \
  G_STMT_END

typedef enum
{
  END_WELL,
  END_CANCELLED,
  END_NOT_CONNECTED, /* it ended without an error */
  END_LOST,          /* the peer was lost */
  END_WRONG_CONTEXT,
  END_INVALID_ARGUMENT,
  END_BUFFER_FULL,
  END_OPERATION,
  END_INVALID_UTF8,
  END_TOO_BIG,
  END_REFUSED
} End;

void outcome_check (const Outcome *self, const char *file, int line, End end);

/* Each begins a call and fails the test if it ends inside. */
void begin_open (WsSocket     *socket,
                 const char   *url,
                 GCancellable *cancellable,
                 Outcome      *outcome);
void begin_close (WsSocket     *socket,
                  guint         code,
                  GCancellable *cancellable,
                  Outcome      *outcome);
void begin_ping (WsSocket     *socket,
                 const char   *payload,
                 GCancellable *cancellable,
                 Outcome      *outcome);
void begin_send (WsSocket     *socket,
                 gsize         len,
                 GCancellable *cancellable,
                 Outcome      *outcome);
void
begin_receive (WsSocket *socket, GCancellable *cancellable, Outcome *outcome);
void begin_receive_stream (WsSocket     *socket,
                           GCancellable *cancellable,
                           Outcome      *outcome);
void begin_send_stream (WsSocket     *socket,
                        WsMessageType type,
                        GInputStream *stream,
                        GCancellable *cancellable,
                        Outcome      *outcome);
/* Waits for the message that begin_receive() is to get; NULL: the end. */
#define outcome_expect_text(self, text)                    \
  G_STMT_START                                             \
  {                                                        \
    outcome_expect ((self), END_WELL);                     \
    if ((text) == NULL)                                    \
      g_assert_null ((self)->value);                       \
    else                                                   \
      g_assert_cmpstr (outcome_get_text (self), ==, text); \
  }                                                        \
  G_STMT_END
const char *outcome_get_text (const Outcome *self);

/* Frames that a peer sends as far as they are taken, without blocking. */
typedef struct
{
  RawPeer    *peer;
  GByteArray *bytes;
  gsize       n_pushed;
} Flood;

void flood_init (Flood *self, RawPeer *peer);
void flood_clear (Flood *self);
/* @len bytes of 'x', in a frame whose first byte is @first. */
void flood_add (Flood *self, guint8 first, gsize len);
/* Pushes, and lets the main loop run, until nothing more is taken. */
void flood_push (Flood *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flood, flood_clear)

/* Lets the main loop do what there is to do. */
void settle (void);

/* Waits for a frame with @first as its first byte, and @len bytes. */
void expect_frame (RawPeer *peer, guint8 first, gsize len);
/* What a collector does: drops @object in a thread of its own. */
void unref_in_thread (gpointer object);

/* Sends until the peer, which must not read, has stopped taking, then limits
 * the buffer to that: the next message has to wait for room. */
void fill_buffer (Half *half);
G_END_DECLS
