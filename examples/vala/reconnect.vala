/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens, and comes back whenever the connection is lost: reconnect URL */
int main (string[] args)
{
  var loop = new MainLoop ();
  var socket = new Ws.Socket () { reconnect = new Ws.ReconnectPolicy () };

  socket.text_message_received.connect ((text) => print ("%s\n", text));
  socket.reconnecting.connect ((attempt, delay) =>
    print ("attempt %u in %u ms\n", attempt, delay));
  socket.notify["active"].connect (() => {
    if (!socket.active)
      loop.quit ();
  });
  try {
    socket.open (args[1]);
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }
  loop.run ();
  return 0;
}
