/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libintl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "../../examples/gtk-chat/certificate-dialog.h"
#include "../../examples/gtk-chat/chat-window.h"
#include "../../examples/gtk-chat/host-window.h"
#include "../../examples/gtk-chat/trusted-servers.h"
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
  const char *certificate, *key; /* the server's */
  const char *problem;
} Identity;

static const Identity self_signed
    = { "self-signed.pem", "leaf.key", "signed by itself" };
/* What is wrong is not its certificate, but the one that has issued it. */
static const Identity unknown_root
    = { "server-chain.pem", "server.key", "Whoever issued" };

typedef struct
{
  const char     *path;
  const char     *answer;
  gboolean        connects, connects_again;
  const Identity *identity;
} Answer;

static const Answer answers[] = {
  { "/examples/gtk-chat/certificate/chain/no", "No", FALSE, FALSE,
    &unknown_root },
  { "/examples/gtk-chat/certificate/chain/once", "Once", TRUE, FALSE,
    &unknown_root },
  { "/examples/gtk-chat/certificate/chain/always", "Always", TRUE, TRUE,
    &unknown_root },
  { "/examples/gtk-chat/certificate/no", "No", FALSE, FALSE, &self_signed },
  { "/examples/gtk-chat/certificate/once", "Once", TRUE, FALSE, &self_signed },
  { "/examples/gtk-chat/certificate/always", "Always", TRUE, TRUE,
    &self_signed },
};

static WsServer *
secure_server_new (const Identity *identity)
{
  WsServer           *server = ws_server_new ("secure", WS_SSL_MODE_SECURE);
  WsSslConfiguration *configuration = ws_server_get_ssl_configuration (server);
  const char         *folder = g_getenv ("WS_TEST_CERTIFICATES");
  g_autofree char    *certificate
      = g_build_filename (folder, identity->certificate, NULL);
  g_autofree char *key = g_build_filename (folder, identity->key, NULL);
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
  g_assert_true (gtk_rig_shows (dialog, answer->identity->problem));
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
  WsServer     *server = secure_server_new (answer->identity);
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
  gtk_widget_activate_action (GTK_WIDGET (window), "win.forget", NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (window);
  g_assert_finalize_object (server);
}

/* --- What is accepted for good --- */

/* (transfer full) */
static WsSslCertificate *
load_certificate (const char *name)
{
  g_autofree char *path
      = g_build_filename (g_getenv ("WS_TEST_CERTIFICATES"), name, NULL);

  return ws_ssl_certificate_new_from_file (path, NULL);
}

/* (transfer full) */
static char *
make_store_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "gtk-chat",
                           "trusted-servers", NULL);
}

/* (transfer full) */
static char *
read_store (void)
{
  g_autofree char *path = make_store_path ();
  char            *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* Whether a window that is opened now connects without a question. */
static gboolean
is_trusted (WsServer *server)
{
  ChatWindow *window = g_object_ref (chat_window_new (NULL));
  WsSocket   *socket = chat_window_get_socket (window);
  gboolean    result;

  gtk_window_present (GTK_WINDOW (window));
  chat_window_join (window, ws_server_get_url (server), "anna");
  ws_test_until (NULL,
                 find_dialog () != NULL || ws_socket_get_is_connected (socket));
  result = find_dialog () == NULL;
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (window);
  return result;
}

static void
test_kept (void)
{
  g_autoptr (WsServer) server = secure_server_new (&self_signed);
  g_autoptr (WsSslCertificate) certificate
      = load_certificate ("self-signed.pem");
  g_autoptr (WsSslCertificate) other = load_certificate ("root.pem");
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = make_store_path ();
  g_autofree char *text = NULL;
  GStatBuf         status;

  g_assert_true (trusted_servers_clear (configuration, &error));
  g_assert_false (is_trusted (server));
  /* For another host, or another certificate, it does not hold. */
  trusted_servers_add (configuration, certificate, "::1", &error);
  g_assert_no_error (error);
  trusted_servers_add (configuration, other, "127.0.0.1", &error);
  g_assert_no_error (error);
  g_assert_false (is_trusted (server));
  trusted_servers_add (configuration, certificate, "127.0.0.1", &error);
  g_assert_no_error (error);
  g_assert_true (is_trusted (server));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
  text = read_store ();
  g_assert_nonnull (strstr (text, "[::1]"));
  g_assert_true (trusted_servers_clear (configuration, &error));
  g_assert_false (is_trusted (server));
}

/* What has been changed by another hand is not believed, and not lost. */
static void
test_spoilt (void)
{
  g_autoptr (WsServer) server = secure_server_new (&self_signed);
  g_autoptr (WsSslCertificate) certificate
      = load_certificate ("self-signed.pem");
  g_autoptr (WsSslCertificate) other = load_certificate ("root.pem");
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autofree char *path = make_store_path ();
  g_autofree char *digest
      = ws_ssl_certificate_digest (other, G_CHECKSUM_SHA256);
  g_autofree char *real
      = ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256);
  g_autofree char *spoilt = NULL;
  g_autofree char *text = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GString) swapped = NULL;
  g_autoptr (GError) error = NULL;

  trusted_servers_add (configuration, certificate, "127.0.0.1", &error);
  g_assert_no_error (error);
  text = read_store ();
  swapped = g_string_new (text);
  g_assert_cmpuint (g_string_replace (swapped, real, digest, 0), ==, 1);
  g_assert_true (g_file_set_contents (path, swapped->str, -1, NULL));
  g_assert_false (is_trusted (server));

  spoilt = g_strconcat (text, "no line of this kind\n", NULL);
  g_assert_true (g_file_set_contents (path, spoilt, -1, NULL));
  g_assert_false (is_trusted (server));
  g_assert_false (
      trusted_servers_add (configuration, other, "127.0.0.1", &error));
  g_assert_nonnull (strstr (error->message, path));
  after = read_store ();
  g_assert_cmpstr (after, ==, spoilt);
  g_assert_true (trusted_servers_clear (configuration, NULL));
}

