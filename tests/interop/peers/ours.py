# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our server and our client, and tests of them in TAP."""

import os
import sys
import traceback
from pathlib import Path

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 20  # seconds; nothing waits for it but a hanging test
CERTIFICATES = Path(os.environ["WS_TEST_CERTIFICATES"])
TEXT = "grüße 🦊"


def check(got, expected):
    if got != expected:
        raise AssertionError("%r is not %r" % (got, expected))


def serve_echo(is_secure, family=Gio.SocketFamily.IPV4):
    mode = Ws.SslMode.SECURE if is_secure else Ws.SslMode.NON_SECURE
    server = Ws.Server.new("echo", mode)
    if is_secure:
        server.set_ssl_configuration(
            Ws.SslConfiguration(
                local_certificate_file=str(CERTIFICATES / "server-chain.pem"),
                private_key_file=str(CERTIFICATES / "server.key"),
            )
        )
    server.connect(
        "client-connected",
        lambda _server, client: client.connect(
            "text-message-received", lambda peer, text: peer.send_text_message(text)
        ),
    )
    server.listen(Gio.InetAddress.new_loopback(family), 0)
    return server


class Client:
    """Opens, has one text echoed and closes; or fails.

    proxy: what set_proxy takes, or a Gio.ProxyResolver; "direct://" goes straight.
    logins: what is answered, in turn: pairs of user and password; then nothing is.
    """

    def __init__(self, proxy="direct://", logins=(), is_deferred=False):
        self.logins = list(logins)
        self.is_deferred = is_deferred
        self.asked = []  # (scheme, realm, URI, retries, refused user)
        self.errors = []
        self.texts = []
        self.is_over = False
        self.socket = Ws.Socket(
            ssl_configuration=Ws.SslConfiguration(
                ca_certificates_file=str(CERTIFICATES / "root.pem"), system_trust=False
            )
        )
        if isinstance(proxy, str):
            self.socket.set_proxy(proxy)
        else:
            self.socket.set_proxy_resolver(proxy)
        self.socket.connect("authentication-required", self.on_server_asks)
        self.socket.connect("proxy-authentication-required", self.on_proxy_asks)
        self.socket.connect("connected", lambda peer: peer.send_text_message(TEXT))
        self.socket.connect("text-message-received", self.on_text)
        self.socket.connect("error", lambda _socket, error: self.errors.append(error))
        self.socket.connect("disconnected", self.on_disconnected)

    def on_text(self, peer, text):
        self.texts.append(text)
        peer.close(Ws.CloseCode.NORMAL, None)

    def on_disconnected(self, _socket):
        self.is_over = True

    def on_server_asks(self, _socket, authenticator):
        check(authenticator.get_is_proxy(), False)
        self.take(authenticator)

    def on_proxy_asks(self, _socket, uri, authenticator):
        check(authenticator.get_is_proxy(), True)
        check(authenticator.get_uri(), uri)
        self.take(authenticator)

    def take(self, authenticator):
        self.asked.append(
            (
                authenticator.get_scheme(),
                authenticator.get_realm(),
                authenticator.get_uri(),
                authenticator.get_retries(),
                authenticator.get_user(),
            )
        )
        if self.is_deferred:
            authenticator.defer()
            GLib.timeout_add(50, self.answer_later, authenticator)
        else:
            self.answer(authenticator)

    def answer(self, authenticator):
        if self.logins:
            user, password = self.logins.pop(0)
            authenticator.set_user(user)
            authenticator.set_password(password)

    def answer_later(self, authenticator):
        self.answer(authenticator)
        authenticator.done()
        return GLib.SOURCE_REMOVE

    def run(self, url):
        late = []
        timer = GLib.timeout_add_seconds(DEADLINE, lambda: late.append(True) or True)
        self.socket.open(url)
        while not self.is_over and not late:
            GLib.MainContext.default().iteration(True)
        GLib.source_remove(timer)
        if late:
            raise AssertionError("it takes too long: %s" % self.socket.get_state())
        return self

    def expect_echo(self):
        check([error.message for error in self.errors], [])
        check(self.texts, [TEXT])
        return self

    def expect_error(self, code, *secrets):
        check(self.texts, [])
        check(len(self.errors), 1)
        error = self.errors[0]
        print("# " + error.message)
        check(Ws.SocketError(error.code), code)
        check(error.domain, "ws-socket-error-quark")
        for secret in secrets:
            if secret in error.message or secret in self.socket.get_error_string():
                raise AssertionError("%r shows %r" % (error.message, secret))
        return self


def run(tests):
    """tests: pairs of a name and a function."""
    raised = []
    # What a handler raises would only be printed.
    sys.excepthook = lambda kind, value, trace: raised.append((kind, value, trace))
    failed = False
    print("1..%d" % len(tests), flush=True)
    for number, (name, test) in enumerate(tests, 1):
        try:
            raised.clear()
            test()
            if raised:
                raise raised[0][1].with_traceback(raised[0][2])
            print("ok %d %s" % (number, name), flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print("not ok %d %s" % (number, name))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            sys.stdout.flush()
    return 1 if failed else 0
