#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ws-glib connect on a terminal: editing, and what must not get there."""

import os
import queue
import socket
import unittest

from support import (
    ABNORMAL,
    BINARY,
    DEADLINE,
    OK,
    TEXT,
    USAGE,
    RawServer,
    TestCase,
    certificate,
    frame,
)

# Takes the line that is being edited away.
HIDE = "\r\x1b[J"


class Editing(TestCase):
    def test_conversation(self):
        terminal = self.terminal("connect", self.serve())
        terminal.expect("Connected to ws://127.0.0.1")
        terminal.expect("> ")
        terminal.send("hello wörld\r")
        terminal.expect("< \x1b[0mhello wörld\r\n")
        terminal.send("acb\x1b[D\x1b[D\x7fx\r")
        terminal.expect("< \x1b[0mxcb\r\n")
        terminal.send("\x1b[A\x1b[A\r")
        terminal.expect("< \x1b[0mhello wörld\r\n")
        terminal.send("\x04")
        terminal.expect("Closed: 1000 (normal)")
        self.assertEqual(terminal.end(), OK)

    def test_line_survives(self):
        """A message that comes meanwhile is shown above the line."""
        peers = queue.SimpleQueue()
        server = RawServer(self, lambda peer: (peers.put(peer), peer.answer_close()))
        terminal = self.terminal("connect", server.url, columns=40)
        terminal.expect("> ")
        terminal.send("half a line")
        terminal.expect("half a line")
        peer = peers.get(timeout=DEADLINE)
        peer.send(TEXT, b"in between")
        terminal.expect(HIDE + "\x1b[36m< \x1b[0min between\r\n")
        terminal.expect("> half a line")
        terminal.send(" that is longer than a row of it")
        terminal.expect("of it")
        peer.send(TEXT, b"again")
        terminal.expect("\r\x1b[1A\x1b[J\x1b[36m< \x1b[0magain\r\n")
        terminal.resize(24, 100)
        terminal.expect("> half a line that is longer than a row of it")
        terminal.send("\x03")
        self.assertEqual(terminal.end(), OK)

    def test_history(self):
        url = self.serve()
        for arguments, there in (((), True), (("--no-history",), False)):
            terminal = self.terminal("connect", *arguments, url)
            terminal.expect("> ")
            terminal.send("remember me\r")
            terminal.expect("< \x1b[0mremember me\r\n")
            terminal.send("\x04")
            self.assertEqual(terminal.end(), OK)
            path = os.path.join(self.folder, "state", "ws-glib", "history")
            self.assertEqual(os.path.exists(path), there)
            if there:
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                terminal = self.terminal("connect", url)
                terminal.expect("> ")
                terminal.send("\x1b[A\r")
                terminal.expect("< \x1b[0mremember me\r\n")
                terminal.send("\x04")
                terminal.end()
                os.remove(path)

    def test_commands(self):
        said = []

        def talk(peer):
            said.append(peer.receive())
            said.append(peer.receive())
            said.append(peer.receive())
            said.append(peer.answer_close())

        server = RawServer(self, talk)
        terminal = self.terminal("connect", server.url)
        terminal.expect("> ")
        for line, answer in (
            ("/help", "/quit"),
            ("/what", "There is no /what"),
            ("/send /nowhere", "/nowhere"),
            ("/info", "sent 0 messages"),
            ("/close 1005", "1005"),
        ):
            terminal.send(line + "\r")
            terminal.expect(line)
            terminal.expect(answer)
        terminal.send("//slash\r")
        terminal.send("/send %s\r" % self.path("in", b"\xff"))
        terminal.send("/text %s\r" % self.path("in.txt", b"text"))
        terminal.send("/close 4321 so long\r")
        self.assertEqual(terminal.end(), OK)
        self.assertEqual(
            said, [(TEXT, b"/slash"), (BINARY, b"\xff"), (TEXT, b"text"), b"\x10\xe1so long"]
        )

    def test_ping(self):
        terminal = self.terminal("connect", "-P", self.serve())
        terminal.expect("> ")
        terminal.send("/ping\r")
        terminal.expect("Pong after ")
        terminal.send("/quit\r")
        self.assertEqual(terminal.end(), OK)

    def test_interrupted(self):
        for key in ("\x03", "\x04"):
            terminal = self.terminal("connect", self.serve())
            terminal.expect("> ")
            terminal.send("not sent" + ("" if key == "\x03" else "\x15"))
            terminal.send(key)
            self.assertEqual(terminal.end(), OK)

    def test_not_while_lost(self):
        """What is typed before the connection is there again is not sent."""

        def talk(peer):
            if len(server.heads) == 1:
                return
            peer.send(TEXT, b"back")
            peer.answer_close()

        server = RawServer(self, talk)
        terminal = self.terminal("connect", "-r", server.url)
        terminal.expect("Attempt 1 in ")
        terminal.send("too early\r")
        terminal.expect("Not sent")
        terminal.expect("< \x1b[0mback")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), OK)

    def test_plain_terminal(self):
        """One that cannot edit is read as a pipe is."""
        self.environment["TERM"] = "dumb"
        terminal = self.terminal("connect", self.serve())
        terminal.send("hello\n")
        terminal.expect("< hello\r\n")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), OK)

    def test_no_color(self):
        self.environment["NO_COLOR"] = "1"
        terminal = self.terminal("connect", self.serve(), "-x", "hello")
        terminal.expect("< hello\r\n")
        self.assertEqual(terminal.end(), OK)
        self.assertNotIn(b"\x1b", terminal.output)

    def test_locale_without_characters(self):
        self.environment["LANG"] = "C"
        terminal = self.terminal("connect", self.serve())
        terminal.expect("> ")
        terminal.send("wörld\r")
        terminal.expect("< \x1b[0mwörld\r\n")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), OK)


