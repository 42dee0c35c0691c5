# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python program whose socket comes back by itself."""

import gc
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


class Patient(Ws.ReconnectPolicy):
    """Comes back from a normal close too, but only twice."""

    def __init__(self):
        super().__init__(jitter=0, reset_after=1_000_000)
        self.asked = []

    def do_should_reconnect(self, socket):
        self.asked.append(socket.get_close_code())
        return True

    def do_get_delay(self, attempt):
        return attempt if attempt <= 2 else -1


class Broken(Ws.ReconnectPolicy):
    """Raises, which PyGObject prints and turns into 0."""

    def do_get_delay(self, attempt):
        raise ValueError("no idea")


class Reconnect(unittest.TestCase):
    def setUp(self):
        self.loop = GLib.MainLoop()
        self.seen = []
        self.server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        self.server.connect("client-connected", self.on_client)
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.server.listen(loopback, 0)
        self.watchdog = GLib.timeout_add_seconds(DEADLINE, self.on_deadline)

    def tearDown(self):
        GLib.source_remove(self.watchdog)
        self.server.close()
        gc.collect()

    def on_deadline(self):
        self.seen.append(f"nothing more for {DEADLINE} s")
        self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def on_client(self, _server, client):
        client.close(1000, "enough")

    def run_until_inactive(self, policy):
        socket = Ws.Socket(url=self.server.get_url(), reconnect=policy)
        socket.connect(
            "reconnecting",
            lambda _socket, attempt, delay: self.seen.append((attempt, delay)),
        )
        socket.connect("connected", lambda _socket: self.seen.append("open"))
        socket.connect("notify::active", self.on_active)
        socket.set_active(True)
        self.loop.run()
        return socket

    def on_active(self, socket, _pspec):
        if not socket.get_active():
            self.loop.quit()

    def test_subclass(self):
        policy = Patient()
        socket = self.run_until_inactive(policy)
        self.assertEqual(self.seen, ["open", (1, 1), "open", (2, 2), "open"])
        self.assertEqual(policy.asked, [1000, 1000, 1000])
        self.assertIs(socket.get_reconnect(), policy)
        self.assertEqual(socket.get_state(), Ws.State.UNCONNECTED)

    def test_raising(self):
        policy = Broken(
            minimum=1, maximum=1, max_attempts=1, jitter=0, after_normal_close=True
        )
        policy.props.reset_after = 1_000_000
        self.run_until_inactive(policy)
        self.assertEqual(self.seen, ["open", (1, 1), "open"])

    def test_default(self):
        self.run_until_inactive(Ws.ReconnectPolicy())
        self.assertEqual(self.seen, ["open"])

    def test_close_codes(self):
        policy = Ws.ReconnectPolicy.new()
        self.assertEqual(
            list(policy.get_fatal_close_codes()), [1002, 1003, 1007, 1008, 1009, 1010]
        )
        policy.set_fatal_close_codes([1000, 4001])
        self.assertEqual(list(policy.get_fatal_close_codes()), [1000, 4001])
        policy.props.fatal_close_codes = GLib.Variant("au", [7])
        self.assertEqual(list(policy.get_fatal_close_codes()), [7])
        self.assertEqual(policy.props.fatal_close_codes.unpack(), [7])
        policy.set_fatal_close_codes(None)
        self.assertEqual(list(policy.get_fatal_close_codes()), [])

    def test_back_off(self):
        policy = Ws.ReconnectPolicy(jitter=0, max_attempts=3)
        delays = [policy.get_delay(attempt) for attempt in range(1, 5)]
        self.assertEqual(delays, [1000, 2000, 4000, -1])


if __name__ == "__main__":
    unittest.main()
