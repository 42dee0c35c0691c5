#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What must be right without the library's override, too."""

import gc
import unittest
import weakref

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

from waiting import wait  # noqa: E402


class Alone(unittest.TestCase):
    def setUp(self):
        self.server = Ws.Server(server_name="alone", listening=True)
        self.clients = []
        self.received = []
        self.server.connect("client-connected", self.on_client)
        wait(lambda: self.server.props.listening)

    def tearDown(self):
        for client in self.clients:
            client.abort()
        self.server.close()

    def on_client(self, _server, client):
        self.clients.append(client)
        client.connect("message-received", self.on_message)

    def on_message(self, _client, message):
        self.received.append(bytes(message.get_data()))

    def test_whole_strings(self):
        text = "a\0bä€\U0001f600\0"
        socket = Ws.Socket()
        socket.open(self.server.props.url)
        wait(socket.is_valid)
        socket.send_text_message(text)
        socket.send_message(Ws.Message.new_text(text))
        socket.send_text_message("")
        wait(lambda: len(self.received) == 3)
        self.assertEqual(self.received, [text.encode()] * 2 + [b""])
        for wrong in "\ud800", b"bytes", None, 5:
            with self.assertRaises((TypeError, ValueError, GLib.Error)):
                socket.send_text_message(wrong)

    def test_left_behind(self):
        heard = []

        def start():
            socket = Ws.Socket()
            socket.connect("text-message-received", lambda _s, t: heard.append(t))
            socket.connect("disconnected", lambda _s: heard.append("end"))
            socket.open(self.server.props.url)
            return weakref.ref(socket)

        start()
        gc.collect()
        wait(lambda: self.clients)
        gc.collect()
        self.clients[0].send_text_message("hello")
        wait(lambda: heard)
        self.clients[0].close(4000, None)
        wait(lambda: len(heard) == 2)
        self.assertEqual(heard, ["hello", "end"])

    def test_nobody_listens(self):
        socket = Ws.Socket()
        socket.open(self.server.props.url)
        wait(lambda: self.clients and socket.is_valid())
        del socket
        gc.collect()
        wait(lambda: not self.clients[0].is_valid())
        self.assertEqual(self.clients[0].props.close_code, 1001)


if __name__ == "__main__":
    unittest.main()
