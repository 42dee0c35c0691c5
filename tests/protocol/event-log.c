/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event-log.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "support/ws-test.h"

static void
append_payload (GString *log, const guint8 *data, gsize len)
{
  if (len > 64)
    {
      guint32 hash = 2166136261u;

      for (gsize i = 0; i < len; i++)
        hash = (hash ^ data[i]) * 16777619u;
      g_string_append_printf (log, " <%" G_GSIZE_FORMAT " bytes, %08x>", len,
                              hash);
      return;
    }
  g_string_append (log, " \"");
  for (gsize i = 0; i < len; i++)
    {
      if (g_ascii_isprint (data[i]) && strchr ("\"\\#", data[i]) == NULL)
        g_string_append_c (log, (char) data[i]);
      else
        g_string_append_printf (log, "\\x%02x", data[i]);
    }
  g_string_append_c (log, '"');
}

static const char *
event_name (const WsEvent *event)
{
  switch (event->type)
    {
    case WS_EVENT_FRAME:
      return "frame";
    case WS_EVENT_MESSAGE:
      return "message";
    case WS_EVENT_PIECE:
      return "piece";
    case WS_EVENT_PING:
      return "ping";
    case WS_EVENT_PONG:
      return "pong";
    case WS_EVENT_CLOSE:
      return "close";
    case WS_EVENT_FAULT:
      return "fault";
    case WS_EVENT_BUSY:
      return "busy";
    }
  g_assert_not_reached ();
}

static void
append_reason (GString *log, const WsFault *fault)
{
  gsize len = strlen (fault->reason);

  g_assert_cmpuint (len, >, 0);
  g_assert_cmpuint (len, <=, WS_CLOSE_REASON_MAX);
  g_string_append_printf (log, " #%s", fault->reason);
}

void
event_log_write (GString *log, const WsEvent *event)
{
  gboolean is_data
      = event->type == WS_EVENT_MESSAGE || event->type == WS_EVENT_FRAME;

  g_string_append (log, event_name (event));
  g_assert_nonnull (event->data);
  if (is_data)
    g_string_append (log,
                     event->opcode == WS_OPCODE_TEXT ? " text" : " binary");
  if (event->type == WS_EVENT_FRAME && event->is_last)
    g_string_append (log, " last");
  if (event->type == WS_EVENT_CLOSE)
    g_string_append_printf (log, " %u", event->close_code);
  if (event->type == WS_EVENT_FAULT)
    g_string_append_printf (log, " %u", event->fault->close_code);
  else if (event->fault == NULL)
    append_payload (log, event->data, event->len);
  if (event->fault != NULL)
    append_reason (log, event->fault);
  g_string_append_c (log, '\n');

  if (event->type == WS_EVENT_CLOSE
      || (is_data && event->opcode == WS_OPCODE_TEXT))
    g_assert_cmpuint (event->data[event->len], ==, 0);
}

void
event_log_append_frame (GByteArray *wire,
                        WsRole      role,
                        guint8      first_byte,
                        const void *payload,
                        gsize       len)
{
  static const guint8 key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  guint8              mask_bit = role == WS_ROLE_SERVER ? 0x80 : 0;
  guint8              head[10] = { first_byte, mask_bit };
  gsize               extra = len < 126 ? 0 : len < 65536 ? 2 : 8;
  guint               at;

  head[1] |= extra == 0 ? (guint8) len : extra == 2 ? 126 : 127;
  for (gsize i = 0; i < extra; i++)
    head[2 + i] = (guint8) ((guint64) len >> (8 * (extra - 1 - i)));
  g_byte_array_append (wire, head, (guint) (2 + extra));
  if (role == WS_ROLE_SERVER)
    g_byte_array_append (wire, key, sizeof key);
  at = wire->len;
  if (len > 0)
    g_byte_array_append (wire, payload, (guint) len);
  for (gsize i = 0; role == WS_ROLE_SERVER && i < len; i++)
    wire->data[at + i] ^= key[i % 4];
}

void
event_log_start (WsProtocol *core, const EventSetup *setup)
{
  guint64 max_frame_size = setup->max_frame_size;
  guint64 max_message_size = setup->max_message_size;

  ws_protocol_init (core, setup->role);
  ws_protocol_set_frame_events (core, setup->wants_frame_events);
  if (max_frame_size > 0 || max_message_size > 0)
    ws_protocol_set_limits (
        core, max_frame_size > 0 ? max_frame_size : WS_ASSEMBLER_DEFAULT_LIMIT,
        max_message_size > 0 ? max_message_size : WS_ASSEMBLER_DEFAULT_LIMIT);
  if (setup->extension != NULL)
    ws_protocol_take_extension (core, setup->extension ());
}

static guint8 *
copy_piece (const guint8 *data, gsize len, gboolean guarded)
{
  return guarded ? ws_test_guarded (data, len) : g_memdup2 (data, len);
}

/* What was in it must not be looked at any more. */
static void
free_piece (guint8 *piece, gsize len, gboolean guarded)
{
  if (piece == NULL)
    return;
  memset (piece, 0xa5, len);
  if (guarded)
    ws_test_guarded_free (piece, len);
  else
    g_free (piece);
}

