#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The override: bytes, mappings, defaults, errors by class, and what is kept."""

import gc
import subprocess
import sys
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, GObject, Ws  # noqa: E402

from waiting import wait  # noqa: E402


# A program that ends without having closed anything: a client, or a server with
# a client of its own.
ENDS = """
import gi
gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws

loop = GLib.MainLoop()

def client(url):
    socket = Ws.Socket(url=url)
    socket.connect("connected", lambda peer: loop.quit())
    socket.open()

def pool(url):
    def set_up(server, *_):
        server.connect("client-connected", lambda *_: GLib.idle_add(loop.quit))
    pool = Ws.ServerPool.new(2, Ws.SslMode.NON_SECURE, set_up)
    pool.listen("127.0.0.1", 0)
    print("ws://127.0.0.1:%d/" % pool.get_server_port(), flush=True)
    globals()["kept"] = pool

def server(url):
    server = Ws.Server()
    server.connect("client-connected", lambda *_: GLib.idle_add(loop.quit))
    server.listen("127.0.0.1", 0)
    print(server.get_url(), flush=True)

import sys
{"client": client, "pool": pool, "server": server}[sys.argv[1]](sys.argv[-1])
loop.run()
"""


class Exit(unittest.TestCase):
    """Peers are told that the program goes away."""

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", ENDS, *arguments], stdout=subprocess.PIPE, text=True
        )

    def test_client(self):
        server = Ws.Server()
        server.listen("127.0.0.1", 0)
        codes = []
        server.connect(
            "client-disconnected",
            lambda _, peer: codes.append(peer.get_close_code_received()),
        )
        server.connect("client-connected", lambda *_: None)
        with self.start("client", server.get_url()) as child:
            wait(lambda: codes)
        self.assertEqual(codes, [1001])
        self.assertEqual(child.returncode, 0)
        server.close()

    def test_server(self):
        self.check_server("server")

    def test_pool(self):
        """Its threads end before the interpreter does."""
        self.check_server("pool")

    def check_server(self, kind):
        with self.start(kind) as child:
            socket = Ws.Socket(url=child.stdout.readline().strip())
            socket.open()
            wait(lambda: socket.get_close_code_received())
        self.assertEqual(socket.get_close_code_received(), 1001)
        self.assertEqual(child.returncode, 0)

    def test_dropped(self):
        """What is gone before is not kept for that."""
        gone = []
        Ws.Socket().weak_ref(gone.append, True)
        gc.collect()
        self.assertEqual(gone, [True])

    def test_dropped_by_exception(self):
        """A socket that an exception frees does not take its place."""
        with self.assertRaises(ZeroDivisionError):
            print(Ws.Socket(), 1 // 0)

    def test_awaited(self):
        """What is asynchronous can be awaited, whatever class it is of."""
        for name in dir(Ws):
            class_ = getattr(Ws, name)
            if not hasattr(class_, "__info__") or not hasattr(class_.__info__, "get_methods"):
                continue
            for method in class_.__info__.get_methods():
                if method.get_name().endswith("_async"):
                    self.assertTrue(
                        hasattr(getattr(class_, method.get_name()), "__wrapped__"),
                        f"{name}.{method.get_name()}",
                    )


class Headers(unittest.TestCase):
    def test_mapping(self):
        socket = Ws.Socket(request_headers={"X-One": "1", "x-two": "2"})
        headers = socket.get_request_headers()
        self.assertEqual(dict(headers), {"X-One": "1", "x-two": "2"})
        self.assertEqual(headers["X-TWO"], "2")
        self.assertIn("x-one", headers)
        self.assertNotIn("x-three", headers)
        self.assertIsNone(headers.get("x-three"))
        with self.assertRaises(KeyError):
            headers["x-three"]
        headers["X-One"] = "3"
        del headers["x-two"]
        with self.assertRaises(KeyError):
            del headers["x-two"]
        self.assertEqual(headers.items(), [("X-One", "3")])
        self.assertEqual(len(headers), 1)
        self.assertIn("X-One", repr(headers))
        self.assertFalse(Ws.Headers.new())

    def test_pairs(self):
        socket = Ws.Socket()
        socket.set_request_headers([("Cookie", "a=1"), ("cookie", "b=2")])
        headers = socket.get_request_headers()
        self.assertEqual(headers.get_all("COOKIE"), ["a=1", "b=2"])
        self.assertEqual(list(headers), ["Cookie"])
        self.assertEqual(headers.pairs(), [("Cookie", "a=1"), ("cookie", "b=2")])

    def test_wrong(self):
        for wrong in {"a b": "c"}, {"a": "b\r\nEvil: 1"}:
            with self.assertRaises(Ws.InvalidArgument):
                Ws.Socket(request_headers=wrong)
        with self.assertRaises(TypeError):
            Ws.Socket(request_headers=5)


class Messages(unittest.TestCase):
    def test_content(self):
        text = Ws.Message.new_text("a\0ä")
        self.assertEqual(text.data, "a\0ä")
        self.assertEqual(text.get_text(), "a\0ä")
        self.assertEqual(text.get_bytes(), b"a\0\xc3\xa4")
        self.assertEqual(text, Ws.Message.new_text_bytes(b"a\0\xc3\xa4"))
        binary = Ws.Message.new_binary(bytearray(b"\0\xff"))
        self.assertEqual(binary.data, b"\0\xff")
        self.assertIsNone(binary.get_text())
        self.assertNotEqual(text, binary)
        self.assertEqual(len(Ws.Message.new_binary(memoryview(b""))), 0)
        self.assertTrue(Ws.Message.new_text(""))
        self.assertIn("a\\x00", repr(text))

    def test_wrong(self):
        for wrong in 5, None, b"bytes":
            with self.assertRaises(TypeError):
                Ws.Message.new_text(wrong)
        with self.assertRaises(UnicodeEncodeError):
            Ws.Message.new_text("\ud800")
        with self.assertRaises(Ws.InvalidArgument):
            Ws.Message.new_text_bytes(b"\xff")


class Others(unittest.TestCase):
    def test_lists(self):
        policy = Ws.ReconnectPolicy(fatal_close_codes=[4000, 4001])
        self.assertEqual(list(policy.get_fatal_close_codes()), [4000, 4001])
        self.assertEqual(list(Ws.ReconnectPolicy(fatal_close_codes=[]).get_fatal_close_codes()), [])

    def test_truth_and_looks(self):
        server = Ws.Server(server_name="values")
        self.assertTrue(server)
        self.assertEqual(len(server), 0)
        self.assertTrue(Ws.Socket())
        self.assertIn("unconnected", repr(Ws.Socket()))
        self.assertIn("not listening", repr(server))

    def test_errors(self):
        socket = Ws.Socket()
        with self.assertRaises(Ws.ConnectionClosed) as caught:
            socket.send_message("x")
        self.assertIsInstance(caught.exception, (Ws.Error, GLib.Error))
        self.assertTrue(
            caught.exception.matches(
                Ws.SocketError.quark(), Ws.SocketError.NOT_CONNECTED
            )
        )
        self.assertEqual(str(caught.exception), caught.exception.message)
        for wrong in "http://a", "ws://a b/":
            with self.assertRaises(Ws.Error):
                socket.open(wrong)
        with self.assertRaises(Ws.InvalidArgument):
            socket.close(1005)
        with self.assertRaises(TypeError):
            socket.send_message(5)
        with self.assertRaises(Ws.Error):
            Ws.connect_slot(socket, "nothing", socket, "abort", Ws.ConnectFlags.AUTO)
        with self.assertRaises(Ws.Error):
            Ws.connect(socket, "nothing", socket, print, Ws.ConnectFlags.AUTO)

    def test_errors_of_signals(self):
        """No signal tells an error in another way than calls do."""
        names = set()
        for kind in Ws.Broker, Ws.Server, Ws.Socket, Ws.SslConfiguration:
            for name in GObject.signal_list_names(kind):
                query = GObject.signal_query(name, kind)
                if any(t.name == "GError" for t in query.param_types):
                    names.add((kind, name))
        self.assertGreaterEqual(len(names), 5)
        for kind, name in names:
            heard = []
            source = (Ws.MemoryBroker if kind is Ws.Broker else kind)()
            source.connect(name, lambda *args, heard=heard: heard.append(args[-1]))
            args = [GLib.Error("so", "ws-socket-error-quark", 5)]
            if name == "peer-failed":
                args = [None, Ws.PeerPhase.REQUEST, *args]
            source.emit(name, *args)
            self.assertIsInstance(heard[0], Ws.TimedOut, name)

    def test_docs(self):
        for thing in Ws.connect, Ws.serve, Ws.run, Ws.Socket.send, Ws.Socket.recv:
            self.assertTrue(thing.__doc__.strip().endswith("."), thing)


class Properties(unittest.TestCase):
    def test_bytes(self):
        configuration = Ws.SslConfiguration()
        configuration.props.session_ticket = b"ticket\0"
        self.assertEqual(configuration.props.session_ticket, b"ticket\0")
        self.assertIsInstance(configuration.props.session_ticket, bytes)
        configuration.props.session_ticket = None
        self.assertIsNone(configuration.props.session_ticket)
        self.assertIsNone(Ws.Request.new("ws://host/").props.body)
        with self.assertRaises(AttributeError):
            configuration.props.tickets
        self.assertEqual(Ws.SslConfiguration.props.session_ticket.name, "session-ticket")
        self.assertIn("session_ticket", dir(configuration.props))


class Connections(unittest.TestCase):
    def setUp(self):
        self.clients = []
        self.server = Ws.Server(server_name="values")
        self.server.listen("127.0.0.1")
        self.server.connect("client-connected", lambda _s, c: self.clients.append(c))

    def tearDown(self):
        for client in self.clients:
            client.abort()
        self.server.close()

    def open(self, **properties):
        socket = Ws.Socket(**properties)
        socket.open(self.server.get_url())
        wait(lambda: socket.is_valid() and self.clients)
        return socket

    def test_bytes(self):
        heard = []
        socket = self.open()

        def hear(_socket, data):
            heard.append(data)

        for name in "binary-message-received", "ping-received":
            self.clients[0].connect(name, hear)
        socket.connect("pong", lambda _s, _elapsed, data: heard.append(data))
        socket.send_binary_message(b"\0\1")
        socket.send_message(bytearray(b"\2"))
        socket.ping(b"\3")
        wait(lambda: len(heard) == 4)
        self.assertEqual(sorted(heard), [b"\0\1", b"\2", b"\3", b"\3"])
        self.assertTrue(all(isinstance(data, bytes) for data in heard))
        self.clients[0].disconnect_by_func(hear)
        socket.close()

    def test_defaults(self):
        socket = self.open()
        heard = []
        socket.connect("pong", lambda *args: heard.append(args))
        self.assertTrue(socket.ping())
        wait(lambda: heard)
        self.assertTrue(socket.close())
        wait(lambda: not socket.is_valid())
        self.assertEqual(socket.get_close_code(), 1000)

    def test_close_reason(self):
        """None is cut where a C string would end."""
        self.open().close(4000, "no\0pe")
        wait(lambda: self.clients[0].get_close_code_received())
        self.assertEqual(self.clients[0].get_close_reason(), "no\ufffdpe")

    def test_error_signal(self):
        heard = []
        socket = Ws.Socket()
        socket.connect("error", lambda _s, error: heard.append(error))
        self.server.connect("handshake-requested", lambda _s, _q, r: r.refuse())
        socket.open(self.server.get_url())
        wait(lambda: heard)
        self.assertIsInstance(heard[0], Ws.HandshakeRejected)
        self.assertEqual(heard[0].status, 403)
        self.assertEqual(heard[0].response.get_body(), b"Forbidden")

    def test_active_is_kept(self):
        heard = []

        def start():
            socket = Ws.Socket(url=self.server.get_url(), active=True)
            socket.connect("message-received", lambda _s, m: heard.append(m.data))

        start()
        gc.collect()
        wait(lambda: self.clients)
        gc.collect()
        self.server.broadcast("to all")
        wait(lambda: heard)
        self.assertEqual(heard, ["to all"])

    def test_listening_is_kept(self):
        urls = []

        def start():
            server = Ws.Server(server_name="kept")
            server.listen("127.0.0.1")
            urls.append(server.get_url())
            server.connect("client-connected", lambda s, _c: s.close())

        start()
        gc.collect()
        socket = Ws.Socket()
        socket.open(urls[0])
        wait(socket.is_valid)
        socket.abort()


if __name__ == "__main__":
    unittest.main()
