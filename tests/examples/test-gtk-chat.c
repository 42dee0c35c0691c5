/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../../examples/gtk-chat/certificate-dialog.h"
#include "../../examples/gtk-chat/chat-window.h"
#include "../../examples/gtk-chat/host-window.h"
#include "gtk-rig.h"
#include "support/ws-test.h"

/* The chat in windows: what they show, and what becomes of clicks and keys.
 * Pictures of them are in the build folder. */

/* --- A host and its guests --- */

typedef struct
{
  HostWindow *host;
  WsServer   *server;
  ChatWindow *window;
  WsSocket   *socket; /* of the window */
  WsSocket   *guest;  /* somebody else in the room */
} Room;

static void
quicken (WsSocket *socket)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 5000u, "jitter", 0.0,
                      NULL);

  ws_socket_set_reconnect (socket, policy);
}

static void
join (Room *room, const char *nickname)
{
  const char *url = ws_server_get_url (room->server);

  chat_window_join (room->window, url, nickname);
  gtk_window_present (GTK_WINDOW (room->window));
  ws_test_until (NULL, gtk_rig_shows (room->window, "Hello"));
}

static void
room_set_up (Room *room, gconstpointer data)
{
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autofree char *url = NULL;

  room->host = host_window_new ();
  g_object_ref (room->host);
  room->server = host_window_get_server (room->host);
  g_assert_true (ws_server_listen (room->server, address, 0, NULL));
  room->window = chat_window_new (NULL);
  g_object_ref (room->window);
  room->socket = chat_window_get_socket (room->window);
  quicken (room->socket);
  room->guest = ws_socket_new ();
  url = g_strconcat (ws_server_get_url (room->server), "?nick=ben", NULL);
  g_assert_true (ws_socket_open (room->guest, url, NULL));
  ws_test_until (NULL, ws_socket_get_is_connected (room->guest));
}

static void
room_tear_down (Room *room, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (room->window));
  gtk_window_destroy (GTK_WINDOW (room->host));
  g_object_unref (room->guest);
  g_assert_finalize_object (room->window);
  g_assert_finalize_object (room->host);
}

static void
say (WsSocket *socket, const char *text)
{
  g_assert_cmpint (ws_socket_send_text_message (socket, text, NULL), >=, 0);
}

/* As with the keyboard: Enter sends. */
static void
type (Room *room, const char *text)
{
  GtkWidget *entry
      = gtk_rig_find (gtk_widget_get_last_child (
                          gtk_window_get_child (GTK_WINDOW (room->window))),
                      GTK_TYPE_ENTRY);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
}

/* --- What is tested --- */

static void
test_join (Room *room, gconstpointer data)
{
  gtk_window_present (GTK_WINDOW (room->window));
  g_assert_true (gtk_rig_shows (room->window, "Join a Chat"));
  chat_window_join (room->window, "nonsense", "anna");
  g_assert_true (gtk_rig_shows (room->window, "nonsense"));
  g_assert_true (gtk_rig_shows (room->window, "Join a Chat"));
  join (room, "anna");
  g_assert_true (gtk_rig_shows (room->window, "Connected"));
}

static void
test_talk (Room *room, gconstpointer data)
{
  guint n_heard = 0;

  g_signal_connect_swapped (room->guest, "text-message-received",
                            G_CALLBACK (g_atomic_int_inc), &n_heard);
  join (room, "anna");
  type (room, "Good morning! Has anybody tried the new release?");
  ws_test_until (NULL, n_heard >= 3); /* hello, anna joined, anna said */
  say (room->guest, "Yes, since yesterday. It reconnects by itself now, even "
                    "when the laptop wakes up in another network.");
  say (room->guest, "And it asks before it trusts a certificate.");
  ws_test_until (NULL, gtk_rig_shows (room->window, "before it trusts"));
  type (room, "Then I will use it for the workshop.");
  ws_test_until (NULL, gtk_rig_shows (room->window, "workshop"));
  g_assert_true (gtk_rig_shows (room->window, "ben: Yes, since yesterday."));
  gtk_rig_shoot (room->window, "gtk-chat");
}

static void
test_reconnect (Room *room, gconstpointer data)
{
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  guint16 port = ws_server_get_server_port (room->server);

  join (room, "anna");
  say (room->guest, "I have to restart the server, back in a minute.");
  ws_test_until (NULL, gtk_rig_shows (room->window, "restart"));
  ws_server_close (room->server);
  while (g_list_model_get_n_items (G_LIST_MODEL (room->server)) > 0)
    {
      g_autoptr (WsSocket) client
          = g_list_model_get_item (G_LIST_MODEL (room->server), 0);

      ws_socket_abort (client);
    }
  ws_test_until (NULL, gtk_rig_shows (room->window, "Reconnecting in 5 sec"));
  ws_test_until (NULL, gtk_rig_shows (room->window, "Reconnecting in 4 sec"));
  gtk_rig_shoot (room->window, "gtk-chat-reconnecting");
  g_assert_true (ws_server_listen (room->server, address, port, NULL));
  gtk_rig_click (room->window, "Try Now");
  ws_test_until (NULL, ws_socket_get_is_connected (room->socket));
  g_assert_true (gtk_rig_shows (room->window, "Connected"));
  g_assert_false (gtk_rig_shows (room->window, "Reconnecting"));
}

