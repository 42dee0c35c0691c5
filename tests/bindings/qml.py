#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Qt's QML tests in Python: nothing but properties, set in any order."""

import gc
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

from waiting import wait  # noqa: E402


class WebSockets(unittest.TestCase):
    def setUp(self):
        names = ["first", "second"]
        self.heard = []
        self.server = Ws.Server(listening=True, supported_subprotocols=names)
        self.server.connect("client-connected", self.on_client)
        self.client = Ws.Socket(subprotocols=names)
        self.client.connect("text-message-received", self.on_client_heard)
        self.client.connect("binary-message-received", self.on_client_heard)
        wait(lambda: self.server.props.listening)

    def tearDown(self):
        self.server.close()
        del self.client, self.server
        gc.collect()

    def on_client(self, _server, socket):
        self.accepted = socket
        socket.connect("text-message-received", self.on_server_heard)
        socket.connect("binary-message-received", self.on_server_heard)

    def on_client_heard(self, _socket, what):
        self.heard.append(("client", self.plain(what)))

    def on_server_heard(self, _socket, what):
        self.heard.append(("server", self.plain(what)))

    @staticmethod
    def plain(what):
        return what if isinstance(what, str) else what.get_data()

    def open(self):
        self.accepted = None
        self.client.props.active = True
        self.client.props.url = self.server.props.url
        wait(lambda: self.client.props.status == Ws.Status.OPEN and self.accepted)

    def close(self):
        self.client.props.active = False
        wait(lambda: self.client.props.status == Ws.Status.CLOSED)
        wait(lambda: self.accepted.props.status == Ws.Status.CLOSED)
        self.accepted = None

    def exchange(self, send, ask, answer):
        for _round in range(2):
            self.open()
            self.assertEqual(self.client.props.subprotocol, "first")
            self.assertEqual(self.accepted.props.subprotocol, "first")
            send(self.client, ask)
            wait(lambda: self.heard)
            self.assertEqual(self.heard.pop(), ("server", ask))
            send(self.accepted, answer)
            wait(lambda: self.heard)
            self.assertEqual(self.heard.pop(), ("client", answer))
            self.close()
            self.assertEqual(self.client.props.subprotocol, "first")

    def fail_closed(self, send, what):
        changes = []
        self.client.connect("notify::status", lambda *_: changes.append("status"))
        self.client.connect("notify::error-string", lambda *_: changes.append("text"))
        with self.assertRaises(GLib.Error) as raised:
            send(self.client, what)
        self.assertTrue(
            raised.exception.matches(
                Ws.SocketError.quark(), Ws.SocketError.NOT_CONNECTED
            )
        )
        self.assertEqual(self.client.props.status, Ws.Status.CLOSED)
        self.assertEqual(self.client.props.error_string, "")
        self.assertEqual(changes, [])
        self.open()
        self.close()

    @staticmethod
    def send_text(socket, text):
        socket.send_text_message(text)

    @staticmethod
    def send_binary(socket, data):
        socket.send_binary_message(GLib.Bytes.new(data))

    # Qt: WebSockets::test_send_receive_text
    def test_send_receive_text(self):
        self.exchange(self.send_text, "ping", "pong")

    # Qt: WebSockets::test_send_receive_binary
    def test_send_receive_binary(self):
        self.exchange(self.send_binary, b"\x00\xff", b"\x01\x02\x03")

    # Qt: WebSockets::test_send_text_error_closed
    def test_send_text_error_closed(self):
        self.fail_closed(self.send_text, "hello")

    # Qt: WebSockets::test_send_binary_error_closed
    def test_send_binary_error_closed(self):
        self.fail_closed(self.send_binary, b"hello")


if __name__ == "__main__":
    unittest.main()
