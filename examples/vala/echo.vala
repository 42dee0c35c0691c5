/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connects, says hello, and prints what comes back: echo URL */
async void talk (string url) throws Error
{
  var socket = new Ws.Socket () { pull = true };
  yield socket.open_async (url, null);
  socket.send_text_message ("Hello, world!");
  var message = yield socket.receive_message_async (null);
  print ("%s\n", message.get_text ());
  yield socket.close_async (Ws.CloseCode.NORMAL, null, null);
}

int main (string[] args)
{
  var loop = new MainLoop ();
  var status = 0;

  talk.begin (args[1], (_, result) => {
    try {
      talk.end (result);
    } catch (Error error) {
      printerr ("%s\n", error.message);
      status = 1;
    }
    loop.quit ();
  });
  loop.run ();
  return status;
}
