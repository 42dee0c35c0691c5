# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python server that awaits its clients, at a Unix socket too."""

import gc
import os
import tempfile
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


class Call:
    """Makes a pair of GIO's something one can await."""

    def __init__(self, begin, finish, *args):
        self.begin, self.finish, self.args = begin, finish, args

    def __await__(self):
        return (yield self)


def spawn(coroutine, result=None, error=None):
    """Runs a coroutine up to its next call, from whose callback it goes on."""
    try:
        call = coroutine.throw(error) if error else coroutine.send(result)
    except StopIteration:
        return

    def on_ready(_source, result):
        try:
            value = call.finish(result)
        except GLib.Error as raised:
            spawn(coroutine, error=raised)
        else:
            # As asyncio does: not in the callback, but a turn later.
            GLib.idle_add(spawn, coroutine, value, priority=GLib.PRIORITY_HIGH)

    call.begin(*call.args, None, on_ready)


class Server(unittest.TestCase):
    def setUp(self):
        self.loop = GLib.MainLoop()
        self.seen = []
        self.server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        self.watchdog = GLib.timeout_add_seconds(DEADLINE, self.on_deadline)

    def tearDown(self):
        GLib.source_remove(self.watchdog)
        gc.collect()

    def on_deadline(self):
        self.seen.append(f"nothing more for {DEADLINE} s")
        self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def accept(self):
        return Call(self.server.accept_async, self.server.accept_finish)

    async def serve(self, n_clients):
        """Hears what clients say at once, then closes all."""
        for _ in range(n_clients):
            client = await self.accept()
            client.connect("text-message-received", self.on_text)
        while len(self.seen) < n_clients:
            await Call(self.yield_async, self.yield_finish)
        await Call(
            self.server.close_async, self.server.close_finish, 4000, "enough"
        )
        self.seen.append(len(self.server))
        try:
            await self.accept()
        except GLib.Error as error:
            closed = error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CLOSED)
            self.seen.append("closed" if closed else error)
        self.loop.quit()

    def yield_async(self, _cancellable, callback):
        GLib.idle_add(callback, None, None)

    def yield_finish(self, _result):
        return None

    def on_text(self, _client, text):
        self.seen.append(text)

    def open(self, url, name):
        client = Ws.Socket(url=url)
        client.connect("connected", lambda peer: peer.send_text_message(name))
        client.open(None)
        return client

    def test_await(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
            self.assertTrue(self.server.listen(loopback, 0))
            self.assertTrue(self.server.listen_unix(path))
            addresses = self.server.get_server_addresses()
            self.assertEqual(addresses[0].get_port(), self.server.get_port())
            self.assertEqual(addresses[1].get_path(), path)
            spawn(self.serve(2))
            clients = [
                self.open(self.server.get_url(), "one"),
                self.open(f"ws+unix:{path}:/", "two"),
            ]
            self.loop.run()
            self.assertFalse(os.path.exists(path))
        self.assertEqual(sorted(self.seen[:2]), ["one", "two"])
        self.assertEqual(self.seen[2:], [0, "closed"])
        for client in clients:
            self.assertEqual(client.get_close_code(), 4000)
            self.assertEqual(client.get_close_reason(), "enough")

    def test_adopt(self):
        address = Gio.InetSocketAddress.new_from_string("127.0.0.1", 0)
        socket = Gio.Socket.new(
            Gio.SocketFamily.IPV4,
            Gio.SocketType.STREAM,
            Gio.SocketProtocol.DEFAULT,
        )
        with self.assertRaises(GLib.Error) as raised:
            self.server.listen_socket(socket)
        self.assertIn("not bound", raised.exception.message)
        socket.bind(address, True)
        self.assertTrue(self.server.listen_socket(socket))
        self.assertEqual(self.server.get_socket_descriptor(), socket.get_fd())
        spawn(self.serve(1))
        client = self.open(self.server.get_url(), "one")
        self.loop.run()
        self.assertEqual(self.seen, ["one", 0, "closed"])
        self.assertEqual(client.get_close_code(), 4000)

    def test_nothing_inherited(self):
        with self.assertRaises(GLib.Error) as raised:
            self.server.listen_inherited()
        self.assertIn("LISTEN_FDS", raised.exception.message)


if __name__ == "__main__":
    unittest.main(verbosity=2)