/* --- Languages --- */

#ifdef GTK_CHAT_HAS_CATALOGUES
#define SYSTEM_LOCALE "/usr/lib/locale/C.utf8"

static void
expect_title (const char *language, const char *title, const char *problem)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();
  GtkWidget *dialog;

  g_setenv ("LANGUAGE", language, TRUE);
  setlocale (LC_ALL, "C");
  g_assert_nonnull (setlocale (LC_ALL, "en_US.UTF-8"));
  ws_socket_set_url (socket, "wss://chat.example/");
  dialog = GTK_WIDGET (certificate_dialog_new (NULL, socket, errors));
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (dialog)), ==, title);
  g_assert_true (gtk_rig_shows (dialog, problem));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* In the locale C nothing is translated: what every machine has gets another
 * name. */
static void
test_languages (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-locale-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (folder, "en_US.UTF-8", NULL);

  g_assert_cmpint (symlink (SYSTEM_LOCALE, link), ==, 0);
  g_setenv ("LOCPATH", folder, TRUE);
  bindtextdomain ("gtk-chat", GTK_CHAT_LOCALE_FOLDER);
  bind_textdomain_codeset ("gtk-chat", "UTF-8");
  textdomain ("gtk-chat");
  expect_title ("de", "Problem mit dem Zertifikat", "nicht vertrauensw");
  expect_title ("fr", "Problème de certificat", "pas digne de confiance");
  expect_title ("en", "Certificate Problem", "cannot be trusted");
  setlocale (LC_ALL, "C");
  g_unlink (link);
  g_rmdir (folder);
}
#endif

#define ROOM_TEST(name)                                             \
  g_test_add ("/examples/gtk-chat/" #name, Room, NULL, room_set_up, \
              test_##name, room_tear_down)

/* Nothing of the user's is read or written. (transfer full): what to remove. */
static char *
use_own_home (void)
{
  char *folder = g_dir_make_tmp ("ws-gtk-chat-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  return folder;
}

static void
remove_home (char *folder)
{
  g_autofree char *own = g_build_filename (folder, "gtk-chat", NULL);

  g_rmdir (own);
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  char *home;
  int   status;

  ws_test_init (&argc, &argv);
  home = use_own_home ();
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                NULL);
  ROOM_TEST (join);
  ROOM_TEST (talk);
  ROOM_TEST (reconnect);
  ROOM_TEST (host);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_test_add_data_func (answers[i].path, &answers[i], test_certificate);
  g_test_add_func ("/examples/gtk-chat/kept", test_kept);
  g_test_add_func ("/examples/gtk-chat/spoilt", test_spoilt);
#ifdef GTK_CHAT_HAS_CATALOGUES
  g_test_add_func ("/examples/gtk-chat/languages", test_languages);
#endif
  status = g_test_run ();
  remove_home (home);
  return status;
}
