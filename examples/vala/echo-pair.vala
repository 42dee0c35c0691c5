/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A server that sends back what comes, and a client of it, both in words that
 * wait: run it without arguments, or with the URL of another server. */

async void serve_client (Ws.Socket client) throws Error
{
  while (true)
    {
      var message = yield client.receive_message_async ();
      if (message == null)
        return;
      yield client.send_message_async (message);
    }
}

/* Until the server is closed. */
async void serve (Ws.Server server)
{
  while (true)
    {
      try
        {
          var client = yield server.accept_async ();
          client.pull = true;
          serve_client.begin (client, (_client, result) => {
            try
              {
                serve_client.end (result);
              }
            catch (Error error)
              {
                printerr ("a client: %s\n", error.message);
              }
          });
        }
      catch (Error error)
        {
          return;
        }
    }
}

async void talk (string url) throws Error
{
  var socket = new Ws.Socket ();
  socket.pull = true;
  yield socket.open_async (url);
  foreach (unowned var line in new string[] { "hello", "grüße 🦊" })
    {
      yield socket.send_message_async (new Ws.Message.text (line));
      var answer = yield socket.receive_message_async ();
      if (answer == null)
        throw new IOError.CLOSED ("The server has closed with %u",
                                  socket.close_code);
      print ("%s\n", answer.get_text () ?? "(bytes)");
    }
  yield socket.close_async (Ws.CloseCode.NORMAL, "bye");
}

async int run (string? url)
{
  var server = new Ws.Server ("echo", Ws.SslMode.NON_SECURE);
  try
    {
      if (url == null)
        {
          server.listen (new InetAddress.loopback (SocketFamily.IPV4), 0);
          serve.begin (server);
        }
      yield talk (url ?? server.url);
      if (url == null)
        yield server.drain_async (0);
      return 0;
    }
  catch (Error error)
    {
      printerr ("echo: %s\n", error.message);
      return 1;
    }
}

int main (string[] args)
{
  Intl.setlocale ();

  var loop = new MainLoop ();
  var status = 1;

  run.begin (args.length > 1 ? args[1] : null, (_object, result) => {
    status = run.end (result);
    loop.quit ();
  });
  loop.run ();
  return status;
}
