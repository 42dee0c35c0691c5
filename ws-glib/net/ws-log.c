/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes what is told of connections, as text and as fields. */
#include "net/ws-log.h"

#include <stdio.h>

/* A line is cut behind so many bytes, and so is a field. */
#define MAX_LINE 1000

#define MAX_FIELDS 12

/* --- What is wanted --- */

static const GDebugKey topics[] = {
  { "frames", WS_LOG_FRAMES },
  { "handshake", WS_LOG_HANDSHAKE },
  { "tls", WS_LOG_TLS },
  { "pool", WS_LOG_POOL },
};

/* The variable is read once. Threads that do so at the same time read the
 * same. */
static guint
get_topics (void)
{
  static int known = -1; /* atomic */
  int        wanted = g_atomic_int_get (&known);

  if (G_LIKELY (wanted >= 0))
    return (guint) wanted;
  wanted = (int) g_parse_debug_string (g_getenv ("WS_DEBUG"), topics,
                                       G_N_ELEMENTS (topics));
  g_atomic_int_set (&known, wanted);
  return (guint) wanted;
}

gboolean
ws_log_has (WsLogTopics topic)
{
  return (get_topics () & topic) != 0;
}

static gboolean
is_shown (void)
{
  return !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
}

gboolean
ws_log_is_on (void)
{
  return get_topics () != 0 || is_shown ();
}

guint
ws_log_number (guint *slot)
{
  static int last; /* atomic */

  if (*slot == 0)
    *slot = (guint) g_atomic_int_add (&last, 1) + 1;
  return *slot;
}

/* --- Text --- */

/* Appends as much of @text as fits, without what would move a terminal's cursor
 * or turn the direction of writing. */
static void
append_clean (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char      *next = valid;

  for (; *next != '\0' && out->len < MAX_LINE; next = g_utf8_next_char (next))
    {
      const gunichar c = g_utf8_get_char (next);

      if (g_unichar_isprint (c))
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, "\\x{%X}", c);
    }
  if (*next != '\0')
    g_string_append (out, "...");
}

static const char *
name_topic (WsLogTopics topic)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    if (topics[i].value == topic)
      return topics[i].key;
  return NULL;
}

static void
append_subject (GString *out, const WsLogFacts *facts)
{
  const char *topic = name_topic (facts->topic);

  if (facts->socket != 0)
    g_string_append_printf (out, "socket %u", facts->socket);
  else if (facts->server != 0)
    g_string_append_printf (out, "server %u", facts->server);
  if (topic != NULL)
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", topic);
  if (out->len > 0)
    g_string_append (out, ": ");
}

/* --- Fields --- */

typedef struct
{
  GLogField all[MAX_FIELDS];
  gsize     n;
  GString  *values[MAX_FIELDS]; /* (owned): what was made for them */
  guint     n_values;
} Fields;

/* @value: for as long as the fields are in use. */
static void
add (Fields *self, const char *key, const char *value)
{
  g_assert (self->n < MAX_FIELDS);
  self->all[self->n++] = (GLogField){ key, value, -1 };
}

static void
add_text (Fields *self, const char *key, const char *text)
{
  GString *value;

  if (text == NULL)
    return;
  value = self->values[self->n_values++] = g_string_new (NULL);
  append_clean (value, text);
  add (self, key, value->str);
}

static void
add_number (Fields *self, const char *key, guint number)
{
  GString *value;

  if (number == 0)
    return;
  value = self->values[self->n_values++] = g_string_new (NULL);
  g_string_printf (value, "%u", number);
  add (self, key, value->str);
}

static void
fields_fill (Fields *self, const WsLogFacts *facts, const char *line)
{
  add (self, "MESSAGE", line);
  add (self, "PRIORITY", "7"); /* debug, as of syslog(3) */
  add (self, "GLIB_DOMAIN", G_LOG_DOMAIN);
  add_text (self, "WS_TOPIC", name_topic (facts->topic));
  add_number (self, "WS_SERVER", facts->server);
  add_number (self, "WS_SOCKET", facts->socket);
  add_text (self, "WS_PEER", facts->peer);
  add_text (self, "WS_URL", facts->url);
  add_text (self, "WS_STATE", facts->state);
  add_number (self, "WS_CLOSE_CODE", facts->close_code);
  add_number (self, "WS_HTTP_STATUS", facts->status);
}

static void
fields_clear (Fields *self)
{
  for (guint i = 0; i < self->n_values; i++)
    g_string_free (self->values[i], TRUE);
}

/* WS_DEBUG alone is wish enough, though GLib would drop the line. */
static void
fields_write (const Fields *self)
{
  if (is_shown ())
    g_log_structured_array (G_LOG_LEVEL_DEBUG, self->all, self->n);
  else if (!g_log_writer_is_journald (fileno (stderr))
           || g_log_writer_journald (G_LOG_LEVEL_DEBUG, self->all, self->n,
                                     NULL)
                  != G_LOG_WRITER_HANDLED)
    g_log_writer_standard_streams (G_LOG_LEVEL_DEBUG, self->all, self->n, NULL);
}

void
ws_log (const WsLogFacts *facts, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) line = NULL;
  Fields  fields = { 0 };
  va_list args;

  if (!ws_log_is_on ())
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_string_new (NULL);
  append_subject (line, facts);
  append_clean (line, text);
  fields_fill (&fields, facts, line->str);
  fields_write (&fields);
  fields_clear (&fields);
}
