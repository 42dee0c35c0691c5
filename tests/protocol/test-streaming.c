/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event-log.h"

#include <string.h>

#include "support/ws-test.h"

/* Messages that come in pieces: however the stream is cut, the pieces make up
 * what the message would have been, and nothing is gathered. */

typedef struct
{
  const char *name;
  const char *wire; /* as a client gets it */
  const char *log;  /* each message as one line */
} Vector;

static const Vector vectors[] = {
  { "whole", "81 02 48 69", "text \"Hi\"\n" },
  { "empty", "81 00", "text \"\"\n" },
  { "fragments", "01 01 48 00 00 80 01 69", "text \"Hi\"\n" },
  { "empty-end", "02 02 01 02 80 00", "binary \"\\001\\002\"\n" },
  { "all-empty", "01 00 00 00 80 00", "text \"\"\n" },
  { "cut-character", "01 02 48 c3 80 01 bc", "text \"H\\303\\274\"\n" },
  { "controls-between", "01 01 48 89 01 3f 80 01 69", "ping\ntext \"Hi\"\n" },
  { "two", "01 01 48 80 01 69 02 01 01 80 01 02",
    "text \"Hi\"\nbinary \"\\001\\002\"\n" },
  { "bad-text", "01 01 48 80 01 ff 82 01 01", "fault 1007\n" },
  { "cut-at-end", "01 01 c3 80 00", "fault 1007\n" },
  { "wrong-order", "01 01 48 81 01 69", "fault 1002\n" },
  { "too-big",
    "02 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
    " 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
    " 80 01 00",
    "fault 1009\n" },
  { "close", "01 01 48 88 02 03 e8", "close 1000\n" },
};

typedef struct
{
  GString *log;
  GString *message; /* what came of the one under way */
} Reader;

static void
read_event (Reader *reader, const WsEvent *event)
{
  gboolean is_message = event->type == WS_EVENT_MESSAGE
                        || (event->type == WS_EVENT_PIECE && event->is_last);

  if (event->type == WS_EVENT_MESSAGE || event->type == WS_EVENT_PIECE)
    g_string_append_len (reader->message, (const char *) event->data,
                         (gssize) event->len);
  if (is_message)
    {
      g_autofree char *text = g_strescape (reader->message->str, NULL);

      g_string_append_printf (reader->log, "%s \"%s\"\n",
                              event->opcode == WS_OPCODE_TEXT ? "text"
                                                              : "binary",
                              text);
      g_string_truncate (reader->message, 0);
    }
  else if (event->type == WS_EVENT_PING)
    g_string_append (reader->log, "ping\n");
  else if (event->type == WS_EVENT_CLOSE)
    g_string_append_printf (reader->log, "close %u\n", event->close_code);
  else if (event->type == WS_EVENT_FAULT)
    g_string_append_printf (reader->log, "fault %u\n",
                            event->fault->close_code);
}

static void
feed (WsProtocol *core, const guint8 *data, gsize len, Reader *reader)
{
  guint8 *guarded = ws_test_guarded (data, len);
  WsEvent event = { 0 };

  ws_protocol_feed (core, guarded, len);
  while (ws_protocol_next_event (core, &event))
    {
      read_event (reader, &event);
      ws_event_release (&event);
    }
  g_assert_false (ws_protocol_has_input (core));
  /* Nothing is held back. */
  if (core->streaming)
    g_assert_cmpuint (core->assembler.now->message.len, ==, 0);
  ws_test_guarded_free (guarded, len);
}

/* What was gathered before comes without a further byte. */
static void
begin_streaming (WsProtocol *core, Reader *reader)
{
  WsEvent event = { 0 };

  ws_protocol_set_streaming (core, TRUE);
  while (ws_protocol_next_event (core, &event))
    {
      read_event (reader, &event);
      ws_event_release (&event);
    }
}

/* Streaming begins after @at bytes. */
static void
check (const Vector *vector, gsize at, gsize step)
{
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex (vector->wire, &len);
  Reader             reader = { g_string_new (NULL), g_string_new (NULL) };
  WsProtocol         core;

  ws_protocol_init (&core, WS_ROLE_CLIENT);
  ws_protocol_set_limits (&core, 100, 32);
  for (gsize i = 0; i < len; i += step)
    {
      if (i >= at && !core.streaming)
        begin_streaming (&core, &reader);
      feed (&core, wire + i, MIN (step, len - i), &reader);
    }
  g_assert_cmpstr (reader.log->str, ==, vector->log);
  ws_protocol_clear (&core);
  g_string_free (reader.log, TRUE);
  g_string_free (reader.message, TRUE);
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  gsize         len;

  g_free (ws_test_hex (vector->wire, &len));
  for (gsize step = 1; step <= len; step++)
    for (gsize at = 0; at < len; at++)
      check (vector, at, step);
}

/* Switched off, a message whose first piece has come goes on in pieces. */
static void
test_switched_off (void)
{
  static const guint8 wire[]
      = { 0x01, 0x01, 'H', 0x80, 0x01, 'i', 0x01, 0x01, 'H', 0x80, 0x01, 'o' };
  Reader     reader = { g_string_new (NULL), g_string_new (NULL) };
  WsProtocol core;
  WsEvent    event = { 0 };
  guint8     rest[3];

  ws_protocol_init (&core, WS_ROLE_CLIENT);
  ws_protocol_set_streaming (&core, TRUE);
  feed (&core, wire, 3, &reader);
  ws_protocol_set_streaming (&core, FALSE);
  feed (&core, wire + 3, 3, &reader);
  g_assert_cmpstr (reader.log->str, ==, "text \"Hi\"\n");
  feed (&core, wire + 6, 3, &reader);
  memcpy (rest, wire + 9, 3);
  ws_protocol_feed (&core, rest, 3);
  g_assert_true (ws_protocol_next_event (&core, &event));
  g_assert_cmpint (event.type, ==, WS_EVENT_MESSAGE);
  g_assert_cmpmem (event.data, event.len, "Ho", 2);
  ws_event_release (&event);
  ws_protocol_clear (&core);
  g_string_free (reader.log, TRUE);
  g_string_free (reader.message, TRUE);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/streaming/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/protocol/streaming/switched-off", test_switched_off);
  return g_test_run ();
}
