/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a Vala program does with the library, on real connections. */

/* In seconds; nothing waits for it but a hanging test. */
const uint DEADLINE = 20;

class CountingGenerator : Ws.MaskGenerator
{
  public uint32 count = 0;

  public override uint32 next_mask ()
  {
    return ++count;
  }
}

class Client : Ws.Socket
{
  public string[] texts = {};

  public override void text_message_received (string message)
  {
    texts += message;
    try
      {
        send_binary_message (new Bytes ({ 1, 2, 255 }));
      }
    catch (Error error)
      {
        GLib.error ("sending bytes: %s", error.message);
      }
  }
}

void run (MainLoop loop)
{
  var watchdog = Timeout.add_seconds (DEADLINE, () => {
    error ("nothing happened for %u s", DEADLINE);
  });
  loop.run ();
  Source.remove (watchdog);
}

void test_values ()
{
  assert (Ws.CloseCode.is_sendable (3000));
  assert (!Ws.CloseCode.is_sendable (Ws.CloseCode.ABNORMAL_DISCONNECTION));
  assert ((int) Ws.ProtocolVersion.LATEST == 13);

  var headers = new Ws.Headers ();
  try
    {
      headers.append ("X-Name", "one");
      headers.append ("x-name", "two");
      assert (headers.get_list ("X-NAME") == "one, two");
      headers.append ("X-Evil", "a\nb");
      assert_not_reached ();
    }
  catch (Error error)
    {
      assert (error is Ws.SocketError.INVALID_ARGUMENT);
      assert ("X-Evil" in error.message);
    }

  var text = new Ws.Message.text ("grüße 🦊");
  assert (text.get_text () == "grüße 🦊");
  var binary = new Ws.Message.binary (new Bytes ({ 0, 255 }));
  assert (binary.get_message_type () == Ws.MessageType.BINARY);
  assert (binary.get_text () == null);

  var question = new Ws.CorsAuthenticator ("null");
  var notified = 0;
  question.notify["allowed"].connect (() => notified++);
  question.allowed = false;
  assert (notified == 1);
  assert (Ws.MaskGenerator.get_default ().next_mask () != 0);
}

void echo (Ws.Socket peer)
{
  peer.text_message_received.connect ((message) => {
    try
      {
        peer.send_text_message (message);
      }
    catch (Error error)
      {
        GLib.error ("echoing a text: %s", error.message);
      }
  });
  peer.binary_message_received.connect ((message) => {
    try
      {
        peer.send_binary_message (message);
      }
    catch (Error error)
      {
        GLib.error ("echoing bytes: %s", error.message);
      }
  });
}

void test_echo () throws Error
{
  var loop = new MainLoop ();
  var server = new Ws.Server ("smoke", Ws.SslMode.NON_SECURE);
  server.client_connected.connect (echo);
  assert (server.listen (null, 0));

  var client = new Client ();
  var generator = new CountingGenerator ();
  Bytes? received = null;
  client.url = server.url;
  client.mask_generator = generator;
  client.connected.connect (() => {
    try
      {
        assert (client.send_text_message ("grüße 🦊") == 12);
      }
    catch (Error error)
      {
        GLib.error ("sending a text: %s", error.message);
      }
  });
  client.binary_message_received.connect ((message) => {
    received = message;
    try
      {
        client.close (Ws.CloseCode.NORMAL, "bye");
      }
    catch (Error error)
      {
        GLib.error ("closing: %s", error.message);
      }
  });
  client.disconnected.connect (() => loop.quit ());
  client.open (null);
  run (loop);

  assert (client.texts.length == 1 && client.texts[0] == "grüße 🦊");
  assert (received.compare (new Bytes ({ 1, 2, 255 })) == 0);
  assert (client.close_code == 1000);
  assert (client.close_reason == "bye");
  assert (client.was_clean);
  assert (generator.count >= 3);
  server.close ();
}

void test_bad_url ()
{
  var client = new Ws.Socket ();
  var errors = 0;
  client.error.connect (() => errors++);
  try
    {
      client.open ("gopher://127.0.0.1/");
      assert_not_reached ();
    }
  catch (Error error)
    {
      assert (error is Ws.SocketError.UNSUPPORTED_SOCKET_OPERATION);
      assert ("gopher" in error.message);
    }
  assert (errors == 1);
}

/* Slots are no members: "open" and its like stay methods that throw. */
void test_slots ()
{
  var client = new Ws.Socket ();
  var opener = new SimpleAction ("open", VariantType.STRING);
  try
    {
      var connection = Ws.connect_slot (opener, "activate", client, "open",
                                        Ws.ConnectFlags.UNIQUE);
      assert (connection.connected);
      opener.activate (new Variant.string ("gopher://127.0.0.1/"));
      assert ("gopher" in client.error_string);
      assert (Ws.disconnect (connection));
    }
  catch (Error error)
    {
      GLib.error ("connecting: %s", error.message);
    }
  try
    {
      Ws.connect_slot (opener, "activate", client, "jump", 0);
      assert_not_reached ();
    }
  catch (Error error)
    {
      assert (error is Ws.SocketError.INVALID_ARGUMENT);
      assert ("ignore-ssl-errors" in error.message);
    }
}

int main ()
{
  test_slots ();
  test_values ();
  try
    {
      test_echo ();
    }
  catch (Error error)
    {
      GLib.error ("echo: %s", error.message);
    }
  test_bad_url ();
  return 0;
}
