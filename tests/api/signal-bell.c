/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-bell.h"

#include "words.h"

G_DEFINE_FINAL_TYPE (Bell, bell, G_TYPE_OBJECT)

static void G_GNUC_PRINTF (2, 3) add (Bell *self, const char *format, ...)
{
  va_list args;

  if (self->words->len > 0)
    g_string_append_c (self->words, ' ');
  va_start (args, format);
  g_string_append_vprintf (self->words, format, args);
  va_end (args);
  if (self->hook != NULL)
    self->hook (self);
}

void
bell_expect (Bell *self, const char *words)
{
  words_expect (self->words, words);
}

void
bell_on_rang (Bell *self)
{
  add (self, "rang");
}

void
bell_on_said (Bell *self, const char *text)
{
  add (self, "said:%s", text);
}

void
bell_on_told (Bell *self, int number, const char *text)
{
  add (self, "told:%d:%s", number, text);
}

int
bell_on_asked (Bell *self)
{
  add (self, "asked");
  return 42;
}

static void
hear (Bell *self)
{
  add (self, "hear");
}

static void
write_text (Bell *self, const char *text)
{
  add (self, "write:%s", text != NULL ? text : "NULL");
}

static void
write_twice (Bell *self, const char *first, const char *second)
{
  add (self, "write:%s:%s", first != NULL ? first : "NULL",
       second != NULL ? second : "NULL");
}

static void
take (Bell *self, GBytes *bytes)
{
  if (bytes == NULL)
    add (self, "take:NULL");
  else
    add (self, "take:%zu:%.*s", g_bytes_get_size (bytes),
         (int) g_bytes_get_size (bytes),
         (const char *) g_bytes_get_data (bytes, NULL));
}

static void
count (Bell *self, int number)
{
  add (self, "count:%d", number);
}

static void
keep (Bell *self, GObject *object)
{
  add (self, "keep:%s", object != NULL ? G_OBJECT_TYPE_NAME (object) : "NULL");
}

static void
bell_finalize (GObject *object)
{
  g_string_free (TEST_BELL (object)->words, TRUE);
  G_OBJECT_CLASS (bell_parent_class)->finalize (object);
}

static void
add_slot (const char *name, GCallback handler, GType first, GType second)
{
  g_signal_new_class_handler (name, TYPE_BELL,
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, handler,
                              NULL, NULL, NULL, G_TYPE_NONE,
                              (first != G_TYPE_NONE) + (second != G_TYPE_NONE),
                              first, second);
}

static void
add_signal (const char *name, GType result, GType first, GType second)
{
  g_signal_new (name, TYPE_BELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, result,
                (first != G_TYPE_NONE) + (second != G_TYPE_NONE), first,
                second);
}

static void
bell_class_init (BellClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bell_finalize;
  add_signal ("rang", G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
  add_signal ("said", G_TYPE_NONE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
              G_TYPE_NONE);
  add_signal ("told", G_TYPE_NONE, G_TYPE_INT, G_TYPE_STRING);
  add_signal ("brought", G_TYPE_NONE, G_TYPE_BYTES, G_TYPE_NONE);
  add_signal ("carried", G_TYPE_NONE, WS_TYPE_MESSAGE, G_TYPE_NONE);
  add_signal ("counted", G_TYPE_NONE, G_TYPE_DOUBLE, G_TYPE_NONE);
  add_signal ("pointed", G_TYPE_NONE, G_TYPE_POINTER, G_TYPE_NONE);
  add_signal ("asked", G_TYPE_INT, G_TYPE_NONE, G_TYPE_NONE);
  g_signal_new ("named", TYPE_BELL, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                NULL, NULL, NULL, G_TYPE_NONE, 0);
  add_slot ("hear", G_CALLBACK (hear), G_TYPE_NONE, G_TYPE_NONE);
  add_slot ("write", G_CALLBACK (write_text), G_TYPE_STRING, G_TYPE_NONE);
  add_slot ("write-twice", G_CALLBACK (write_twice), G_TYPE_STRING,
            G_TYPE_STRING);
  add_slot ("take", G_CALLBACK (take), G_TYPE_BYTES, G_TYPE_NONE);
  add_slot ("count", G_CALLBACK (count), G_TYPE_INT, G_TYPE_NONE);
  add_slot ("keep", G_CALLBACK (keep), G_TYPE_OBJECT, G_TYPE_NONE);
}

static void
bell_init (Bell *self)
{
  self->words = g_string_new (NULL);
}

Bell *
bell_new (void)
{
  return g_object_new (TYPE_BELL, NULL);
}

WsConnection *
bell_connect_checked (GObject       *sender,
                      const char    *signal,
                      GObject       *receiver,
                      GCallback      slot,
                      WsConnectFlags flags)
{
  g_autoptr (GError) error = NULL;
  WsConnection *connection
      = ws_connect (sender, signal, receiver, slot, flags, &error);

  g_assert_no_error (error);
  g_assert_nonnull (connection);
  return connection;
}
