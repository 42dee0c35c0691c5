#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our client logs in at nginx (Basic) and at Python's http.server (Digest)."""

import base64
import hashlib
import http.server
import secrets
import sys
import threading
from urllib.parse import quote
from urllib.request import parse_keqv_list, parse_http_list

import foreign
import ours
from ours import Client, Ws, check

USER = "an na@x"
PASSWORD = "s:e/c%r?t#@ü"
LOGIN = (USER, PASSWORD)
WRONG = (USER, "wrong-one")
NEEDED = Ws.SocketError.AUTHENTICATION_REQUIRED
ACCEPT_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class DigestHandler(http.server.BaseHTTPRequestHandler):
    """Verifies (RFC 7616, 3.4) with self.server.algorithm, then echoes a frame."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def hash(self, *parts):
        name = {"MD5": "md5", "SHA-256": "sha256"}[self.server.algorithm]
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    def is_known(self):
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Digest":
            return False
        got = parse_keqv_list(parse_http_list(rest))
        secret = self.hash(USER, "shadow", PASSWORD)
        request = self.hash("GET", self.path)
        expected = self.hash(
            secret, got["nonce"], got["nc"], got["cnonce"], "auth", request
        )
        fixed = (got["username"], got["realm"], got["uri"], got["opaque"], got["qop"])
        return (
            fixed == (USER, "shadow", self.path, "a, b", "auth")
            and got["algorithm"] == self.server.algorithm
            and got["nonce"] in self.server.nonces
            and got["nc"] == "00000001"
            and got["response"] == expected
        )

    def challenge(self):
        nonce = secrets.token_urlsafe()
        self.server.nonces.add(nonce)
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="weak"')
        self.send_header(
            "WWW-Authenticate",
            'Digest realm="shadow", qop="auth-int, auth", algorithm=%s, nonce="%s", '
            'opaque="a, b"' % (self.server.algorithm, nonce),
        )
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"login\n")

    def read_frame(self):
        """Of up to 125 bytes, as clients send them: its first byte and payload."""
        first, size = self.rfile.read(2)
        mask = self.rfile.read(4)
        payload = self.rfile.read(size & 0x7F)
        return first, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))

    def do_GET(self):
        if not self.is_known():
            self.challenge()
            return
        key = self.headers["Sec-WebSocket-Key"].encode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_KEY).digest())
        self.send_header("Sec-WebSocket-Accept", accept.decode())
        self.end_headers()
        self.close_connection = True
        for _ in ("text", "close"):
            first, payload = self.read_frame()
            self.wfile.write(bytes([first, len(payload)]) + payload)


def serve_digest(algorithm):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), DigestHandler)
    server.algorithm = algorithm
    server.nonces = set()
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "ws://127.0.0.1:%d/path/?a=b%%20c" % server.server_address[1]


def make_row(scheme, url, retries, user):
    return (scheme, "shadow", "/".join(url.split("/")[:3]), retries, user)


def with_login(url, login):
    scheme, rest = url.split("://")
    return "%s://%s:%s@%s" % (scheme, quote(login[0], ""), quote(login[1], ""), rest)


def answered(scheme, url, is_deferred):
    client = Client(logins=[LOGIN], is_deferred=is_deferred).run(url).expect_echo()
    check(client.asked, [make_row(scheme, url, 0, "")])


def wrong_then_right(scheme, url):
    client = Client(logins=[WRONG, LOGIN]).run(url).expect_echo()
    check(client.asked, [make_row(scheme, url, 0, ""), make_row(scheme, url, 1, USER)])


def wrong_and_unchanged(scheme, url):
    client = Client(logins=[WRONG]).run(url).expect_error(NEEDED, WRONG[1], USER)
    check(client.asked, [make_row(scheme, url, 0, ""), make_row(scheme, url, 1, USER)])


def unanswered(scheme, url):
    client = Client().run(url).expect_error(NEEDED)
    check(client.asked, [make_row(scheme, url, 0, "")])


def login_in_url(_scheme, url):
    client = Client().run(with_login(url, LOGIN)).expect_echo()
    check(client.asked, [])


def wrong_login_in_url(scheme, url):
    wrong = with_login(url, WRONG)
    client = Client(logins=[LOGIN]).run(wrong).expect_echo()
    check(client.asked, [make_row(scheme, url, 0, USER)])
    client = Client().run(wrong).expect_error(NEEDED, WRONG[1], USER)
    check(len(client.asked), 1)


def list_asking(name, scheme, url):
    return [
        (name + "/" + what, lambda test=test, rest=rest: test(scheme, url, *rest))
        for what, test, *rest in [
            ("at-once", answered, False),
            ("deferred", answered, True),
            ("wrong-then-right", wrong_then_right),
            ("wrong-and-unchanged", wrong_and_unchanged),
            ("unanswered", unanswered),
            ("login-in-url", login_in_url),
            ("wrong-login-in-url", wrong_login_in_url),
        ]
    ]


def main():
    server = ours.serve_echo(False)
    port = server.get_server_port()
    with foreign.Foreign() as programs:
        nginx = programs.start_nginx(port, LOGIN)
        nginx_tls = programs.start_nginx(port, LOGIN, ours.CERTIFICATES)
        return ours.run(
            list_asking("nginx/ws", "Basic", "ws://%s/" % nginx)
            + list_asking("nginx/wss", "Basic", "wss://%s/" % nginx_tls)
            + list_asking("digest/md5", "Digest", serve_digest("MD5"))
            + list_asking("digest/sha-256", "Digest", serve_digest("SHA-256"))
        )


sys.exit(main())
