/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a file of any size as one message: upload URL FILE */
async void upload (string url, File path) throws Error
{
  var size = path.query_info ("standard::size", 0).get_size ();
  var file = path.read ();
  var socket = new Ws.Socket () { pull = true };
  int64 shown = -1;

  socket.bytes_written.connect (() => {
    var done = file.tell () * 100 / size;
    if (done != shown)
      print ("\r%lld %%", shown = done);
  });
  yield socket.open_async (url, null);
  yield socket.send_stream_async (Ws.MessageType.BINARY, file, null);
  var message = yield socket.receive_message_async (null);
  print (" %s\n", message.get_text ());
  yield socket.close_async (Ws.CloseCode.NORMAL, null, null);
}

int main (string[] args)
{
  var loop = new MainLoop ();
  var status = 0;

  upload.begin (args[1], File.new_for_path (args[2]), (_, result) => {
    try {
      upload.end (result);
    } catch (Error error) {
      printerr ("%s\n", error.message);
      status = 1;
    }
    loop.quit ();
  });
  loop.run ();
  return status;
}
