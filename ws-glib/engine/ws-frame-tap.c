/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to what an open connection reads and writes, and tells its frames. */
#include "engine/ws-frame-tap.h"

#include <string.h>

#include "net/ws-log.h"
#include "protocol/ws-frame-reader.h"

/* One direction. */
typedef struct
{
  WsFrameReader reader;
  const char   *arrow;
  guint         head_end;  /* bytes of an empty line that were seen, of 4 */
  gboolean      is_opened; /* what comes are frames, not the answer's head */
  gboolean      is_lost;   /* there are no frames any more */
} Way;

typedef struct
{
  WsTransport      parent;
  WsTransportClass klass; /* as the inner one's is where that matters */
  WsTransport     *inner; /* (owned) */
  Way              in, out;
} Tap;

/* --- Frames --- */

static const char *
name_opcode (WsOpcode opcode)
{
  switch (opcode)
    {
    case WS_OPCODE_CONTINUATION:
      return "continuation";
    case WS_OPCODE_TEXT:
      return "text";
    case WS_OPCODE_BINARY:
      return "binary";
    case WS_OPCODE_CLOSE:
      return "close";
    case WS_OPCODE_PING:
      return "ping";
    case WS_OPCODE_PONG:
      return "pong";
    }
  return "unknown";
}

static void
tell_frame (const Tap *self, const Way *way)
{
  const WsFrameHeader *header = &way->reader.header;

  ws_log (&(WsLogFacts){ .topic = WS_LOG_FRAMES,
                         .socket = self->parent.log_number },
          "%s %s, %" G_GUINT64_FORMAT " bytes%s%s", way->arrow,
          name_opcode (header->opcode), header->length,
          header->rsv != 0 ? ", compressed" : "",
          header->fin ? "" : ", more follows");
}

static void
tell_fault (const Tap *self, const Way *way, const WsFault *fault)
{
  ws_log (&(WsLogFacts){ .topic = WS_LOG_FRAMES,
                         .socket = self->parent.log_number },
          "%s no frame: %s", way->arrow, fault->reason);
}

/* An answer's head precedes the frames of a server. Returns the bytes of it. */
static gsize
skip_head (Way *way, const guint8 *data, gsize len)
{
  static const char end[] = "\r\n\r\n";
  gsize             i = 0;

  for (; i < len && way->head_end < strlen (end); i++)
    if (data[i] == (guint8) end[way->head_end])
      way->head_end++;
    else
      way->head_end = data[i] == '\r';
  way->is_opened = way->head_end == strlen (end);
  return i;
}

static void
listen_to (Tap *self, Way *way, const guint8 *data, gsize len)
{
  gsize   used = way->is_opened ? 0 : skip_head (way, data, len);
  WsFault fault;

  while (!way->is_lost && used < len)
    {
      WsFrameReader *reader = &way->reader;
      gsize          n = 0;
      WsParse        parse = WS_DONE;

      if (!reader->in_frame)
        parse = ws_frame_reader_read_header (reader, data + used, len - used,
                                             &n, &fault);
      way->is_lost = parse == WS_FAILED;
      used += n;
      if (parse == WS_FAILED)
        tell_fault (self, way, &fault);
      if (parse != WS_DONE)
        continue;
      if (n > 0)
        tell_frame (self, way);
      n = (gsize) MIN (reader->left, (guint64) (len - used));
      used += n;
      reader->left -= n;
      if (reader->left == 0)
        ws_frame_reader_finish (reader);
    }
}

/* --- The transport --- */

static gssize
tap_read (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  Tap   *self = (Tap *) transport;
  gssize n = ws_transport_read (self->inner, data, len, error);

  if (n > 0)
    listen_to (self, &self->in, data, (gsize) n);
  return n;
}

static gssize
tap_writev (WsTransport         *transport,
            const GOutputVector *vectors,
            guint                n_vectors,
            GError             **error)
{
  Tap   *self = (Tap *) transport;
  gssize n = ws_transport_writev (self->inner, vectors, n_vectors, error);
  gsize  left = (gsize) MAX (n, 0);

  for (guint i = 0; i < n_vectors && left > 0; i++)
    {
      gsize size = MIN (vectors[i].size, left);

      listen_to (self, &self->out, vectors[i].buffer, size);
      left -= size;
    }
  return n;
}

static void
tap_want (WsTransport *transport, GIOCondition condition)
{
  ws_transport_want (((Tap *) transport)->inner, condition);
}

static void
tap_shutdown (WsTransport *transport)
{
  ws_transport_shutdown (((Tap *) transport)->inner);
}

static gboolean
tap_is_readable (WsTransport *transport)
{
  return ws_transport_is_readable (((Tap *) transport)->inner);
}

static gboolean
tap_is_heard (WsTransport *transport, gint64 since)
{
  return ws_transport_is_heard (((Tap *) transport)->inner, since);
}

static void
tap_get_endpoint (WsTransport *transport, gboolean remote, WsEndpoint *endpoint)
{
  ws_transport_get_endpoint (((Tap *) transport)->inner, remote, endpoint);
}

static void
tap_free (WsTransport *transport)
{
  Tap *self = (Tap *) transport;

  ws_transport_free (self->inner);
  ws_poller_unref (self->parent.poller);
  g_free (self);
}

static void
on_inner_ready (gpointer user_data, GIOCondition condition)
{
  Tap *self = user_data;

  self->parent.ready (self->parent.user_data, condition);
}

/* --- Birth --- */

static void
way_init (Way *self, WsRole role, const char *arrow)
{
  ws_frame_reader_init (&self->reader, role);
  /* Whatever was agreed on. */
  self->reader.rsv_allowed = WS_FRAME_RSV_BITS;
  self->arrow = arrow;
  self->is_opened = TRUE;
}

WsTransport *
ws_frame_tap_new (WsTransport *inner, WsRole role)
{
  Tap *self = g_new0 (Tap, 1);

  self->klass = (WsTransportClass){
    .read = tap_read,
    .writev = tap_writev,
    .want = tap_want,
    .shutdown = tap_shutdown,
    .is_readable = tap_is_readable,
    .is_heard = tap_is_heard,
    .short_read_is_last = inner->klass->short_read_is_last,
    .get_endpoint = tap_get_endpoint,
    .free = tap_free,
  };
  self->parent = (WsTransport){ .klass = &self->klass,
                                .poller = ws_poller_ref (inner->poller),
                                .is_encrypted = inner->is_encrypted,
                                .is_quiet = inner->is_quiet,
                                .log_number = inner->log_number,
                                .generation = inner->generation };
  self->inner = inner;
  way_init (&self->in, role, "<");
  way_init (&self->out,
            role == WS_ROLE_SERVER ? WS_ROLE_CLIENT : WS_ROLE_SERVER, ">");
  self->out.is_opened = role == WS_ROLE_CLIENT;
  ws_transport_set_ready (inner, on_inner_ready, self);
  return &self->parent;
}

void
ws_frame_tap_note_input (WsTransport *self, const guint8 *data, gsize len)
{
  Tap *tap = (Tap *) self;

  listen_to (tap, &tap->in, data, len);
}
