/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes entries of the messages that pass a socket. What comes or leaves as a
 * stream becomes one when it is complete. */
#include "view/ws-message-log-source.h"

#include <string.h>

#include "socket/ws-socket-tap.h"

/* What is kept of a stream, of which each socket may have one. */
#define MAX_STREAM (64 * 1024)

/* What is kept of a message that is not complete. */
typedef struct
{
  GByteArray *kept; /* (owned) (nullable) */
  guint64     size;
} Draft;

struct _WsMessageLogSource
{
  int                     n_refs; /* (atomic): of the log's and the tap's */
  GThread                *thread; /* that the log belongs to */
  const WsMessageLogSink *sink;
  gpointer                log; /* (unowned) (nullable): once it is freed */
  GWeakRef                socket;
  GRefString             *name, *address; /* (owned) (nullable): as of late */
  Draft                   drafts[2];      /* by direction */
  gboolean                has_warned;
};

static void
draft_clear (Draft *self)
{
  g_clear_pointer (&self->kept, g_byte_array_unref);
  self->size = 0;
}

static void
source_unref (gpointer data)
{
  WsMessageLogSource *self = data;

  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  g_weak_ref_clear (&self->socket);
  g_clear_pointer (&self->name, g_ref_string_release);
  g_clear_pointer (&self->address, g_ref_string_release);
  for (guint i = 0; i < G_N_ELEMENTS (self->drafts); i++)
    draft_clear (&self->drafts[i]);
  g_free (self);
}

/* --- Who it was --- */

/* The same string for all entries that tell the same. */
static void
remember (GRefString **string, const char *now)
{
  if (g_strcmp0 (*string, now) == 0)
    return;
  g_clear_pointer (string, g_ref_string_release);
  *string = now != NULL ? g_ref_string_new (now) : NULL;
}

static void
look_at_peer (WsMessageLogSource *self, WsSocket *socket)
{
  g_autofree char *address = ws_socket_dup_client_address_string (socket);

  if (address == NULL)
    address = ws_socket_dup_peer_address_string (socket);
  remember (&self->address, address);
  remember (&self->name, ws_socket_get_peer_name (socket));
}

/* --- What it said --- */

/* Appends what there is room for. */
static void
draft_add (Draft *self, const WsPassing *passing, gsize limit)
{
  if (passing->is_first)
    draft_clear (self);
  if (self->kept == NULL)
    self->kept = g_byte_array_new ();
  if (!passing->is_first || !passing->is_last)
    limit = MIN (limit, MAX_STREAM);
  self->size += passing->len;
  if (self->kept->len < limit)
    g_byte_array_append (self->kept, passing->data,
                         (guint) MIN (passing->len, limit - self->kept->len));
}

/* Without the character that the limit may have cut. */
static void
drop_incomplete (GByteArray *text)
{
  const char *start = (const char *) text->data, *end;

  /* The text is UTF-8 but for its end, and for U+0000, which ends it here. */
  if (text->len == 0 || memchr (start, '\0', text->len) != NULL)
    return;
  g_utf8_validate (start, text->len, &end);
  g_byte_array_set_size (text, (guint) (end - start));
}

/* (transfer full): what is kept, a text with a NUL behind it. */
static GBytes *
draft_take (Draft *self, WsMessageType type)
{
  GByteArray *kept = g_steal_pointer (&self->kept);
  gsize       len;

  if (type == WS_MESSAGE_TYPE_TEXT && kept->len < self->size)
    drop_incomplete (kept);
  len = kept->len;
  g_byte_array_append (kept, (const guint8 *) "", 1);
  self->size = 0;
  return g_bytes_new_take (g_byte_array_free (kept, FALSE), len);
}

static void
on_passing (WsSocket *socket, const WsPassing *passing, gpointer data)
{
  WsMessageLogSource *self = data;
  Draft              *draft = &self->drafts[passing->is_sent ? 1 : 0];
  guint64             size;

  if (self->thread != g_thread_self () || self->log == NULL)
    return;
  draft_add (draft, passing, self->sink->get_limit (self->log));
  if (!passing->is_last)
    return;
  look_at_peer (self, socket);
  size = draft->size;

  WsMessageLogFacts facts
      = { .direction = passing->is_sent ? WS_MESSAGE_DIRECTION_SENT
                                        : WS_MESSAGE_DIRECTION_RECEIVED,
          .type = passing->type,
          .time = g_get_real_time () };

  if (self->name != NULL)
    facts.name = g_ref_string_acquire (self->name);
  if (self->address != NULL)
    facts.address = g_ref_string_acquire (self->address);
  self->sink->add (self->log,
                   ws_message_log_entry_new (&facts,
                                             draft_take (draft, passing->type),
                                             size));
}

/* --- Its life --- */

WsMessageLogSource *
ws_message_log_source_new (WsSocket               *socket,
                           const WsMessageLogSink *sink,
                           gpointer                log)
{
  WsMessageLogSource *self = g_new0 (WsMessageLogSource, 1);

  self->n_refs = 2;
  self->thread = g_thread_self ();
  self->sink = sink;
  self->log = log;
  g_weak_ref_init (&self->socket, socket);
  ws_socket_add_tap (socket, on_passing, self, source_unref);
  return self;
}

void
ws_message_log_source_free (WsMessageLogSource *self)
{
  g_autoptr (WsSocket) socket = g_weak_ref_get (&self->socket);

  self->log = NULL;
  if (socket != NULL && ws_socket_check_thread (socket, NULL))
    ws_socket_remove_tap (socket, self);
  source_unref (self);
}

WsSocket *
ws_message_log_source_dup_socket (WsMessageLogSource *self)
{
  return g_weak_ref_get (&self->socket);
}