/* What is not said to be rare holds nothing. */
static void
check_rarity (const WsEvent *event)
{
  g_assert_true (event->is_rare
                 || (event->owned.data == NULL && event->pin == NULL
                     && event->bytes == NULL && event->copy == NULL
                     && event->fault == NULL && event->close_code == 0));
}

static void
feed_piece (
    WsProtocol *core, const guint8 *data, gsize len, EventCut cut, GString *log)
{
  gsize   n = len;
  guint8 *place = cut.in_place ? ws_protocol_get_place (core, &n) : NULL;
  guint8 *piece = NULL;
  WsEvent event = { 0 };

  if (place != NULL)
    memcpy (place, data, n = MIN (n, len));
  else
    place = piece = copy_piece (data, n = len, cut.guarded);
  ws_protocol_feed (core, place, n);
  while (ws_protocol_next_event (core, &event))
    {
      /* That depends on the cut. */
      if (event.type != WS_EVENT_BUSY)
        event_log_write (log, &event);
      g_assert_true (event.is_rare || event.type == WS_EVENT_MESSAGE);
      check_rarity (&event);
      ws_event_release (&event);
      check_rarity (&event);
      if (cut.keeps)
        {
          ws_protocol_keep_input (core);
          free_piece (g_steal_pointer (&piece), n, cut.guarded);
        }
    }
  g_assert_false (ws_protocol_has_input (core));
  free_piece (piece, n, cut.guarded);
  if (n < len)
    feed_piece (core, data + n, len - n, cut, log);
}

char *
event_log_read (const EventSetup *setup,
                const guint8     *wire,
                gsize             len,
                EventCut          cut)
{
  GString   *log = g_string_new (NULL);
  WsProtocol core;
  gsize      piece = MIN (cut.first, len);

  event_log_start (&core, setup);
  for (gsize at = 0; at < len; at += piece)
    {
      if (at > 0)
        piece = cut.step > 0 ? MIN (cut.step, len - at) : len - at;
      feed_piece (&core, wire + at, piece, cut, log);
    }
  ws_protocol_clear (&core);
  return g_string_free (log, FALSE);
}

static void
drop_reasons (char *log)
{
  char *out = log;

  for (const char *in = log; *in != '\0'; in++)
    {
      if (in[0] == ' ' && in[1] == '#')
        in = strchr (in, '\n');
      *out++ = *in;
    }
  *out = '\0';
}

static void
check_cut (const char       *name,
           const EventSetup *setup,
           const guint8     *wire,
           gsize             len,
           EventCut          cut,
           const char       *expected)
{
  g_autofree char *log = event_log_read (setup, wire, len, cut);

  if (g_strcmp0 (log, expected) != 0)
    g_error ("%s, cut after %" G_GSIZE_FORMAT ", then every %" G_GSIZE_FORMAT
             "%s%s:\n%sinstead of\n%s",
             name, cut.first, cut.step, cut.guarded ? ", guarded" : "",
             cut.keeps ? ", kept" : "", log, expected);
}

/* (transfer full): the log of the uncut stream, with reasons, once it has been
 * found to be @expected without them. */
static char *
check_whole (const char       *name,
             const EventSetup *setup,
             const guint8     *wire,
             gsize             len,
             const char       *expected)
{
  EventCut         whole = { .first = len };
  char            *log = event_log_read (setup, wire, len, whole);
  g_autofree char *plain = g_strdup (log);

  drop_reasons (plain);
  if (g_strcmp0 (plain, expected) != 0)
    g_error ("%s:\n%sinstead of\n%s", name, log, expected);
  return log;
}

void
event_log_check_some (const char       *name,
                      const EventSetup *setup,
                      const guint8     *wire,
                      gsize             len,
                      const char       *expected)
{
  g_autofree char *log = check_whole (name, setup, wire, len, expected);
  EventCut         cuts[] = {
            { .first = len, .guarded = TRUE },
            { .first = len, .keeps = TRUE },
            { .first = 3, .step = 4093 },
            { .first = len / 2 },
            { .first = len - MIN (len, 1) },
            { .first = 3, .step = 4093, .in_place = TRUE },
            { .first = len / 2, .in_place = TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      cuts[i].first = MAX (cuts[i].first, 1);
      check_cut (name, setup, wire, len, cuts[i], log);
    }
}

void
event_log_check (const char       *name,
                 const EventSetup *setup,
                 const guint8     *wire,
                 gsize             len,
                 const char       *expected)
{
  g_autofree char *log = check_whole (name, setup, wire, len, expected);
  EventCut         single = { .first = 1, .step = 1 };
  EventCut         guarded = { .first = len, .guarded = TRUE };
  EventCut         guarded_halves = { .first = len / 2 + 1, .guarded = TRUE };
  EventCut         kept = { .first = len, .keeps = TRUE };

  check_cut (name, setup, wire, len, single, log);
  check_cut (name, setup, wire, len, guarded, log);
  check_cut (name, setup, wire, len, guarded_halves, log);
  check_cut (name, setup, wire, len, kept, log);
  for (gsize at = 1; at < len; at++)
    {
      EventCut cut = { .first = at };

      check_cut (name, setup, wire, len, cut, log);
      cut.keeps = TRUE;
      check_cut (name, setup, wire, len, cut, log);
    }
}
