// SPDX-License-Identifier: LGPL-2.1-or-later
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sys/resource.h>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>
#ifdef DEFLATE
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#endif

// An echo server on websocketpp and Asio, in one thread, without its log.
// Whether it compresses is fixed at compile time, and so are zlib's levels: 6,
// and 4 for the memory.

struct Config : websocketpp::config::asio
{
  static const size_t max_message_size = 256u << 20;
  static const websocketpp::log::level elog_level
      = websocketpp::log::elevel::none;
  static const websocketpp::log::level alog_level
      = websocketpp::log::alevel::none;
#ifdef DEFLATE
  using permessage_deflate_type
      = websocketpp::extensions::permessage_deflate::enabled<
          permessage_deflate_config>;
#endif
};

using Server = websocketpp::server<Config>;
using Handle = websocketpp::connection_hdl;
using Handles = std::set<Handle, std::owner_less<Handle> >;

static Server  server;
static Handles connections;

static void
onOpen (Handle handle)
{
  websocketpp::lib::error_code error;

  server.get_con_from_hdl (handle, error)
      ->get_socket ()
      .lowest_layer ()
      .set_option (websocketpp::lib::asio::ip::tcp::no_delay (true));
  connections.insert (handle);
}

static void
onMessage (Handle handle, Server::message_ptr message)
{
  const std::string           &payload = message->get_payload ();
  const auto                   opcode = message->get_opcode ();
  websocketpp::lib::error_code error;

  if (opcode != websocketpp::frame::opcode::binary || payload.empty ()
      || payload[0] != 'B')
    {
      server.send (handle, payload, opcode, error);
      return;
    }
  for (const Handle &other : connections)
    server.send (other, payload, opcode, error);
}

static void
raiseFileLimit ()
{
  rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
}

int
main (int argc, char **argv)
{
  using websocketpp::lib::asio::ip::address_v4;
  using websocketpp::lib::asio::ip::tcp;
  websocketpp::lib::asio::error_code error;
  unsigned short                     port = 0;

  for (int i = 1; i + 1 < argc; i++)
    if (std::strcmp (argv[i], "--port") == 0)
      port = static_cast<unsigned short> (std::atoi (argv[i + 1]));
  std::signal (SIGPIPE, SIG_IGN);
  raiseFileLimit ();
  server.init_asio ();
  server.set_listen_backlog (4096);
  server.set_max_message_size (256u << 20);
  server.set_open_handler (&onOpen);
  server.set_close_handler (
      [] (Handle handle) { connections.erase (handle); });
  server.set_message_handler (&onMessage);
  server.listen (tcp::endpoint (address_v4::loopback (), port));
  server.start_accept ();
  std::printf ("ws://127.0.0.1:%d/\n",
               server.get_local_endpoint (error).port ());
  std::fflush (stdout);
  server.run ();
}
