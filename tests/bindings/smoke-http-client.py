# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python client's headers, logins, redirects and refusals."""

import base64
import gc
import hashlib
import re
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test
USER = "anna"
PASSWORD = "grün:🦊"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def sha256(*parts):
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


def is_digest(value, path):
    """Whether the field proves that the password is known (RFC 7616, 3.4)."""
    if value is None or not value.startswith("Digest "):
        return False
    fields = {
        name: quoted or plain
        for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^ ,]*))', value)
    }
    proof = sha256(
        sha256(USER, "room", PASSWORD),
        fields["nonce"],
        fields["nc"],
        fields["cnonce"],
        "auth",
        sha256("GET", path),
    )
    return fields["response"] == proof and fields["nonce"] == "n0nce"


class HttpClient(unittest.TestCase):
    def setUp(self):
        self.loop = GLib.MainLoop()
        self.requests = []
        self.events = []
        self.server = self.serve()
        self.other = self.serve()
        self.watchdog = GLib.timeout_add_seconds(DEADLINE, self.on_deadline)

    def tearDown(self):
        GLib.source_remove(self.watchdog)
        gc.collect()

    def on_deadline(self):
        self.events.append(f"nothing more for {DEADLINE} s")
        self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def serve(self):
        server = Ws.Server.new("smoke", Ws.SslMode.NON_SECURE)
        server.props.supported_subprotocols = ["chat", "news"]
        server.connect("handshake-requested", self.on_handshake)
        # Else the clients wait to be taken, and their close frames with them.
        server.connect("client-connected", lambda _server, _client: None)
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.assertTrue(server.listen(loopback, 0))
        self.addCleanup(server.close)
        return server

    def on_handshake(self, _server, request, response):
        path = request.props.resource_name
        login = request.get_headers().get_one("Authorization")
        headers = response.get_headers()
        self.requests.append(request)
        if path == "/basic" and login != BASIC:
            response.refuse(401, "Who are you?")
            headers.append("WWW-Authenticate", 'Basic realm="room", charset="UTF-8"')
        elif path == "/digest" and not is_digest(login, path):
            response.refuse(401, None)
            headers.append("WWW-Authenticate", 'Basic realm="room"')
            headers.append(
                "WWW-Authenticate",
                'Digest realm="room", nonce="n0nce", qop="auth", '
                'algorithm=SHA-256, charset="UTF-8"',
            )
        elif path == "/moved":
            response.refuse(302, None)
            headers.append("Location", "/room")
        elif path == "/away":
            response.refuse(307, None)
            headers.append("Location", self.url(self.other, "/room"))
        elif path == "/forbidden":
            response.refuse(403, "grüße 🦊")
            headers.append("X-Why", "first")
            headers.append("X-Why", "second")

    def url(self, server, path):
        return f"ws://127.0.0.1:{server.get_server_port()}{path}"

    def make(self, **properties):
        socket = Ws.Socket(**properties)
        socket.connect("connected", self.on_connected)
        socket.connect("error", self.on_error)
        socket.connect("disconnected", lambda _socket: self.loop.quit())
        return socket

    def on_connected(self, socket):
        self.events.append("connected")
        socket.close(Ws.CloseCode.NORMAL, None)

    def on_error(self, _socket, error):
        self.assertTrue(error.matches(Ws.SocketError.quark(), error.code))
        self.events.append(Ws.SocketError(error.code))

    def run_open(self, socket, path):
        self.assertTrue(socket.open(self.url(self.server, path)))
        self.loop.run()

    def paths(self):
        return [request.props.resource_name for request in self.requests]

    def logins(self):
        return [
            request.get_headers().get_one("Authorization") for request in self.requests
        ]

    def test_headers(self):
        headers = Ws.Headers.new()
        headers.append("Cookie", "a=b")
        headers.append("X-Both", "one")
        headers.append("X-Both", "two")
        socket = self.make(request_headers=headers)
        self.run_open(socket, "/")
        received = self.requests[0].get_headers()
        self.assertEqual(received.get_one("cookie"), "a=b")
        self.assertEqual(received.get_list("X-Both"), "one, two")
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(socket.get_response().get_status(), 101)
        with self.assertRaises(GLib.Error) as raised:
            headers.append("X-Evil", "a\r\nb: c")
        code = Ws.SocketError.INVALID_ARGUMENT
        self.assertTrue(raised.exception.matches(Ws.SocketError.quark(), code))

    def test_reserved_header(self):
        socket = self.make()
        socket.get_request_headers().append("Upgrade", "h2c")
        self.run_open(socket, "/")
        self.assertEqual(self.events, [Ws.SocketError.CONNECTION_REFUSED])
        self.assertIn("Upgrade", socket.props.error_string)
        self.assertIsNone(socket.get_response())

    def test_host(self):
        socket = self.make()
        socket.get_request_headers().append("Host", "elsewhere.example")
        self.run_open(socket, "/")
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(
            socket.props.request.get_headers().get_one("Host"), "elsewhere.example"
        )

    def test_open_stream(self):
        client = Gio.SocketClient()
        port = self.server.props.port
        stream = client.connect_to_host("127.0.0.1", port, None)
        socket = self.make()
        self.assertTrue(socket.open_stream(stream, "ws://elsewhere.example/room"))
        while not self.events:
            GLib.MainContext.default().iteration(True)
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(socket.props.peer_address_string, f"127.0.0.1:{port}")

    def test_open_request(self):
        request = Ws.Request.new(self.url(self.server, "/room?a=b"))
        request.get_headers().append("Cookie", "once=yes")
        request.set_subprotocols(["news", "chat"])
        request.set_origin("https://a.example")
        socket = self.make(subprotocols=["chat"])
        socket.get_request_headers().append("Cookie", "always=yes")
        self.assertTrue(socket.open_request(request))
        self.loop.run()
        self.assertEqual(socket.get_url(), request.get_url())
        received = self.requests[0]
        self.assertEqual(received.props.resource_name, "/room?a=b")
        self.assertEqual(received.get_headers().get_list("Cookie"), "once=yes")
        self.assertEqual(received.props.origin, "https://a.example")
        self.assertEqual(list(received.props.subprotocols), ["news", "chat"])
        self.run_open(socket, "/")
        received = self.requests[1]
        self.assertEqual(received.get_headers().get_list("Cookie"), "always=yes")
        self.assertIsNone(received.props.origin)
        self.assertEqual(list(received.props.subprotocols), ["chat"])
        with self.assertRaises(GLib.Error):
            socket.open_request(Ws.Request.new("gopher://127.0.0.1/"))

    def test_login(self):
        asked = []

        def on_asked(socket, authenticator):
            asked.append(authenticator.props.retries)
            self.assertEqual(authenticator.props.realm, "room")
            self.assertEqual(authenticator.props.scheme, "Basic")
            self.assertFalse(authenticator.props.is_proxy)
            self.assertEqual(authenticator.props.uri, self.url(self.server, ""))
            self.assertEqual(socket.get_response().get_status(), 401)
            if len(asked) == 1:
                authenticator.set_user(USER)
                authenticator.set_password("wrong")
            else:
                self.assertEqual(authenticator.get_password(), "wrong")
                authenticator.set_password(PASSWORD)

        socket = self.make()
        socket.connect("authentication-required", on_asked)
        self.run_open(socket, "/basic")
        self.assertEqual(asked, [0, 1])
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(self.logins()[0], None)
        self.assertEqual(self.logins()[-1], BASIC)

    def test_deferred_login(self):
        def on_asked(_socket, authenticator):
            self.assertEqual(authenticator.props.scheme, "Digest")
            authenticator.defer()
            GLib.timeout_add(20, answer, authenticator)

        def answer(authenticator):
            authenticator.props.user = USER
            authenticator.props.password = PASSWORD
            authenticator.done()
            return GLib.SOURCE_REMOVE

        socket = self.make()
        socket.connect("authentication-required", on_asked)
        self.run_open(socket, "/digest")
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(self.paths(), ["/digest", "/digest"])

    def test_given_up(self):
        def on_asked(_socket, authenticator):
            authenticator.defer()
            GLib.idle_add(gc.collect)

        socket = self.make()
        self.run_open(socket, "/basic")
        socket.connect("authentication-required", on_asked)
        self.run_open(socket, "/basic")
        code = Ws.SocketError.AUTHENTICATION_REQUIRED
        self.assertEqual(self.events, [code, code])
        self.assertEqual(self.logins(), [None, None])

    def test_refusal(self):
        socket = self.make()
        self.run_open(socket, "/forbidden")
        self.assertEqual(self.events, [Ws.SocketError.HANDSHAKE_REJECTED])
        response = socket.get_response()
        self.assertEqual(response.props.status, 403)
        self.assertEqual(response.props.reason, "Forbidden")
        self.assertEqual(response.get_headers().get_list("X-Why"), "first, second")
        self.assertEqual(response.get_body().get_data().decode(), "grüße 🦊")

    def test_redirect(self):
        seen = []
        socket = self.make(max_redirects=1)
        socket.get_request_headers().append("Cookie", "a=b")
        socket.connect(
            "redirected", lambda _socket, request: seen.append(request.get_url())
        )
        self.run_open(socket, "/moved")
        self.assertEqual(seen, [self.url(self.server, "/room")])
        self.assertEqual(self.paths(), ["/moved", "/room"])
        self.assertEqual(self.requests[1].get_headers().get_one("Cookie"), "a=b")
        self.assertEqual(self.events, ["connected"])
        self.assertEqual(socket.get_url(), self.url(self.server, "/moved"))

    def test_redirect_elsewhere(self):
        def on_redirected(_socket, request):
            self.assertEqual(request.get_headers().get_length(), 0)
            request.get_headers().append("X-New", "yes")

        socket = self.make(max_redirects=1)
        socket.get_request_headers().append("Cookie", "a=b")
        socket.connect("redirected", on_redirected)
        self.run_open(socket, "/away")
        self.assertEqual(self.events, ["connected"])
        received = self.requests[1].get_headers()
        self.assertIsNone(received.get_one("Cookie"))
        self.assertEqual(received.get_one("X-New"), "yes")

    def test_refused_redirect(self):
        socket = self.make(max_redirects=5)
        socket.connect("redirected", lambda peer, _request: peer.refuse_redirect())
        self.run_open(socket, "/moved")
        self.assertEqual(self.paths(), ["/moved"])
        self.assertEqual(self.events, [Ws.SocketError.HANDSHAKE_REJECTED])
        self.assertEqual(socket.get_response().get_status(), 302)
        socket.set_max_redirects(0)
        self.run_open(socket, "/moved")
        self.assertIn("302", socket.props.error_string)

    def test_proxy(self):
        socket = self.make()
        for uri in ("proxy", "gopher://127.0.0.1:1", "http://127.0.0.1"):
            with self.assertRaises(GLib.Error) as raised:
                socket.set_proxy(uri)
            code = Ws.SocketError.INVALID_ARGUMENT
            self.assertTrue(raised.exception.matches(Ws.SocketError.quark(), code))
        self.assertIsNone(socket.get_proxy())
        self.assertTrue(socket.set_proxy("socks5://127.0.0.1:1080"))
        self.assertEqual(socket.get_proxy(), "socks5://127.0.0.1:1080")
        self.assertIsInstance(socket.get_proxy_resolver(), Gio.SimpleProxyResolver)
        self.assertTrue(socket.set_proxy(None))
        self.run_open(socket, "/")
        self.assertEqual(self.events, ["connected"])
        socket.set_proxy_resolver(None)
        self.assertIsNone(socket.get_proxy())


if __name__ == "__main__":
    unittest.main()
