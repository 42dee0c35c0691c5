/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A server that sends back what comes, and a client of it, in C++17: GObject's
 * references are held by a smart pointer, and handlers are lambdas. Run it
 * without arguments, or with the URL of another server. */

#include <ws-glib/ws-glib.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace
{

struct Unref
{
  void
  operator() (gpointer object) const
  {
    g_object_unref (object);
  }
};

template <typename T> using Ref = std::unique_ptr<T, Unref>;

/* Connects a lambda, which lives as long as the connection. */
template <typename Signature> struct Handler;

template <typename... Args> struct Handler<void (Args...)>
{
  template <typename F>
  static void
  connect (gpointer object, const char *signal, F function)
  {
    auto *held = new F (std::move (function));
    auto *call = +[] (Args... args, gpointer data) {
      (*static_cast<F *> (data)) (args...);
    };
    auto *drop = +[] (gpointer data, GClosure *) {
      delete static_cast<F *> (data);
    };

    g_signal_connect_data (object, signal,
                           reinterpret_cast<GCallback> (call), held, drop,
                           static_cast<GConnectFlags> (0));
  }
};

using OnSocket = Handler<void (WsSocket *)>;
using OnText = Handler<void (WsSocket *, const char *)>;
using OnError = Handler<void (WsSocket *, GError *)>;
using OnClient = Handler<void (WsServer *, WsSocket *)>;

void
send (WsSocket *socket, const char *text)
{
  g_autoptr (GError) error = nullptr;

  if (ws_socket_send_text_message (socket, text, &error) < 0)
    std::cerr << "echo: " << error->message << std::endl;
}

Ref<WsServer>
make_server ()
{
  Ref<WsServer> server (ws_server_new ("echo", WS_SSL_MODE_NON_SECURE));
  Ref<GInetAddress> loopback (
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  g_autoptr (GError) error = nullptr;

  OnClient::connect (server.get (), "client-connected",
                     [] (WsServer *, WsSocket *client) {
                       OnText::connect (client, "text-message-received", send);
                     });
  if (!ws_server_listen (server.get (), loopback.get (), 0, &error))
    {
      std::cerr << "echo: " << error->message << std::endl;
      return nullptr;
    }
  return server;
}

} // namespace

int
main (int argc, char **argv)
{
  std::unique_ptr<GMainLoop, decltype (&g_main_loop_unref)> loop (
      g_main_loop_new (nullptr, FALSE), g_main_loop_unref);
  Ref<WsSocket> socket (ws_socket_new ());
  Ref<WsServer> server;
  std::string   url;
  int           status = EXIT_SUCCESS;

  if (argc < 2)
    {
      server = make_server ();
      if (!server)
        return EXIT_FAILURE;
    }
  url = argc > 1 ? argv[1] : ws_server_get_url (server.get ());
  OnSocket::connect (socket.get (), "connected",
                     [] (WsSocket *self) { send (self, "hello"); });
  OnText::connect (socket.get (), "text-message-received",
                   [] (WsSocket *self, const char *text) {
                     std::cout << text << std::endl;
                     ws_socket_close (self, WS_CLOSE_CODE_NORMAL, "bye",
                                      nullptr);
                   });
  OnError::connect (socket.get (), "error",
                    [&status] (WsSocket *, GError *error) {
                      std::cerr << "echo: " << error->message << std::endl;
                      status = EXIT_FAILURE;
                    });
  OnSocket::connect (socket.get (), "disconnected", [&loop] (WsSocket *) {
    g_main_loop_quit (loop.get ());
  });
  if (ws_socket_open (socket.get (), url.c_str (), nullptr))
    g_main_loop_run (loop.get ());
  return status;
}
