#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers that raise, of every signal: the connection goes on."""

import gc
import sys
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, GObject, Ws  # noqa: E402

from waiting import wait  # noqa: E402


OF_SOCKETS = {
    "about-to-close",
    "binary-frame-received",
    "binary-message-received",
    "bytes-written",
    "connected",
    "disconnected",
    "message-received",
    "notify",
    "ping-received",
    "pong",
    "read-channel-finished",
    "state-changed",
    "text-frame-received",
    "text-message-received",
}
OF_SERVERS = {
    "client-connected",
    "client-disconnected",
    "closed",
    "items-changed",
    "notify",
}
# Who fails here lets nobody in.
DOORS = {
    "handshake-requested",
    "http-request",
    "origin-authentication-required",
}


class Unlucky(Exception):
    """What every handler ends with."""


def signals_of(gtype):
    """What an object of @gtype tells, slots left out."""
    for name in GObject.signal_list_names(gtype):
        query = GObject.signal_query(name, gtype)
        if not query.signal_flags & GObject.SignalFlags.ACTION:
            yield name


class Raising(unittest.TestCase):
    def setUp(self):
        self.heard = {}
        self.n_unlucky = 0
        self.n_raised = 0
        self.open_doors = DOORS
        self.sockets = []
        self.excepthook, sys.excepthook = sys.excepthook, self.on_exception

    def tearDown(self):
        sys.excepthook = self.excepthook
        gc.collect()

    def on_exception(self, kind, value, _traceback):
        self.assertIs(kind, Unlucky, value)
        self.n_unlucky += 1

    def connect_all(self, object_, *interfaces):
        names = [*signals_of(object_.__gtype__), "notify"]
        for interface in interfaces:
            names += signals_of(interface)
        for name in names:
            object_.connect(name, self.on_signal, name)

    def on_signal(self, object_, *args):
        name = args[-1]
        self.heard.setdefault(type(object_), []).append(name)
        if name == "client-connected":
            self.sockets.append(args[0])
            self.connect_all(args[0])
        if name in self.open_doors:
            return
        self.n_raised += 1
        raise Unlucky(name)

    def count(self, name):
        return self.heard.get(Ws.Socket, []).count(name)

    def test_life(self):
        server = Ws.Server(server_name="raising", listening=True)
        self.connect_all(server, Gio.ListModel.__gtype__)
        wait(lambda: server.props.listening)
        client = Ws.Socket()
        self.connect_all(client)
        log = Ws.MessageLog(socket=client)
        self.connect_all(log, Gio.ListModel.__gtype__)
        client.open(server.props.url)
        wait(lambda: client.is_valid() and self.sockets)
        client.send_text_message("one")
        self.sockets[0].send_binary_message(GLib.Bytes.new(b"two"))
        client.ping(None)
        wait(lambda: self.count("message-received") == 2 and self.count("pong"))
        wait(lambda: len(log) == 2)
        client.close(4000, "enough")
        wait(lambda: self.count("disconnected") == 2)
        self.assertTrue(client.props.was_clean)
        self.assertEqual(self.sockets[0].props.close_code, 4000)
        server.close()
        wait(lambda: "closed" in self.heard[Ws.Server])
        self.assertLessEqual(OF_SOCKETS, set(self.heard[Ws.Socket]))
        self.assertLessEqual(OF_SERVERS, set(self.heard[Ws.Server]))
        self.assertLessEqual({"items-changed", "notify"}, set(self.heard[Ws.MessageLog]))
        self.assertEqual(self.n_unlucky, self.n_raised)

        # And an attempt that fails.
        client.open("ws+unix:/nonexistent/socket:/")
        wait(lambda: self.count("disconnected") == 3)
        self.assertEqual(self.count("error"), 1)

    def test_doors(self):
        server = Ws.Server(server_name="raising", listening=True)
        self.connect_all(server)
        wait(lambda: server.props.listening)
        for door in "origin-authentication-required", "handshake-requested":
            self.open_doors = DOORS - {door}
            client = Ws.Socket()
            client.open(server.props.url)
            wait(lambda: client.props.status == Ws.Status.ERROR)
            self.assertEqual(client.props.response.get_status(), 500)
            self.assertIn(door, server.props.error_string)
            self.assertEqual(len(server), 0)
            self.open_doors = DOORS
            client.open(server.props.url)
            wait(client.is_valid)
            client.abort()
            wait(lambda: all(not s.is_valid() for s in self.sockets))
        server.close()
        wait(lambda: "closed" in self.heard[Ws.Server])
        self.assertEqual(self.n_unlucky, self.n_raised)


if __name__ == "__main__":
    unittest.main()