class Passwords(TestCase):
    def test_asked_for(self):
        def talk(peer):
            peer.connection.sendall(
                b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                b'WWW-Authenticate: Basic realm="r"\r\n\r\n'
            )
            server.heads.append(peer.read_head())
            peer.upgrade(server.heads[-1])
            peer.answer_close()

        server = RawServer(self, talk, upgrades=False)
        terminal = self.terminal("connect", "-u", "anna", server.url)
        terminal.expect("Password of anna: ")
        terminal.send("secret\n")
        terminal.expect("> ")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), OK)
        self.assertIn("Authorization: Basic YW5uYTpzZWNyZXQ=", server.heads[1])
        self.assertNotIn(b"secret", terminal.output)

    def test_passphrase(self):
        """Of a key that is encrypted, without a word about it."""
        terminal = self.terminal(
            "serve", "-p", "0", "--cert", certificate("client.pem"), "--key",
            certificate("encrypted.key"),
        )
        terminal.expect("Passphrase of %s: " % certificate("encrypted.key"))
        terminal.send("secret\n")
        terminal.expect("wss://127.0.0.1:")
        terminal.send("\x03")
        self.assertEqual(terminal.end(), OK)
        self.assertNotIn(b"secret", terminal.output)

    def test_without_terminal(self):
        # A session of its own has none.
        program = self.start(
            "connect", "-u", "anna", "ws://127.0.0.1:9", start_new_session=True
        )
        self.assertEqual(program.wait(), USAGE)


class Hostile(TestCase):
    """What a peer sends does not reach the terminal's controls."""

    BAD = (
        b"\x1b]0;title\x07\x1b[2J",
        "\x9b31m\x85\x7f".encode(),
        "\u202egpj.exe\u202c\u2066\ufeff".encode(),
        b"a\rb\nc\td\x00e\x08",
    )

    def assert_harmless(self, output, allowed=()):
        for sequence in allowed:
            output = output.replace(sequence, b"")
        output = output.replace(b"\r\n", b"")
        for character in output.decode():
            self.assertTrue(character.isprintable(), output)

    def test_messages(self):
        def talk(peer):
            for text in self.BAD:
                peer.send(TEXT, text)
                peer.send(TEXT, b'{"a":"%s"}' % text.replace(b"\n", b""))
                peer.send(BINARY, text * 100)
            peer.close(1000, self.BAD[0])

        self.environment["NO_COLOR"] = "1"
        for option in ("-q", "-j"):
            server = RawServer(self, talk)
            terminal = self.terminal("connect", option, "-x", "a", server.url, "-w", "20")
            self.assertEqual(terminal.end(), OK)
            self.assertIn(b"\\u001B]0;title\\u0007", terminal.output)
            self.assertIn(b"\\u202Egpj.exe", terminal.output)
            self.assert_harmless(terminal.output)

    def test_editing(self):
        server = RawServer(
            self, lambda peer: (peer.send(TEXT, self.BAD[0]), peer.close(1008, self.BAD[0]))
        )
        terminal = self.terminal("connect", server.url)
        terminal.expect("\\u001B]0;title\\u0007")
        terminal.expect("Closed: 1008 (policy-violated) \\u001B]0;title\\u0007")
        self.assertEqual(terminal.end(), ABNORMAL)
        self.assertNotIn(b"\x1b]", terminal.output)

    def test_handshake(self):
        answer = (
            b"HTTP/1.1 403 N\xc2\x9bo\r\nX-Evil: \xc2\x9b2J\r\nContent-Length: 8\r\n\r\n"
            b"\x1b]0;x\x07\x1bc"
        )
        server = RawServer(self, lambda peer: peer.connection.sendall(answer), False)
        terminal = self.terminal("connect", "-v", server.url)
        terminal.end()
        self.assert_harmless(terminal.output)

    def test_frames(self):
        server = RawServer(
            self, lambda peer: (peer.send(TEXT, self.BAD[0]), peer.close(1000, self.BAD[0]))
        )
        terminal = self.terminal("frames", "-x", "a", "-w", "20", server.url)
        terminal.end()
        terminal.expect("\\u001B]0;title")
        self.assert_harmless(terminal.output)

    def test_huge(self):
        server = RawServer(
            self, lambda peer: (peer.send(TEXT, b"\x1b" * 1_000_000), peer.close())
        )
        terminal = self.terminal("connect", server.url, "-x", "a", "-w", "20")
        self.assertEqual(terminal.end(), OK)
        self.assertEqual(terminal.output.count(b"\\u001B"), 1_000_000)

    def test_flood(self):
        """The keyboard is heard while messages pour in."""

        def talk(peer):
            # The close comes behind what the system holds, for a slow terminal.
            peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            while not peer.has_input():
                peer.connection.sendall(frame(TEXT, b"x" * 50) * 50)
            peer.answer_close()

        server = RawServer(self, talk)
        terminal = self.terminal("connect", server.url)
        terminal.expect("x" * 50)
        terminal.send("\x03")
        self.assertEqual(terminal.end(), OK)


if __name__ == "__main__":
    unittest.main()
