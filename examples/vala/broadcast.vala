/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that tells everybody what anybody says: broadcast [PORT] */
int main (string[] args)
{
  var port = args.length > 1 ? int.parse (args[1]) : 8765;
  var server = new Ws.Server (null, Ws.SslMode.NON_SECURE);

  server.client_connected.connect ((client) => {
    client.message_received.connect ((message) => {
      try {
        server.broadcast (message);
      } catch (Error error) {
        printerr ("%s\n", error.message);
      }
    });
  });
  try {
    server.listen (new InetAddress.loopback (SocketFamily.IPV4), (uint16) port);
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }
  print ("%s\n", server.url);
  new MainLoop ().run ();
  return 0;
}
