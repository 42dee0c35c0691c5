/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines that begin with a slash are for us. */
#include "connect-commands.h"

#include <string.h>

#include "socket-report.h"

typedef struct
{
  const char *name;
  const char *arguments;
  const char *help;
  void (*obey) (ConnectSession *session, const char *argument);
} Command;

static void
obey_ping (ConnectSession *session, const char *argument)
{
  g_autoptr (GBytes) payload = g_bytes_new (argument, strlen (argument));
  g_autoptr (GError) error = NULL;

  if (!ws_socket_ping (connect_session_get_socket (session), payload, &error))
    console_say (connect_session_get_console (session), "%s", error->message);
}

static void
obey_send (ConnectSession *session, const char *argument)
{
  connect_session_send_file (session, argument, FALSE);
}

static void
obey_text (ConnectSession *session, const char *argument)
{
  connect_session_send_file (session, argument, TRUE);
}

static void
obey_info (ConnectSession *session, const char *argument)
{
  g_autofree char *text
      = socket_report_statistics (connect_session_get_socket (session));

  console_say_lines (connect_session_get_console (session), text);
}

static void
obey_close (ConnectSession *session, const char *argument)
{
  char   *reason;
  guint64 code = g_ascii_strtoull (argument, &reason, 10);

  if (*argument == '\0')
    code = WS_CLOSE_CODE_NORMAL;
  connect_session_close (session, (guint) MIN (code, G_MAXUINT16),
                         g_strchug (reason));
}

static void obey_help (ConnectSession *session, const char *argument);

static const Command commands[] = {
  { "/ping", "[TEXT]", "send a ping, tell how long the pong took", obey_ping },
  { "/send", "FILE", "send a file as one binary message", obey_send },
  { "/text", "FILE", "send a file as one text message", obey_text },
  { "/info", "", "what was agreed, and what has been carried", obey_info },
  { "/close", "[CODE [REASON]]", "close, and leave", obey_close },
  { "/quit", "", "close with 1000, and leave", obey_close },
  { "/help", "", "this list; //TEXT sends /TEXT", obey_help },
};

static void
obey_help (ConnectSession *session, const char *argument)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    console_say (connect_session_get_console (session), "%-7s %-16s %s",
                 commands[i].name, commands[i].arguments, commands[i].help);
}

void
connect_commands_obey (ConnectSession *session, const char *line)
{
  gsize            length = strcspn (line, " ");
  g_autofree char *name = g_strndup (line, length);
  g_autofree char *argument = g_strstrip (g_strdup (line + length));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      {
        commands[i].obey (session, argument);
        return;
      }
  console_say (connect_session_get_console (session),
               "There is no %s: /help lists what is", name);
}
