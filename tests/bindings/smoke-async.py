# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Python program does that waits for each step."""

import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


# Pairs of GIO's, which any binding can await.
class Async(unittest.TestCase):
    def setUp(self):
        self.loop = GLib.MainLoop()
        self.server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        self.server.connect("client-connected", self.on_client)
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.assertTrue(self.server.listen(loopback, 0))
        self.addCleanup(self.server.close)

    @staticmethod
    def on_client(_server, client):
        client.connect(
            "message-received", lambda peer, message: peer.send_message(message)
        )

    def wait(self, obj, name, *args):
        """Calls name_async, waits, and returns what name_finish returns."""
        results = []

        def on_result(source, result):
            try:
                results.append(getattr(source, name + "_finish")(result))
            except GLib.Error as error:
                results.append(error)
            self.loop.quit()

        watchdog = GLib.timeout_add_seconds(DEADLINE, self.loop.quit)
        getattr(obj, name + "_async")(*args, None, on_result)
        self.loop.run()
        GLib.source_remove(watchdog)
        (result,) = results
        if isinstance(result, GLib.Error):
            raise result
        return result

    def test_talk(self):
        socket = Ws.Socket(url=self.server.props.url, pull=True)
        self.assertTrue(self.wait(socket, "open", None))
        self.assertGreaterEqual(self.wait(socket, "ping", None), 0)
        message = Ws.Message.new_text("grüße 🦊")
        self.assertTrue(self.wait(socket, "send_message", message))
        self.assertEqual(self.wait(socket, "receive_message").get_text(), "grüße 🦊")

        source = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(b"x" * 200000))
        self.assertTrue(
            self.wait(socket, "send_stream", Ws.MessageType.BINARY, source)
        )
        stream = self.wait(socket, "receive_stream")
        self.assertEqual(stream.props.message_type, Ws.MessageType.BINARY)
        sink = Gio.MemoryOutputStream.new_resizable()
        flags = Gio.OutputStreamSpliceFlags.CLOSE_TARGET
        self.assertEqual(
            self.wait(sink, "splice", stream, flags, GLib.PRIORITY_DEFAULT), 200000
        )

        writer = socket.begin_message(Ws.MessageType.TEXT)
        writer.write_all(b"written", None)
        writer.close()
        self.assertEqual(self.wait(socket, "receive_message").get_text(), "written")
        self.assertTrue(self.wait(socket, "close", 1000, "bye"))
        self.assertTrue(socket.props.was_clean)
        self.assertIsNone(self.wait(socket, "receive_message"))

    def test_errors(self):
        socket = Ws.Socket()
        with self.assertRaises(GLib.Error) as raised:
            self.wait(socket, "open", None)
        self.assertTrue(
            raised.exception.matches(
                Ws.socket_error_quark(), Ws.SocketError.CONNECTION_REFUSED
            )
        )
        with self.assertRaises(GLib.Error):
            self.wait(socket, "receive_message")
        with self.assertRaises(GLib.Error):
            socket.begin_message(Ws.MessageType.TEXT)

    def test_pause(self):
        socket = Ws.Socket(url=self.server.props.url)
        texts = []
        socket.connect(
            "text-message-received",
            lambda peer, text: (texts.append(text), self.loop.quit()),
        )
        self.wait(socket, "open", None)
        socket.pause_receiving()
        self.wait(socket, "send_message", Ws.Message.new_text("waits"))
        self.assertEqual(texts, [])
        socket.resume_receiving()
        self.loop.run()
        self.assertEqual(texts, ["waits"])
        self.wait(socket, "close", 1000, None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
