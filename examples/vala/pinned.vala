/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trusts one self-signed certificate and no other: pinned URL CERTIFICATE.PEM */
async void talk (string url, string certificate) throws Error
{
  var socket = new Ws.Socket () { pull = true };
  socket.ssl_configuration = new Ws.SslConfiguration () {
    system_trust = false, ca_certificates_file = certificate
  };
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

  talk.begin (args[1], args[2], (_, result) => {
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
