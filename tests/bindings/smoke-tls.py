# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Python program does with a certificate that is wrong."""

import gc
import os
import unittest
from pathlib import Path

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test
CERTIFICATES = Path(os.environ["WS_TEST_CERTIFICATES"])

# The server's certificate is all of this at once.
WRONG = {
    Ws.SslErrorCode.SELF_SIGNED_CERTIFICATE,
    Ws.SslErrorCode.CERTIFICATE_EXPIRED,
    Ws.SslErrorCode.HOST_NAME_MISMATCH,
}


def describe(error):
    """All that can be read from @error."""
    return (
        error.get_code(),
        error.get_depth(),
        error.get_text(),
        error.get_certificate().get_subject(),
    )


class Tls(unittest.TestCase):
    def setUp(self):
        self.loop = GLib.MainLoop()
        # Handlers append; what they raise would only be printed.
        self.seen = []
        self.errors = []
        self.described = []

    def serve_echo(self):
        """Starts a server that sends back what it gets."""

        def on_client(_server, client):
            client.connect(
                "text-message-received",
                lambda peer, text: peer.send_text_message(text),
            )

        server = Ws.Server.new("smoke", Ws.SslMode.SECURE)
        configuration = Ws.SslConfiguration(
            local_certificate_file=str(CERTIFICATES / "three.pem"),
            private_key_file=str(CERTIFICATES / "leaf.key"),
            system_trust=False,
        )
        server.set_ssl_configuration(configuration)
        server.connect("client-connected", on_client)
        loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
        self.assertTrue(server.listen(loopback, 0))
        self.assertTrue(server.props.url.startswith("wss://"))
        self.addCleanup(server.close)
        return server

    def make_client(self, server):
        def on_error(_client, error):
            self.seen.append(error.message)

        def on_text(client, text):
            self.seen.append(text)
            client.close(Ws.CloseCode.NORMAL, "bye")

        client = Ws.Socket(
            url=server.props.url,
            ssl_configuration=Ws.SslConfiguration(system_trust=False),
        )
        client.connect("error", on_error)
        client.connect("connected", lambda peer: peer.send_text_message("grüße 🦊"))
        client.connect("text-message-received", on_text)
        client.connect("disconnected", lambda _: self.loop.quit())
        return client

    def run_client(self, client):
        def on_expired():
            self.seen.append("expired")
            self.loop.quit()
            return GLib.SOURCE_CONTINUE

        watchdog = GLib.timeout_add_seconds(DEADLINE, on_expired)
        client.open(None)
        self.loop.run()
        GLib.source_remove(watchdog)

    def keep(self, errors):
        """Keeps what an ssl-errors handler got for after the connection."""
        self.errors += errors
        self.described += [describe(error) for error in errors]

    def check_exchange(self, client):
        self.assertEqual(self.seen, ["grüße 🦊"])
        self.assertEqual(client.props.close_code, Ws.CloseCode.NORMAL)
        self.assertTrue(client.props.was_clean)

    def check_kept(self):
        """Nothing but the lists of this test holds the errors by now."""
        gc.collect()
        self.assertEqual({error.get_code() for error in self.errors}, WRONG)
        self.assertEqual([describe(error) for error in self.errors], self.described)
        expected = Ws.SslCertificate.new_from_file(str(CERTIFICATES / "three.pem"))
        for error in self.errors:
            self.assertEqual(error.get_depth(), 0)
            self.assertTrue(error.get_text())
            self.assertTrue(error.get_certificate().equal(expected))
            self.assertEqual(
                error.get_certificate().get_subject(), expected.get_subject()
            )

    def test_ignore(self):
        def on_ssl_errors(client, errors):
            self.keep(errors)
            client.ignore_ssl_error_list(errors)

        client = self.make_client(self.serve_echo())
        client.connect("ssl-errors", on_ssl_errors)
        self.run_client(client)
        self.check_exchange(client)
        del client
        self.check_kept()

    def test_pause(self):
        def on_ssl_errors(client, errors):
            self.keep(errors)
            # The answer comes from elsewhere, long after this handler.
            GLib.idle_add(on_answer, client)

        def on_answer(client):
            gc.collect()
            client.ignore_ssl_error_list(self.errors)
            client.resume()
            return GLib.SOURCE_REMOVE

        client = self.make_client(self.serve_echo())
        client.props.pause_mode = Ws.PauseModes.ON_SSL_ERRORS
        client.connect("ssl-errors", on_ssl_errors)
        self.run_client(client)
        self.check_exchange(client)
        del client
        self.check_kept()

    def test_refuse(self):
        client = self.make_client(self.serve_echo())
        client.connect("ssl-errors", lambda _client, errors: self.keep(errors))
        self.run_client(client)
        self.assertEqual(len(self.seen), 1, self.seen)
        self.assertNotIn("expired", self.seen)
        self.assertFalse(client.props.was_clean)
        del client
        self.check_kept()

    def test_none_is_not_all(self):
        client = Ws.Socket()
        for call in (
            client.ignore_ssl_error_list,
            client.ignore_ssl_error_list_always,
            lambda nothing: Ws.SslError.new_with_certificate(WRONG[0], nothing),
        ):
            with self.assertRaises(TypeError):
                call(None)

    def test_session(self):
        sessions = []
        client = self.make_client(self.serve_echo())
        client.ignore_ssl_error_list([Ws.SslError.new(code) for code in WRONG])
        client.connect(
            "connected", lambda peer: sessions.append(peer.props.ssl_session)
        )
        self.run_client(client)
        self.check_exchange(client)
        del client
        gc.collect()
        (session,) = sessions
        self.assertEqual(session.get_protocol(), "TLS1.3")
        self.assertTrue(session.get_cipher())
        self.assertFalse(session.get_resumed())
        self.assertEqual(session.get_next_protocol(), "http/1.1")
        chain = session.get_peer_certificate_chain()
        self.assertEqual(chain.get_n_items(), 1)
        self.assertTrue(chain.get_item(0).equal(session.get_peer_certificate()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
