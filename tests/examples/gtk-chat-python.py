#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The dialog about certificates of the client in Python: its answers, the file it
shares with the program in C, and its texts. Needs a display."""

import os
import stat
import sys
import tempfile
import unittest
from pathlib import Path

HOME = tempfile.TemporaryDirectory()
# The library's own data; and a locale that is there, under a name that is not
# "C", in which nothing is translated.
os.environ["XDG_DATA_HOME"] = HOME.name
os.symlink("/usr/lib/locale/C.utf8", Path(HOME.name, "en_US.UTF-8"))
os.environ.update(LOCPATH=HOME.name, LC_ALL="en_US.UTF-8", LANGUAGE="de")

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "gtk-chat"
sys.path.insert(0, str(EXAMPLE))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bindings"))
sys.dont_write_bytecode = True

import gi  # noqa: E402

gi.require_version("Gtk", "4.0")
gi.require_version("Ws", "1.0")
from gi.repository import Gtk, Ws  # noqa: E402

import certificate_dialog  # noqa: E402
from waiting import wait  # noqa: E402

CERTIFICATES = Path(os.environ["WS_TEST_CERTIFICATES"])


def secure_server(certificate, key):
    configuration = Ws.SslConfiguration(
        local_certificate_file=str(CERTIFICATES / certificate),
        private_key_file=str(CERTIFICATES / key),
    )
    server = Ws.Server(ssl_mode=Ws.SslMode.SECURE, ssl_configuration=configuration)
    server.listen("127.0.0.1", 0)
    return server


class Window:
    """A client that asks, as the window of gtk-chat.py does."""

    def __init__(self, url):
        self.dialog = None
        self.socket = Ws.Socket(url=url, pause_mode=Ws.PauseModes.ON_SSL_ERRORS)
        certificate_dialog.load(self.socket.props.ssl_configuration)
        self.socket.connect("ssl-errors", self.on_ssl_errors)
        self.reopen()

    def on_ssl_errors(self, socket, errors):
        self.dialog = certificate_dialog.CertificateDialog()
        self.dialog.ask(socket, errors)

    def reopen(self):
        """Whether that goes without a question."""
        self.dialog = None
        self.socket.open()
        wait(lambda: self.dialog or not self.socket.props.is_connecting)
        return self.dialog is None

    def answer(self, tooltip):
        button = find(self.dialog, tooltip)
        button.emit("clicked")
        wait(lambda: not self.socket.props.is_connecting)
        return self.socket.props.is_connected


def find(widget, tooltip):
    """The descendant with this tooltip."""
    if widget.get_tooltip_text() == tooltip:
        return widget
    child = widget.get_first_child()
    while child:
        found = find(child, tooltip)
        if found:
            return found
        child = child.get_next_sibling()
    return None


class Dialog(unittest.TestCase):
    def setUp(self):
        # What is wrong with the one is its certificate, with the other that of
        # whoever has issued it.
        identities = ("self-signed.pem", "leaf.key"), ("server-chain.pem", "server.key")
        self.servers = [secure_server(*identity) for identity in identities]
        certificate_dialog.FILE.unlink(missing_ok=True)

    def tearDown(self):
        for server in self.servers:
            server.close()

    def test_no(self):
        for server in self.servers:
            window = Window(server.get_url())
            window.dialog.close()
            wait(lambda window=window: not window.socket.props.is_connecting)
            self.assertFalse(window.socket.props.is_connected)
            self.assertFalse(window.reopen())
            window.dialog.close()

    def test_once(self):
        for server in self.servers:
            window = Window(server.get_url())
            self.assertTrue(window.answer("Dieses Mal verbinden"))
            self.assertFalse(window.reopen())
            window.dialog.close()

    def test_always(self):
        for server in self.servers:
            window = Window(server.get_url())
            tooltip = "Jetzt verbinden und bei diesem Zertifikat nicht mehr fragen"
            self.assertTrue(window.answer(tooltip))
            self.assertTrue(window.reopen())
            self.assertIsNone(Window(server.get_url()).dialog)
        mode = stat.S_IMODE(certificate_dialog.FILE.stat().st_mode)
        self.assertEqual(mode, 0o600)
        # What another hand has written is not believed.
        text = certificate_dialog.FILE.read_text()
        digest = text.split("=")[0].split("\n")[-1]
        spoilt = text.replace(digest, "00" + digest[2:], 1)
        certificate_dialog.FILE.write_text(spoilt)
        dialogs = [Window(server.get_url()).dialog for server in self.servers]
        self.assertEqual([dialog is None for dialog in dialogs].count(True), 1)
        certificate_dialog.FILE.write_text("this is no file of keys\n")
        for server in self.servers:
            window = Window(server.get_url())
            self.assertTrue(window.answer(tooltip))
            self.assertTrue(window.reopen())
        text = certificate_dialog.FILE.read_text()
        self.assertEqual(text, "this is no file of keys\n")

    def test_language(self):
        window = Window(self.servers[0].get_url())
        self.assertEqual(window.dialog.get_title(), "Problem mit dem Zertifikat")
        heading = window.dialog.heading.get_label()
        self.assertIn("127.0.0.1 ist nicht vertrauensw", heading)
        self.assertIn("SHA-256 ", window.dialog.fingerprint.get_label())
        window.dialog.close()


if __name__ == "__main__":
    Gtk.init()
    unittest.main()
