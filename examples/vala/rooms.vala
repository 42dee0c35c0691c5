/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server whose paths are rooms, as /kitchen?name=anna is: rooms [PORT] */
string? name_of (Ws.Socket client) {
  try {
    return client.get_query_parameter ("name");
  } catch (Error error) {
    return null;
  }
}

void on_client (Ws.Socket client) {
  client.text_message_received.connect ((text) => {
    try {
      var line = "%s: %s".printf (name_of (client), text);
      client.publish (client.path, new Ws.Message.text (line));
    } catch (Error error) {
      printerr ("%s\n", error.message);
    }
  });
  try {
    client.subscribe (client.path);
  } catch (Error error) {
    client.abort ();
  }
}

int main (string[] args)
{
  var port = args.length > 1 ? int.parse (args[1]) : 8765;
  var server = new Ws.Server (null, Ws.SslMode.NON_SECURE);
  var loop = new MainLoop ();

  server.handshake_requested.connect ((request, response) => {
    try {
      if (request.get_query_parameter ("name") == null)
        response.refuse (401, "Who are you?\n");
    } catch (Error error) {
      response.refuse (400, error.message);
    }
  });
  server.client_connected.connect (on_client);
  try {
    server.listen (new InetAddress.loopback (SocketFamily.IPV4), (uint16) port);
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }
  print ("%s\n", server.url);
  /* Clients come back to the next server, one after the other. */
  Unix.signal_add (ProcessSignal.TERM, () => {
    server.drain_async.begin (2000, null, () => loop.quit ());
    return Source.REMOVE;
  });
  loop.run ();
  return 0;
}
