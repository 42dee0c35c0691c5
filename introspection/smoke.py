# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Python program does with the library, on real connections."""

import base64
import hashlib
import socket
import sys
import threading
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, GObject, Ws  # noqa: E402

DEADLINE = 20  # seconds; nothing waits for it but a hanging test
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Loop:
    """A main loop that a watchdog ends."""

    def __init__(self):
        self.loop = GLib.MainLoop()
        self.expired = False

    def quit(self, *_args):
        self.loop.quit()

    def run(self):
        watchdog = GLib.timeout_add_seconds(DEADLINE, self.on_expired)
        self.loop.run()
        if self.expired:
            raise AssertionError(f"nothing happened for {DEADLINE} s")
        GLib.source_remove(watchdog)

    def on_expired(self):
        self.expired = True
        self.quit()
        return GLib.SOURCE_REMOVE


class RawServer(threading.Thread):
    """Accepts one client, reads its first frame and hangs up. It knows TCP
    only, so it sees what is on the wire."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(DEADLINE)
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.mask = self.payload = None

    def run(self):
        with self.listener:
            peer, _address = self.listener.accept()
        with peer, peer.makefile("rwb") as stream:
            peer.settimeout(DEADLINE)
            self.upgrade(stream)
            head = stream.read(2)
            assert head[0] == 0x81 and head[1] & 0x80, head.hex()
            self.mask = stream.read(4)
            masked = stream.read(head[1] & 0x7F)
            self.payload = bytes(
                byte ^ self.mask[i % 4] for i, byte in enumerate(masked)
            )

    @staticmethod
    def upgrade(stream):
        key = None
        for line in iter(stream.readline, b"\r\n"):
            name, _colon, value = line.decode("ascii").partition(":")
            if name.lower() == "sec-websocket-key":
                key = value.strip()
        digest = hashlib.sha1((key + GUID).encode("ascii")).digest()
        stream.write(
            b"HTTP/1.1 101 Switching Protocols\r\n"
            b"Upgrade: websocket\r\n"
            b"Connection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        stream.flush()


class CountingGenerator(Ws.MaskGenerator):
    """Masks that can be told from random ones."""

    def __init__(self):
        super().__init__()
        self.n_seeded = 0
        self.masks = []

    def do_seed(self):
        self.n_seeded += 1
        return True

    def do_next_mask(self):
        self.masks.append(0x8A0B0C00 + len(self.masks))
        return self.masks[-1]


class RaisingGenerator(Ws.MaskGenerator):
    """Has no masks, only excuses."""

    def do_next_mask(self):
        raise RuntimeError("no mask today")


class Client(Ws.Socket):
    """Overrides what others connect to."""

    def __init__(self, **properties):
        super().__init__(**properties)
        self.texts = []
        self.closed = False

    def do_text_message_received(self, message):
        self.texts.append(message)
        self.close(Ws.CloseCode.NORMAL, "enough")

    def do_disconnected(self):
        self.closed = True


class Values(unittest.TestCase):
    def test_enumerations(self):
        self.assertEqual(Ws.State.CLOSING, 6)
        self.assertEqual(Ws.CloseCode.TLS_HANDSHAKE_FAILED, 1015)
        self.assertEqual(Ws.ProtocolVersion.UNKNOWN, -1)
        self.assertEqual(Ws.ProtocolVersion.LATEST, Ws.ProtocolVersion.V13)
        self.assertEqual(Ws.SslMode.NON_SECURE.value_nick, "non-secure")
        self.assertTrue(Ws.CloseCode.is_sendable(4999))
        self.assertFalse(Ws.CloseCode.is_sendable(1006))

    def test_headers(self):
        headers = Ws.Headers()
        headers.append("X-Name", "one")
        headers.append("x-name", "two")
        self.assertEqual(headers.get_list("X-NAME"), "one, two")
        self.assertIsNone(headers.get_one("Other"))
        self.assertIsNone(headers.get_name(2))
        with self.assertRaises(GLib.Error) as raised:
            headers.append("X-Evil", "a\r\nb: c")
        self.assertTrue(
            raised.exception.matches(
                Ws.SocketError.quark(), Ws.SocketError.INVALID_ARGUMENT
            )
        )
        self.assertIn("X-Evil", raised.exception.message)

    def test_messages(self):
        text = Ws.Message.new_text("grüße 🦊")
        self.assertEqual(text.get_message_type(), Ws.MessageType.TEXT)
        self.assertEqual(text.get_text(), "grüße 🦊")
        data = bytes(range(256))
        binary = Ws.Message.new_binary(GLib.Bytes.new(data))
        self.assertEqual(binary.get_bytes().get_data(), data)
        self.assertIsNone(binary.get_text())
        with self.assertRaises(GLib.Error):
            Ws.Message.new_text_bytes(GLib.Bytes.new(b"\xff"))

    def test_origin_question(self):
        question = Ws.CorsAuthenticator(origin="https://a.example")
        notified = []
        question.connect("notify::allowed", lambda *_: notified.append(1))
        self.assertTrue(question.props.allowed)
        question.props.allowed = False
        self.assertEqual(len(notified), 1)
        self.assertEqual(question.get_origin(), "https://a.example")

    def test_generators(self):
        default = Ws.MaskGenerator.get_default()
        self.assertNotEqual(default.next_mask(), default.next_mask())
        counting = CountingGenerator()
        self.assertTrue(counting.seed())
        self.assertEqual(counting.next_mask(), 0x8A0B0C00)
        self.assertTrue(issubclass(Ws.MaskGenerator, GObject.Object))


class Connections(unittest.TestCase):
    def setUp(self):
        self.loop = Loop()

    def serve_echo(self):
        """Starts a server that sends back what it gets."""

        def on_client(_server, client):
            client.connect(
                "text-message-received",
                lambda peer, text: peer.send_text_message(text),
            )
            client.connect(
                "binary-message-received",
                lambda peer, data: peer.send_binary_message(data),
            )

        server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        server.connect("client-connected", on_client)
        self.assertTrue(server.listen(None, 0))
        self.assertGreater(server.props.port, 0)
        self.addCleanup(server.close)
        return server

    def test_echo(self):
        server = self.serve_echo()
        data = bytes(range(256))
        seen = []

        def on_connected(client):
            seen.append("connected")
            self.assertEqual(client.send_text_message("grüße 🦊"), 12)

        def on_text(client, text):
            seen.append(text)
            client.send_binary_message(GLib.Bytes.new(data))

        def on_binary(client, received):
            seen.append(received.get_data())
            client.close(Ws.CloseCode.NORMAL, "bye")

        client = Ws.Socket(url=server.props.url)
        client.connect("connected", on_connected)
        client.connect("text-message-received", on_text)
        client.connect("binary-message-received", on_binary)
        client.connect("disconnected", self.loop.quit)
        client.open(None)
        self.loop.run()

        self.assertEqual(seen, ["connected", "grüße 🦊", data])
        self.assertEqual(client.props.state, Ws.State.UNCONNECTED)
        self.assertEqual(client.props.close_code, 1000)
        self.assertEqual(client.props.close_reason, "bye")
        self.assertTrue(client.props.was_clean)
        self.assertIsNone(client.get_error())

    def test_server_is_a_list(self):
        server = self.serve_echo()
        lengths = []
        client = Ws.Socket(url=server.props.url)

        def on_connected(_server, peer):
            lengths.append(len(server))
            self.assertIs(server[0], peer)
            client.abort()

        def on_disconnected(_server, _peer):
            lengths.append(server.get_n_items())
            self.loop.quit()

        self.assertIsInstance(server, Gio.ListModel)
        server.connect("client-connected", on_connected)
        server.connect("client-disconnected", on_disconnected)
        client.props.active = True
        self.loop.run()
        self.assertEqual(lengths, [1, 0])

    def test_bad_url(self):
        client = Ws.Socket()
        errors = []
        client.connect("error", lambda _client, error: errors.append(error))
        with self.assertRaises(GLib.Error) as raised:
            client.open("gopher://127.0.0.1/")
        self.assertTrue(
            raised.exception.matches(
                Ws.SocketError.quark(), Ws.SocketError.UNSUPPORTED_SOCKET_OPERATION
            ),
            raised.exception,
        )
        self.assertIn("gopher", raised.exception.message)
        self.assertEqual(len(errors), 1)
        self.assertEqual(errors[0].message, raised.exception.message)
        self.assertEqual(client.props.state, Ws.State.UNCONNECTED)

    def test_send_unconnected(self):
        with self.assertRaises(GLib.Error) as raised:
            Ws.Socket().send_text_message("hello?")
        self.assertTrue(
            raised.exception.matches(
                Ws.SocketError.quark(), Ws.SocketError.NOT_CONNECTED
            )
        )

    def test_override(self):
        server = self.serve_echo()
        client = Client(url=server.props.url)
        client.connect("connected", lambda peer: peer.send_text_message("once"))
        # The override is the default handler and comes before it.
        client.connect_after("disconnected", self.loop.quit)
        client.open(None)
        self.loop.run()
        self.assertEqual(client.texts, ["once"])
        self.assertTrue(client.closed)
        self.assertTrue(client.props.was_clean)

    def send_raw(self, generator):
        """Sends one text to a raw server through @generator."""
        server = RawServer()
        server.start()
        client = Ws.Socket(url=server.url, mask_generator=generator)
        client.connect("connected", lambda peer: peer.send_text_message("hello"))
        client.connect("disconnected", self.loop.quit)
        client.open(None)
        self.loop.run()
        server.join(DEADLINE)
        self.assertEqual(server.payload, b"hello")
        return server

    def test_generator(self):
        generator = CountingGenerator()
        server = self.send_raw(generator)
        self.assertEqual(server.mask, bytes.fromhex("8a0b0c00"))
        self.assertEqual(generator.masks[0], 0x8A0B0C00)
        self.assertEqual(generator.n_seeded, 1)

    def test_raising_generator(self):
        raised = []
        warnings = []
        handler = GLib.log_set_handler(
            "Ws",
            GLib.LogLevelFlags.LEVEL_WARNING,
            lambda _domain, _level, message, *_: warnings.append(message),
            None,
        )
        self.addCleanup(GLib.log_remove_handler, "Ws", handler)
        hook = sys.excepthook
        self.addCleanup(setattr, sys, "excepthook", hook)
        sys.excepthook = lambda kind, *_: raised.append(kind)

        server = self.send_raw(RaisingGenerator())
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn("RaisingGenerator", warnings[0])
        self.assertIn(RuntimeError, raised)
        self.assertNotEqual(server.mask, bytes(4))



class Broadcast(unittest.TestCase):
    """To all, to some, and what was carried."""

    def setUp(self):
        self.loop = Loop()
        self.server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        self.server.listen(None, 0)
        self.server.connect("client-connected", self.on_client)
        self.heard = []
        self.clients = [Ws.Socket(), Ws.Socket()]
        for number, client in enumerate(self.clients):
            client.connect("text-message-received", self.on_text, number)
            client.open(self.server.get_url())
        self.loop.run()

    def tearDown(self):
        for client in self.clients:
            client.abort()
        self.server.close()

    def on_client(self, server, client):
        if server.get_n_items() == 1:
            client.subscribe("news")
            self.subscriber = client
        else:
            self.other = client
            self.loop.quit()

    def on_text(self, _client, text, number):
        self.heard.append((text, number))
        if text == "last":
            self.last = self.last - 1
            if self.last == 0:
                self.loop.quit()

    def test_all(self):
        self.assertEqual(self.subscriber.get_topics(), ["news"])
        self.assertEqual(
            self.server.publish("news", Ws.Message.new_text("some")), 1)
        self.assertEqual(
            self.other.publish("news", Ws.Message.new_text("others")), 1)
        self.subscriber.unsubscribe("news")
        self.assertEqual(
            self.server.publish("news", Ws.Message.new_text("none")), 0)
        thread = threading.Thread(
            target=self.other.post_message, args=[Ws.Message.new_text("post")])
        thread.start()
        thread.join()
        GLib.idle_add(self.send_last)
        self.last = 2
        self.loop.run()
        texts = sorted(text for text, _number in self.heard)
        self.assertEqual(texts, ["last", "last", "others", "post", "some"])
        with self.assertRaises(GLib.Error) as caught:
            self.clients[0].subscribe("news")
        self.assertTrue(caught.exception.matches(
            Ws.socket_error_quark(),
            Ws.SocketError.UNSUPPORTED_SOCKET_OPERATION))

    def send_last(self):
        self.assertEqual(
            self.server.broadcast(Ws.Message.new_text("last")), 2)
        return GLib.SOURCE_REMOVE

    def test_statistics(self):
        before = self.other.props.statistics
        self.assertGreater(before.since, 0)
        self.server.broadcast(Ws.Message.new_text("last"))
        after = self.other.props.statistics
        self.assertEqual(before.messages_sent, 0)
        self.assertEqual(after.messages_sent, 1)
        self.assertEqual(after.payload_bytes_sent, 4)
        self.assertEqual(after.compression_ratio_sent, 1.0)

    def test_slow(self):
        self.server.props.slow_client_policy = Ws.SlowClientPolicy.SKIP
        self.other.props.max_bytes_to_write = 1
        self.assertEqual(
            self.server.broadcast(Ws.Message.new_text("long")), 1)
        self.assertEqual(self.other.props.statistics.messages_dropped, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
