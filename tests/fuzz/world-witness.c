/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define WITNESS_KEY "fuzz-world-witness"

Witness *
world_find_witness (WsSocket *socket)
{
  return g_object_get_data (G_OBJECT (socket), WITNESS_KEY);
}

/* --- Numbered messages --- */

guint world_n_heard;

/* What they are filled up with can be told from their numbers: the alphabet
 * over and over, from one letter of it on. */
static void
fill (GString *text, guint seed, gsize len)
{
  static char letters[26 * 2800];

  if (letters[0] == '\0')
    for (gsize i = 0; i < sizeof letters; i++)
      letters[i] = (char) ('a' + i % 26);
  g_assert_cmpuint (len, <=, sizeof letters - 26);
  if (text->len < len)
    g_string_append_len (text, letters + seed % 26, (gssize) (len - text->len));
}

void
world_send (World *self, WsSocket *socket, gsize len)
{
  const guint serial = world_find_witness (socket)->serial;
  const guint number = ++g_array_index (self->n_sent, guint, serial);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gssize n;

  g_string_printf (text, "direct %u %u ", serial, number);
  fill (text, serial + number, len);
  g_object_ref (socket);
  n = ws_socket_send_text_message (socket, text->str, &error);
  g_assert_true ((n < 0) == (error != NULL));
  g_object_unref (socket);
  if (n >= 0)
    return;
  /* A handler may have sent more meanwhile: then there is a gap. */
  self->is_tampered |= g_array_index (self->n_sent, guint, serial) != number;
  --g_array_index (self->n_sent, guint, serial);
}

WsMessage *
world_make_broadcast (World *self, gsize len)
{
  g_autoptr (GString) text = g_string_new (NULL);

  self->n_broadcasts++;
  g_string_printf (text, "broadcast %u ", self->n_broadcasts);
  fill (text, self->n_broadcasts, len);
  return ws_message_new_text (text->str);
}

static void
check_filling (const char *text, guint seed)
{
  g_autoptr (GString) wanted = g_string_new_len (text, strcspn (text, " "));
  const char *end = strrchr (text, ' ');

  g_string_truncate (wanted, 0);
  g_string_append_len (wanted, text, end - text + 1);
  fill (wanted, seed, strlen (text));
  g_assert_cmpstr (text, ==, wanted->str);
}

/* What is kept comes in its order, and once; again only to who asks for it. */
static void
check_kept (Witness *self, guint number)
{
  if (number <= self->last_kept)
    g_assert_cmpuint (++self->n_recoveries, <=, self->world->n_recoveries);
  self->last_kept = number;
}

/* Each comes once, whole, and after those that were sent before. */
static void
check_own (Witness *self, const char *text)
{
  guint serial, number;

  if (sscanf (text, "direct %u %u ", &serial, &number) == 2)
    {
      check_filling (text, serial + number);
      if (self->remote == 0)
        self->remote = serial;
      g_assert_cmpuint (serial, ==, self->remote);
      g_assert_cmpuint (number, ==, self->n_received + 1);
      self->n_received = number;
      world_n_heard++;
    }
  else if (sscanf (text, "broadcast %u ", &number) == 1)
    {
      check_filling (text, number);
      g_assert_cmpuint (number, >, self->last_broadcast);
      self->last_broadcast = number;
    }
  else if (sscanf (text, "kept %u", &number) == 1)
    check_kept (self, number);
}

/* UTF-8, U+0000 included. */
static gboolean
is_text (const char *data, gsize len)
{
  const char *bad;

  while (!g_utf8_validate (data, (gssize) len, &bad))
    {
      if (*bad != '\0')
        return FALSE;
      len -= (gsize) (bad + 1 - data);
      data = bad + 1;
    }
  return TRUE;
}

void
world_check_message (Witness *self, WsMessage *message)
{
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);

  if (ws_message_get_message_type (message) != WS_MESSAGE_TYPE_TEXT)
    return;
  g_assert_true (is_text ((const char *) data, len));
  if (!self->world->is_tampered && !self->is_partly
      && ws_message_get_text (message) != NULL)
    check_own (self, ws_message_get_text (message));
}

/* All that the other end has sent has come, if both say so. (What is pulled may
 * be taken later; what waits behind a message that is sent in parts, and is not
 * complete when the connection is closed, never comes.) */
static void
check_end (Witness *self, WsSocket *socket)
{
  if (!self->world->is_tampered && !self->is_partly && self->remote != 0
      && ws_socket_get_was_clean (socket) && !ws_socket_get_pull (socket)
      && !self->world->sends_parts)
    g_assert_cmpuint (self->n_received, ==,
                      g_array_index (self->world->n_sent, guint, self->remote));
}

/* --- Signals --- */

static void
on_begun (gpointer user_data)
{
  Witness    *self = user_data;
  const guint none = 0;

  self->serial = self->world->n_sent->len;
  g_array_append_val (self->world->n_sent, none);
  self->remote = 0;
  self->n_received = 0;
  self->last_broadcast = 0;
  self->last_kept = 0;
  self->is_partly = self->is_early;
  self->is_early = FALSE;
}

/* In a handler of "notify" the attempt may have begun without a signal. */
void
world_expect_part (WsSocket *socket)
{
  Witness *self = world_find_witness (socket);

  self->is_partly = TRUE;
  self->is_early = self->watch.state != ws_socket_get_state (socket);
}

void
world_expect_attempt (WsSocket *socket)
{
  socket_watch_begin (&world_find_witness (socket)->watch);
}

static void
on_disconnected (WsSocket *socket, Witness *self)
{
  check_end (self, socket);
}

static void
on_message (WsSocket *socket, WsMessage *message, Witness *self)
{
  g_assert_false (self->watch.is_over);
  world_check_message (self, message);
}

static void
on_text (WsSocket *socket, const char *text, Witness *self)
{
  g_assert_false (self->watch.is_over);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
on_text_frame (WsSocket   *socket,
               const char *text,
               gboolean    is_last,
               Witness    *self)
{
  on_text (socket, text, self);
}

static void
on_finalised (gpointer user_data, GObject *object)
{
  World *self = user_data;

  self->n_alive--;
}

void
world_track (World *self, gpointer object)
{
  self->n_alive++;
  g_object_weak_ref (object, on_finalised, self);
}

static void
watch_messages (World *self, WsSocket *socket, Witness *witness)
{
  g_signal_connect (socket, "message-received", G_CALLBACK (on_message),
                    witness);
  if (self->choices.hears_texts)
    g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                      witness);
  if (self->choices.hears_frames)
    g_signal_connect (socket, "text-frame-received", G_CALLBACK (on_text_frame),
                      witness);
}

Witness *
world_watch (World *self, WsSocket *socket)
{
  static const char *const signs[] = { "about-to-close",
                                       "read-channel-finished",
                                       "ping-received",
                                       "bytes-written",
                                       "drained",
                                       "pong",
                                       NULL };
  Witness                 *witness = g_new0 (Witness, 1);

  witness->world = self;
  witness->watch.begun = on_begun;
  socket_watch_begin (&witness->watch);
  g_ptr_array_add (self->witnesses, witness);
  g_object_set_data (G_OBJECT (socket), WITNESS_KEY, witness);
  world_track (self, socket);
  socket_watch_init (&witness->watch, socket);
  g_signal_connect (socket, "disconnected", G_CALLBACK (on_disconnected),
                    witness);
  watch_messages (self, socket, witness);
  socket_watch_expect_life (&witness->watch, socket, signs);
  return witness;
}
