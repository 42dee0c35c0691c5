/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "ws-glib connect": the command line. */
#include "connect-session.h"
#include "tool.h"

static void
add_main (ConnectOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "execute", 'x', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->messages,
      "Send this, no standard input (repeatable)", "MESSAGE" },
    { "send", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files,
      "Send a file as one message (repeatable)", "FILE" },
    { "wait", 'w', 0, G_OPTION_ARG_DOUBLE, &self->wait,
      "Wait so long before closing then (default: 2)", "SECONDS" },
    { "binary", 'b', 0, G_OPTION_ARG_NONE, &self->is_binary,
      "Binary messages, as they are read; output raw", NULL },
    { "output", 'O', 0, G_OPTION_ARG_FILENAME, &self->output,
      "Write what comes to a file", "FILE" },
    { "one", '1', 0, G_OPTION_ARG_NONE, &self->ends_after_one,
      "Close after the first message that comes", NULL },
    { "no-close", 'n', 0, G_OPTION_ARG_NONE, &self->stays,
      "Stay after the end of standard input", NULL },
    { "reconnect", 'r', 0, G_OPTION_ARG_NONE, &self->reconnects,
      "Connect again when the connection is lost", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->indents_json,
      "Indent messages that are JSON", NULL },
    { "ping", 0, 0, G_OPTION_ARG_DOUBLE, &self->ping,
      "Ping so often, and print the latency", "SECONDS" },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &self->client.timeout,
      "For the opening, and with -1 the message", "SECONDS" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->is_quiet,
      "Only errors on standard error", NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

static void
add_more (ConnectOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "whole", 0, 0, G_OPTION_ARG_NONE, &self->is_whole,
      "All of standard input is one message", NULL },
    { "close", 0, 0, G_OPTION_ARG_INT, &self->close_code,
      "Close with this code (default: 1000)", "CODE" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &self->close_reason,
      "Close for this reason", "TEXT" },
    { "max-size", 0, 0, G_OPTION_ARG_INT, &self->client.max_size,
      "Take messages of up to N MiB (default: 16)", "N" },
    { "no-history", 0, 0, G_OPTION_ARG_NONE, &self->has_no_history,
      "Neither read nor keep what is typed", NULL },
    { "show-pings", 'P', 0, G_OPTION_ARG_NONE, &self->shows_pings,
      "Tell of the server's pings, and of pongs", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->is_verbose,
      "Show the server's answer", NULL },
    { NULL },
  };
  GOptionGroup *group
      = g_option_group_new ("more", "More options:", "Show further options",
                            NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

/* RFC 6455, 7.4: what a close frame may carry. */
static gboolean
is_close_code (int code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

static gboolean
check (ConnectOptions *self, char **arguments, GError **error)
{
  const char    *complaint = NULL;
  const gboolean waits = self->wait != CONNECT_WAIT_UNSAID;

  if ((waits && self->wait < 0) || self->ping < 0
      || self->wait > G_MAXINT / 1000 || self->ping > G_MAXINT / 1000)
    complaint = "That is no time to wait";
  else if (self->is_whole && (self->messages != NULL || self->files != NULL))
    complaint = "--whole is about standard input, which is not read with this";
  else if (waits && self->messages == NULL && self->files == NULL)
    complaint = "--wait needs --execute or --send";
  else if (!is_close_code (self->close_code))
    complaint = "--close takes 1000 to 1003, 1007 to 1014 and 3000 to 4999";
  if (complaint == NULL)
    return client_options_check (&self->client, arguments, error);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       complaint);
  return FALSE;
}

static void
clear (ConnectOptions *self)
{
  client_options_clear (&self->client);
  g_strfreev (self->messages);
  g_strfreev (self->files);
  g_free (self->url);
  g_free (self->output);
  g_free (self->close_reason);
}

static int
run (ConnectOptions *options, int argc, char **argv)
{
  g_autoptr (GOptionContext) context
      = g_option_context_new ("URL - talk to a WebSocket server");
  g_autoptr (ConnectSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char **arguments = tool_keep (argc, argv);

  add_main (options, context);
  client_options_add (&options->client, context);
  add_more (options, context);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !tool_check_count (argc, argv, 1, 1, &error)
      || !check (options, arguments, &error))
    return tool_complain (error);
  options->url = client_options_complete_url (argv[1]);
  session = connect_session_new (options, &error);
  if (session == NULL)
    return tool_complain (error);
  return (int) connect_session_run (session);
}

int
connect_main (int argc, char **argv)
{
  ConnectOptions options
      = { .wait = CONNECT_WAIT_UNSAID, .close_code = WS_CLOSE_CODE_NORMAL };
  int status = run (&options, argc, argv);

  clear (&options);
  return status;
}
