#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message handler in Python: what it gets, what it returns, how it fails."""

import gc
import sys
import unittest
import weakref

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, Ws  # noqa: E402

from waiting import wait  # noqa: E402

TEXT = Ws.MessageType.TEXT


class Handler(unittest.TestCase):
    def setUp(self):
        self.heard = []
        self.server = Ws.Server.new("handler", Ws.SslMode.NON_SECURE)
        self.server.connect("client-connected", self.on_client)
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.server.listen(loopback, 0)
        self.accepted = None
        self.client = Ws.Socket()
        self.client.open(self.server.get_url())
        wait(lambda: self.accepted and self.client.is_valid())

    def tearDown(self):
        self.client.abort()
        self.server.close()

    def on_client(self, _server, client):
        self.accepted = client

    def on_message(self, socket, message, *user_data):
        self.heard.append((message, *user_data))
        socket.send_message(message)
        return True

    def test_echo(self):
        echoes = []
        self.accepted.set_message_handler(self.on_message, "extra", 1)
        self.client.set_message_handler(
            lambda _socket, message: echoes.append(message) or True
        )
        sent = ["ä\0b", "", b"\0\xff", b""]
        for message in sent:
            self.client.send_message(message)
        wait(lambda: len(echoes) == 4)
        self.assertEqual(echoes, sent)
        self.assertEqual(self.heard, [(one, "extra", 1) for one in sent])
        self.assertEqual(self.client.send_data(TEXT, "ä".encode()), 2)
        self.assertEqual(self.client.send_data(Ws.MessageType.BINARY, b"\xff"), 1)
        wait(lambda: len(echoes) == 6)
        self.assertEqual(echoes[4:], ["ä", b"\xff"])

    def test_signals(self):
        texts = []
        self.accepted.connect("text-message-received", lambda _s, t: texts.append(t))
        self.accepted.set_message_handler(lambda _socket, text: text == "mine")
        self.client.send_text_message("mine")
        self.client.send_text_message("theirs")
        wait(lambda: texts)
        self.assertEqual(texts, ["theirs"])

    def test_exception(self):
        raised = []
        texts = []

        def fail(_socket, _message):
            raise ValueError("unlucky")

        def note(_type, value, _traceback):
            raised.append(str(value))

        self.accepted.connect("text-message-received", lambda _s, t: texts.append(t))
        self.accepted.set_message_handler(fail)
        usual, sys.excepthook = sys.excepthook, note
        try:
            self.client.send_text_message("one")
            wait(lambda: texts)
        finally:
            sys.excepthook = usual
        self.assertEqual((texts, raised), (["one"], ["unlucky"]))

    def test_invalid(self):
        with self.assertRaises(Ws.Error):
            self.client.send_data(TEXT, b"\xff")

    def test_end(self):
        class Thing:
            pass

        thing = Thing()
        gone = weakref.ref(thing)
        self.client.set_message_handler(lambda *_args, kept=thing: True)
        del thing
        gc.collect()
        self.assertIsNotNone(gone())
        self.client.set_message_handler(None)
        gc.collect()
        self.assertIsNone(gone())


if __name__ == "__main__":
    unittest.main()
