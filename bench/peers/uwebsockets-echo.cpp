// SPDX-License-Identifier: LGPL-2.1-or-later
#include <App.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/resource.h>

// An echo server on uWebSockets, without compression.

struct Nothing
{
};

static const char *
option (int argc, char **argv, const char *name)
{
  for (int i = 1; i + 1 < argc; i += 2)
    if (std::strcmp (argv[i], name) == 0)
      return argv[i + 1];
  return nullptr;
}

template <bool is_secure>
static int
serve (uWS::TemplatedApp<is_secure> app, int port)
{
  using Socket = uWS::WebSocket<is_secure, true, Nothing>;

  typename uWS::TemplatedApp<is_secure>::template WebSocketBehavior<Nothing>
      behavior {};
  behavior.maxPayloadLength = 256u << 20;
  behavior.maxBackpressure = 256u << 20;
  behavior.idleTimeout = 0;
  behavior.open = [] (Socket *socket) { socket->subscribe ("all"); };
  behavior.message
      = [&app] (Socket *socket, std::string_view message, uWS::OpCode opcode) {
          if (opcode == uWS::OpCode::BINARY && !message.empty ()
              && message[0] == 'B')
            app.publish ("all", message, opcode);
          else
            socket->send (message, opcode);
        };
  app.template ws<Nothing> ("/*", std::move (behavior));
  app.listen ("127.0.0.1", port, [] (us_listen_socket_t *listener) {
    if (listener == nullptr)
      std::exit (1);
    std::printf ("%s://127.0.0.1:%d/\n", is_secure ? "wss" : "ws",
                 us_socket_local_port (
                     is_secure, reinterpret_cast<us_socket_t *> (listener)));
    std::fflush (stdout);
  });
  app.run ();
  return 0;
}

int
main (int argc, char **argv)
{
  const char *port = option (argc, argv, "--port");
  const char *certificate = option (argc, argv, "--certificate");
  const char *key = option (argc, argv, "--key");
  struct rlimit files;

  std::signal (SIGPIPE, SIG_IGN);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  if (certificate == nullptr)
    return serve<false> (uWS::App (), port != nullptr ? std::atoi (port) : 0);
  return serve<true> (uWS::SSLApp ({ .key_file_name = key,
                                     .cert_file_name = certificate }),
                      port != nullptr ? std::atoi (port) : 0);
}