static void
test_host (Room *room, gconstpointer data)
{
  g_autofree char *lines = NULL;

  join (room, "anna");
  gtk_window_present (GTK_WINDOW (room->host));
  ws_test_until (NULL, gtk_rig_shows (room->host, "anna"));
  ws_test_until (NULL, gtk_rig_shows (room->host, " ms"));
  g_assert_true (gtk_rig_shows (room->host, ws_server_get_url (room->server)));
  g_assert_true (gtk_rig_shows (room->host, "127.0.0.1:"));
  g_assert_true (gtk_rig_shows (room->host, " / "));
  gtk_rig_shoot (room->host, "gtk-chat-host");
  /* The first is ben. */
  gtk_rig_click (room->host, "Close");
  ws_test_until (NULL, !ws_socket_get_is_connected (room->guest));
  ws_test_until (NULL, ws_socket_get_close_code (room->guest)
                           == WS_CLOSE_CODE_POLICY_VIOLATED);
  ws_test_until (NULL, !gtk_rig_shows (room->host, "ben"));
  ws_test_until (NULL, gtk_rig_shows (room->window, "ben has left"));
}

/* --- Certificates --- */

typedef struct
{
  const char *path;
  const char *answer;
  gboolean    connects, connects_again;
} Answer;

static const Answer answers[] = {
  { "/examples/gtk-chat/certificate/no", "No", FALSE, FALSE },
  { "/examples/gtk-chat/certificate/once", "Once", TRUE, FALSE },
  { "/examples/gtk-chat/certificate/always", "Always", TRUE, TRUE },
};

static WsServer *
secure_server_new (void)
{
  WsServer           *server = ws_server_new ("secure", WS_SSL_MODE_SECURE);
  WsSslConfiguration *configuration = ws_server_get_ssl_configuration (server);
  const char         *folder = g_getenv ("WS_TEST_CERTIFICATES");
  g_autofree char    *certificate
      = g_build_filename (folder, "self-signed.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "leaf.key", NULL);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  ws_ssl_configuration_set_local_certificate_file (configuration, certificate);
  ws_ssl_configuration_set_private_key_file (configuration, key);
  g_assert_true (ws_server_listen (server, address, 0, NULL));
  return server;
}

static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (CERTIFICATE_IS_DIALOG (window) && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

static void
answer_once (WsSocket *socket, const Answer *answer)
{
  GtkWidget *dialog;

  ws_test_until (NULL, find_dialog () != NULL);
  dialog = find_dialog ();
  g_assert_true (gtk_rig_shows (dialog, "127.0.0.1 cannot be trusted"));
  g_assert_true (gtk_rig_shows (dialog, "signed by itself"));
  g_assert_true (gtk_rig_shows (dialog, "SHA-256"));
  gtk_rig_shoot (dialog, "gtk-chat-certificate");
  /* The socket waits meanwhile. */
  g_assert_true (ws_socket_get_is_connecting (socket));
  if (g_str_equal (answer->answer, "No"))
    gtk_window_close (GTK_WINDOW (dialog));
  else
    gtk_rig_click (dialog, answer->answer);
  ws_test_until (NULL, find_dialog () == NULL);
}

static void
test_certificate (gconstpointer data)
{
  const Answer *answer = data;
  WsServer     *server = secure_server_new ();
  ChatWindow   *window = g_object_ref (chat_window_new (NULL));
  WsSocket     *socket = chat_window_get_socket (window);

  gtk_window_present (GTK_WINDOW (window));
  chat_window_join (window, ws_server_get_url (server), "anna");
  answer_once (socket, answer);
  ws_test_until (NULL, !ws_socket_get_is_connecting (socket));
  g_assert_cmpint (ws_socket_get_is_connected (socket), ==, answer->connects);
  if (answer->connects)
    {
      ws_socket_open (socket, NULL, NULL);
      ws_test_until (NULL, find_dialog () != NULL
                               || ws_socket_get_is_connected (socket));
      g_assert_cmpint (find_dialog () == NULL, ==, answer->connects_again);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (window);
  g_assert_finalize_object (server);
}

#define ROOM_TEST(name)                                             \
  g_test_add ("/examples/gtk-chat/" #name, Room, NULL, room_set_up, \
              test_##name, room_tear_down)

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                NULL);
  ROOM_TEST (join);
  ROOM_TEST (talk);
  ROOM_TEST (reconnect);
  ROOM_TEST (host);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_test_add_data_func (answers[i].path, &answers[i], test_certificate);
  return g_test_run ();
}
