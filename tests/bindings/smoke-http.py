# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python server of pages and WebSocket on one port, asked by real clients."""

import gc
import http.client
import os
import ssl
import subprocess
import threading
import unittest
from pathlib import Path

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test
PAGE = "<title>grüße 🦊</title>"
CERTIFICATES = Path(os.environ["WS_TEST_CERTIFICATES"])


class Http(unittest.TestCase):
    def setUp(self):
        self.errors = []
        self.waiting = []
        self.urls = []
        self.server = self.serve(Ws.SslMode.NON_SECURE)
        self.port = self.server.get_server_port()

    def serve(self, mode):
        server = Ws.Server.new("smoke", mode)
        if mode == Ws.SslMode.SECURE:
            configuration = Ws.SslConfiguration(
                local_certificate_file=str(CERTIFICATES / "three.pem"),
                private_key_file=str(CERTIFICATES / "leaf.key"),
                system_trust=False,
            )
            server.set_ssl_configuration(configuration)
        server.connect("server-error", lambda _s, code: self.errors.append(code))
        server.connect("http-request", self.on_http)
        server.connect("handshake-requested", self.on_handshake)
        server.connect(
            "client-connected",
            lambda _s, client: client.connect(
                "text-message-received", lambda peer, text: peer.send_text_message(text)
            ),
        )
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.assertTrue(server.listen(loopback, 0))
        self.addCleanup(server.close)
        return server

    def on_http(self, _server, request, response):
        path = request.props.resource_name
        self.urls.append(request.props.url)
        if path == "/":
            body = GLib.Bytes.new(PAGE.encode())
            response.set_body("text/html; charset=utf-8", body)
        elif path == "/echo":
            body = request.get_body()
            response.set_body(
                request.get_headers().get_one("Content-Type"),
                body if body is not None else GLib.Bytes.new(b""),
            )
        elif path == "/big":
            response.set_body(None, GLib.Bytes.new(bytes(10 * 1024 * 1024)))
        elif path == "/later":
            response.defer()
            GLib.timeout_add(20, self.answer, response)
        elif path == "/forgotten":
            response.defer()
            del response
            gc.collect()

    def answer(self, response):
        response.set_text("at last")
        response.get_headers().append("X-Late", "yes")
        response.done()
        return GLib.SOURCE_REMOVE

    def on_handshake(self, _server, request, response):
        path = request.props.resource_name
        if path == "/refused":
            response.refuse(403, "Not you")
        elif path == "/later":
            response.defer()
            response.props.subprotocol = request.props.subprotocols[-1]
            self.waiting.append(response)
            GLib.timeout_add(20, self.accept)

    def accept(self):
        self.waiting.pop().done()
        return GLib.SOURCE_REMOVE

    def run_beside(self, function):
        """Runs @function in a thread, and the loop until it is over."""
        loop = GLib.MainLoop()
        result = []

        def run():
            try:
                result.append(function())
            finally:
                GLib.idle_add(loop.quit)

        watchdog = GLib.timeout_add_seconds(DEADLINE, loop.quit)
        thread = threading.Thread(target=run)
        thread.start()
        loop.run()
        GLib.source_remove(watchdog)
        thread.join(DEADLINE)
        self.assertEqual(len(result), 1)
        return result[0]

    def ask(self, method, path, body=None, headers={}, chunked=False):
        def run():
            client = http.client.HTTPConnection("127.0.0.1", self.port, DEADLINE)
            client.request(method, path, body, headers, encode_chunked=chunked)
            response = client.getresponse()
            text = response.read()
            client.close()
            return response, text

        return self.run_beside(run)

    def curl(self, path, *options):
        def run():
            url = f"http://127.0.0.1:{self.port}{path}"
            command = ["curl", "--silent", "--noproxy", "*", "--max-time"]
            command += [str(DEADLINE), *options, url]
            return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

        return self.run_beside(run)

    def test_page(self):
        response, text = self.ask("GET", "/")
        self.assertEqual((response.status, response.reason), (200, "OK"))
        self.assertEqual(response.getheader("Server"), "smoke")
        self.assertEqual(text.decode(), PAGE)
        self.assertEqual(self.errors, [])

    def test_head(self):
        response, text = self.ask("HEAD", "/")
        self.assertEqual(int(response.getheader("Content-Length")), len(PAGE.encode()))
        self.assertEqual(text, b"")

    def test_bodies(self):
        headers = {"Content-Type": "text/x-test"}
        for size in (1, 65536):
            response, text = self.ask("PUT", "/echo", b"x" * size, headers)
            self.assertEqual(response.getheader("Content-Type"), "text/x-test")
            self.assertEqual(text, b"x" * size)
        chunks = (b"ab", b"c" * 300, b"d")
        headers["Transfer-Encoding"] = "chunked"
        _response, text = self.ask("POST", "/echo", chunks, headers, chunked=True)
        self.assertEqual(text, b"".join(chunks))
        response, _text = self.ask("POST", "/echo", b"x" * 65537)
        self.assertEqual(response.status, 413)
        self.assertEqual(self.errors, [Ws.CloseCode.TOO_MUCH_DATA])

    def test_later(self):
        response, text = self.ask("GET", "/later")
        self.assertEqual(response.getheader("X-Late"), "yes")
        self.assertEqual(text, b"at last")

    def test_secure(self):
        server = self.serve(Ws.SslMode.SECURE)
        port = server.get_server_port()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE

        def run(path):
            client = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=DEADLINE, context=context
            )
            client.request("GET", path)
            text = client.getresponse().read()
            client.close()
            return text

        self.assertEqual(self.run_beside(lambda: run("/")).decode(), PAGE)
        self.assertEqual(self.run_beside(lambda: run("/later")), b"at last")
        self.assertEqual(len(self.run_beside(lambda: run("/big"))), 10 * 1024 * 1024)
        self.assertEqual(self.urls[0], f"https://127.0.0.1:{port}/")
        self.assertEqual(self.errors, [])

    def test_forgotten(self):
        response, _text = self.ask("GET", "/forgotten")
        self.assertEqual(response.status, 500)

    def test_untouched(self):
        response, _text = self.ask("GET", "/nothing")
        self.assertEqual(response.status, 426)
        self.assertEqual(response.getheader("Sec-WebSocket-Version"), "13")

    def test_curl(self):
        self.assertEqual(self.curl("/").decode(), PAGE)
        self.assertEqual(self.curl("/", "--http1.0").decode(), PAGE)
        # It asks for h2c on the way.
        self.assertEqual(self.curl("/", "--http2").decode(), PAGE)
        head = self.curl("/", "--head").decode()
        self.assertIn("HTTP/1.1 200 OK\r\n", head)
        self.assertEqual(len(self.curl("/big")), 10 * 1024 * 1024)
        data = "y" * 60000
        expect = ("--header", "Expect: 100-continue", "--data", data)
        self.assertEqual(self.curl("/echo", *expect).decode(), data)
        self.assertEqual(self.errors, [])

    def connect_client(self, path, **properties):
        loop = GLib.MainLoop()
        seen = []

        def on_error(_client, error):
            seen.append(error.message)

        def on_text(client, text):
            seen.append(text)
            client.close(Ws.CloseCode.NORMAL, None)

        client = Ws.Socket(url=f"ws://127.0.0.1:{self.port}{path}", **properties)
        client.connect("error", on_error)
        client.connect("connected", lambda peer: seen.append(peer.props.subprotocol))
        client.connect("connected", lambda peer: peer.send_text_message("hello"))
        client.connect("text-message-received", on_text)
        client.connect("disconnected", lambda _client: loop.quit())
        watchdog = GLib.timeout_add_seconds(DEADLINE, loop.quit)
        client.open(None)
        loop.run()
        GLib.source_remove(watchdog)
        return seen

    def test_handshake(self):
        self.assertEqual(self.connect_client("/"), ["", "hello"])
        offers = ["chat", "news"]
        seen = self.connect_client("/later", subprotocols=offers)
        self.assertEqual(seen, ["news", "hello"])
        seen = self.connect_client("/refused")
        self.assertEqual(len(seen), 1)
        self.assertIn("403", seen[0])
        self.assertEqual(self.errors, [Ws.CloseCode.POLICY_VIOLATED])

    def test_origins(self):
        self.server.props.allowed_origins = ["https://a.example"]
        self.assertEqual(self.server.get_allowed_origins(), ["https://a.example"])
        seen = self.connect_client("/", origin="https://a.example:443")
        self.assertEqual(seen, ["", "hello"])
        seen = self.connect_client("/", origin="https://evil.a.example")
        self.assertIn("403", seen[0])


if __name__ == "__main__":
    unittest.main()
