/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "echo-cases.h"

/*
 * The case protocol of WebSocket conformance servers, as the echoing client:
 * /getCaseCount tells how many cases there are, each /runCase is a connection
 * that is echoed until the server closes it, /updateReports ends the run.
 */

#define COUNT_TIMEOUT    10 /* seconds */
#define MAX_MESSAGE_SIZE (G_GUINT64_CONSTANT (256) << 20)

typedef struct
{
  WsSocket   *socket; /* (owned): the same one for all cases */
  GMainLoop  *loop;   /* (owned) */
  const char *url;    /* (unowned) */
  char       *agent;  /* (owned): escaped for a query */
  guint64     n_cases;
  guint64     current; /* 0 counts, 1 to n_cases run, n_cases + 1 reports */
  gboolean    is_complete;
} EchoCases;

static void
open_current (EchoCases *self)
{
  const char      *slash = g_str_has_suffix (self->url, "/") ? "" : "/";
  g_autofree char *url = NULL;

  if (self->current == 0)
    url = g_strdup_printf ("%s%sgetCaseCount", self->url, slash);
  else if (self->current <= self->n_cases)
    url = g_strdup_printf ("%s%srunCase?case=%" G_GUINT64_FORMAT "&agent=%s",
                           self->url, slash, self->current, self->agent);
  else
    url = g_strdup_printf ("%s%supdateReports?agent=%s", self->url, slash,
                           self->agent);

  if (!ws_socket_open (self->socket, url, NULL))
    g_main_loop_quit (self->loop);
}

static void
on_message_received (WsSocket *socket, WsMessage *message, EchoCases *self)
{
  if (self->current > 0)
    {
      if (ws_socket_send_message (socket, message, NULL) < 0)
        ws_socket_abort (socket);
      return;
    }

  const char *count = ws_message_get_text (message);

  if (count == NULL
      || !g_ascii_string_to_unsigned (count, 10, 1, G_MAXUINT32, &self->n_cases,
                                      NULL))
    g_printerr ("The server's answer is not a number of cases\n");
}

/* A server that is no case server leaves the question unanswered. */
static gboolean
on_count_timeout (gpointer user_data)
{
  EchoCases *self = user_data;

  if (self->current == 0)
    {
      g_printerr ("The server did not tell how many cases it has\n");
      ws_socket_abort (self->socket);
    }
  return G_SOURCE_CONTINUE;
}

static void
on_disconnected (WsSocket *socket, EchoCases *self)
{
  /* Without a number of cases there is nothing to run. */
  if (self->n_cases > 0 && self->current <= self->n_cases)
    {
      self->current++;
      open_current (self);
      return;
    }
  self->is_complete = self->n_cases > 0 && ws_socket_get_was_clean (socket);
  if (!self->is_complete && *ws_socket_get_error_string (socket) != '\0')
    g_printerr ("%s\n", ws_socket_get_error_string (socket));
  g_main_loop_quit (self->loop);
}

/* Returns the program's exit status: 0 when all cases have been run. */
int
echo_cases_run (const EchoOptions *options)
{
  EchoCases self = { .url = options->url };

  self.agent = g_uri_escape_string (options->agent, NULL, TRUE);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.socket = echo_options_make_socket (options);
  g_object_set (self.socket, "max-incoming-frame-size", MAX_MESSAGE_SIZE,
                "max-incoming-message-size", MAX_MESSAGE_SIZE,
                "max-bytes-to-write", 2 * MAX_MESSAGE_SIZE, NULL);
  g_signal_connect (self.socket, "message-received",
                    G_CALLBACK (on_message_received), &self);
  g_signal_connect (self.socket, "disconnected", G_CALLBACK (on_disconnected),
                    &self);

  guint timeout
      = g_timeout_add_seconds (COUNT_TIMEOUT, on_count_timeout, &self);

  open_current (&self);
  if (ws_socket_get_state (self.socket) != WS_STATE_UNCONNECTED)
    g_main_loop_run (self.loop);
  else
    g_printerr ("%s\n", ws_socket_get_error_string (self.socket));

  g_source_remove (timeout);
  g_object_unref (self.socket);
  g_main_loop_unref (self.loop);
  g_free (self.agent);
  return self.is_complete ? 0 : 1;
}
