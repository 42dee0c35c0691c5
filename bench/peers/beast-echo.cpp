// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <sys/resource.h>
#include <unordered_set>

// An echo server on Boost.Beast, in one thread. Beast writes one message at a
// time; each session keeps those that wait. With "--deflate yes" it compresses,
// with zlib's default levels instead of Beast's: 6, and 8 for the memory.

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct Message
{
  std::string text;
  bool        isBinary;
};

class Session : public std::enable_shared_from_this<Session>
{
public:
  static beast::websocket::permessage_deflate deflate;

  explicit Session (tcp::socket &&socket) : stream (std::move (socket)) {}
  ~Session () { all.erase (this); }

  void
  start ()
  {
    stream.read_message_max (256u << 20);
    stream.auto_fragment (false);
    stream.set_option (deflate);
    stream.async_accept (
        [self = shared_from_this ()] (beast::error_code error) {
          if (error)
            return;
          all.insert (self.get ());
          self->read ();
        });
  }

private:
  static std::unordered_set<Session *> all;

  beast::websocket::stream<tcp::socket>       stream;
  beast::flat_buffer                          input;
  std::deque<std::shared_ptr<const Message> > waiting;

  void
  read ()
  {
    stream.async_read (input, [self = shared_from_this ()] (
                                  beast::error_code error, std::size_t) {
      if (error)
        return;
      self->answer ();
      self->input.clear ();
      self->read ();
    });
  }

  void
  answer ()
  {
    auto message = std::make_shared<const Message> (
        Message{ beast::buffers_to_string (input.data ()),
                 stream.got_binary () });

    if (message->isBinary && !message->text.empty ()
        && message->text[0] == 'B')
      for (Session *other : all)
        other->send (message);
    else
      send (message);
  }

  void
  send (const std::shared_ptr<const Message> &message)
  {
    waiting.push_back (message);
    if (waiting.size () == 1)
      write ();
  }

  void
  write ()
  {
    stream.binary (waiting.front ()->isBinary);
    stream.async_write (asio::buffer (waiting.front ()->text),
                        [self = shared_from_this ()] (beast::error_code error,
                                                      std::size_t) {
                          if (error)
                            return;
                          self->waiting.pop_front ();
                          if (!self->waiting.empty ())
                            self->write ();
                        });
  }
};

std::unordered_set<Session *>        Session::all;
beast::websocket::permessage_deflate Session::deflate;

static void
acceptNext (tcp::acceptor &acceptor)
{
  acceptor.async_accept (
      [&acceptor] (beast::error_code error, tcp::socket socket) {
        if (!error)
          {
            socket.set_option (tcp::no_delay (true), error);
            std::make_shared<Session> (std::move (socket))->start ();
          }
        acceptNext (acceptor);
      });
}

int
main (int argc, char **argv)
{
  asio::io_context context (1);
  unsigned short   port = 0;
  rlimit           files;

  for (int i = 1; i + 1 < argc; i++)
    if (std::strcmp (argv[i], "--port") == 0)
      port = static_cast<unsigned short> (std::atoi (argv[i + 1]));
    else if (std::strcmp (argv[i], "--deflate") == 0)
      Session::deflate.server_enable = true;
  Session::deflate.compLevel = 6;
  Session::deflate.memLevel = 8;
  std::signal (SIGPIPE, SIG_IGN);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);

  tcp::acceptor acceptor (context);
  acceptor.open (tcp::v4 ());
  acceptor.bind (tcp::endpoint (asio::ip::address_v4::loopback (), port));
  acceptor.listen (4096);
  std::printf ("ws://127.0.0.1:%d/\n", acceptor.local_endpoint ().port ());
  std::fflush (stdout);
  acceptNext (acceptor);
  context.run ();
}
