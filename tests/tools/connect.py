#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ws-glib connect on pipes: every option, every exit status."""

import os
import subprocess
import unittest

from support import (
    ABNORMAL,
    BINARY,
    CLOSE,
    DEADLINE,
    LATE,
    OK,
    OUTPUT,
    PING,
    REFUSED,
    TEXT,
    TLS,
    UNREACHABLE,
    USAGE,
    RawServer,
    TestCase,
    certificate,
    frame,
)


class Messages(TestCase):
    def setUp(self):
        super().setUp()
        self.url = self.serve()

    def test_lines(self):
        for sent, received in (
            (b"one\ntwo\n", b"one\ntwo\n"),
            (b"no end", b"no end\n"),
            (b"\n\n", b"\n\n"),
            (b"nul \0 in it\n", b"nul \0 in it\n"),
            ("übung\n".encode(), "übung\n".encode()),
            (b"", b""),
        ):
            with self.subTest(sent=sent):
                output, errors = self.run_tool("connect", self.url, input=sent)
                self.assertEqual(output, received)
                self.assertEqual(errors, "")

    def test_many_lines(self):
        sent = b"".join(b"%d\n" % i for i in range(200000))
        output, _ = self.run_tool("connect", self.url, input=sent)
        self.assertEqual(output, sent)

    def test_long_line(self):
        sent = b"x" * 10_000_000 + b"\n"
        output, _ = self.run_tool("connect", self.url, input=sent)
        self.assertEqual(output, sent)

    def test_no_text(self):
        output, errors = self.run_tool(
            "connect", self.url, input=b"a\n\xff\nb\n", status=ABNORMAL
        )
        self.assertEqual(output, b"a\nb\n")
        self.assertIn("Not sent", errors)

    def test_binary(self):
        sent = os.urandom(3_000_000)
        output, _ = self.run_tool("connect", "-b", self.url, input=sent)
        self.assertEqual(output, sent)

    def test_whole(self):
        output, _ = self.run_tool("connect", "--whole", self.url, input=b"a\nb\n")
        self.assertEqual(output, b"a\nb\n\n")

    def test_execute(self):
        output, _ = self.run_tool("connect", self.url, "-x", "one", "--execute=two")
        self.assertEqual(output, b"one\ntwo\n")

    def test_execute_waits(self):
        """For an answer, before it closes."""
        said = []

        def talk(peer):
            said.append(peer.receive())
            peer.send(PING, b"")
            said.append(peer.receive())
            peer.send(TEXT, b"late")
            said.append(peer.answer_close())

        server = RawServer(self, talk)
        program = self.start("connect", server.url, "-x", "a", stdout=subprocess.PIPE)
        self.assertEqual(program.communicate(timeout=DEADLINE)[0], b"late\n")
        self.assertEqual(said, [(TEXT, b"a"), (10, b""), b"\x03\xe8"])

    def test_file(self):
        sent = os.urandom(2_000_000)
        output, _ = self.run_tool(
            "connect", "-b", self.url, "-f", self.path("in", sent), "-O", self.path("out")
        )
        self.assertEqual(output, b"")
        with open(self.path("out"), "rb") as file:
            self.assertEqual(file.read(), sent)

    def test_missing_file(self):
        self.run_tool("connect", self.url, "-f", self.path("none"), status=USAGE)

    def test_text_file(self):
        output, _ = self.run_tool("connect", self.url, "-f", self.path("in", b"a\nb"))
        self.assertEqual(output, b"a\nb\n")
        self.run_tool(
            "connect", self.url, "-f", self.path("in", b"\xff"), status=ABNORMAL
        )

    def test_one(self):
        output, _ = self.run_tool("connect", "-1", self.url, input=b"a\nb\nc\n")
        self.assertEqual(output, b"a\n")

    def test_json(self):
        sent = b'{"b":1.50,"a":[{},[],"\\u00e9"],"n":12345678901234567890}\n{"open"\n'
        output, _ = self.run_tool("connect", "-j", self.url, input=sent)
        self.assertEqual(
            output.decode(),
            '{\n  "b": 1.50,\n  "a": [\n    {},\n    [],\n    "\\u00e9"\n  ],\n'
            '  "n": 12345678901234567890\n}\n{"open"\n',
        )

    def test_ping(self):
        _, errors = self.run_tool(
            "connect", self.url, "--ping", "0.01", "-x", "a", "-w", "0.3"
        )
        self.assertRegex(errors, r"Pong after \d+\.\d{3} ms")

    def test_verbose(self):
        _, errors = self.run_tool("connect", "-v", self.url, "-x", "a")
        self.assertIn("Connected to " + self.url, errors)
        self.assertIn("HTTP/1.1 101 Switching Protocols", errors)
        self.assertIn("Closed: 1000 (normal)", errors)

    def test_no_compression(self):
        url = self.serve("--compression")
        _, errors = self.run_tool("connect", "-v", url, "-x", "a")
        self.assertIn("permessage-deflate", errors)
        _, errors = self.run_tool("connect", "-v", "--no-compression", url, "-x", "a")
        self.assertNotIn("permessage-deflate", errors)

    def test_address_without_scheme(self):
        output, _ = self.run_tool("connect", self.url[len("ws://") :], "-x", "a")
        self.assertEqual(output, b"a\n")
        output, _ = self.run_tool("connect", "http" + self.url[len("ws") :], "-x", "a")
        self.assertEqual(output, b"a\n")


class Requests(TestCase):
    """What the server gets to see."""

    def head_of(self, *arguments, upgrades=True):
        server = RawServer(self, lambda peer: peer.answer_close(), upgrades)
        self.run_tool("connect", server.url, *arguments)
        return server.heads[0]

    def test_headers(self):
        head = self.head_of("-H", "X-One: 1", "--header=X-Two:2", "-o", "https://a.test")
        self.assertIn("X-One: 1", head)
        self.assertIn("X-Two: 2", head)
        self.assertIn("Origin: https://a.test", head)

    def test_connect_to(self):
        server = RawServer(self, lambda peer: peer.answer_close())
        address = server.url[len("ws://") : -1]
        self.run_tool("connect", "ws://chat.test/room", "--connect-to", address)
        self.assertEqual(server.heads[0][0], "GET /room HTTP/1.1")
        self.assertIn("Host: chat.test", server.heads[0])

    def test_subprotocol(self):
        url = self.serve("-s", "chat")
        _, errors = self.run_tool("connect", "-v", url, "-s", "x", "-s", "chat")
        self.assertIn("subprotocol chat", errors)

    def test_close(self):
        said = []
        server = RawServer(self, lambda peer: said.append(peer.answer_close()))
        self.run_tool("connect", server.url, "--close", "4001", "--reason", "enough")
        self.assertEqual(said, [b"\x0f\xa1enough"])

    def test_login(self):
        def talk(peer):
            peer.connection.sendall(
                b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                b'WWW-Authenticate: Basic realm="r"\r\n\r\n'
            )
            server.heads.append(peer.read_head())
            peer.upgrade(server.heads[-1])
            peer.answer_close()

        server = RawServer(self, talk, upgrades=False)
        login = "Authorization: Basic YW5uYTpzZWM6cmV0"
        for arguments in (
            ("-u", "anna:sec:ret"),
            ("--auth-file", self.path("login", b"anna:sec:ret\n")),
        ):
            del server.heads[:]
            _, errors = self.run_tool("connect", "-v", server.url, *arguments)
            self.assertNotIn(login, server.heads[0])
            self.assertIn(login, server.heads[1])
            self.assertNotIn("sec:ret", errors)

    def test_wrong_login(self):
        def talk(peer):
            for _ in range(3):
                peer.connection.sendall(
                    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                    b'WWW-Authenticate: Basic realm="r"\r\n\r\n'
                )
                server.heads.append(peer.read_head())

        server = RawServer(self, talk, upgrades=False)
        self.run_tool("connect", server.url, "-u", "anna:secret", status=REFUSED)
        self.run_tool("connect", server.url, status=REFUSED)

    def test_password_is_hidden(self):
        program = []

        def talk(peer):
            with open("/proc/%d/cmdline" % program[0].pid, "rb") as file:
                program.append(file.read())
            peer.answer_close()

        server = RawServer(self, talk)
        program.append(
            self.start(
                "connect", server.url, "-n", "-u", "anna:secret", stdin=subprocess.PIPE
            )
        )
        # Its input stays open until the server has looked.
        server.thread.join(0)
        while len(program) < 2:
            server.thread.join(0.01)
        program[0].terminate()
        self.assertEqual(program[0].wait(DEADLINE), OK)
        program[0].stdin.close()
        self.assertIn(b"anna:", program[1])
        self.assertNotIn(b"secret", program[1])

    def test_redirect(self):
        target = self.serve()

        def talk(peer):
            peer.connection.sendall(
                b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n"
                % target.encode()
            )

        server = RawServer(self, talk, upgrades=False)
        self.run_tool("connect", server.url, status=REFUSED)
        for option in ("-L", "--max-redirects=1"):
            output, _ = self.run_tool("connect", server.url, option, "-x", "a")
            self.assertEqual(output, b"a\n")


class Ends(TestCase):
    def end_with(self, talk, *arguments, status=OK, upgrades=True, **options):
        server = RawServer(self, talk, upgrades)
        return self.run_tool("connect", server.url, "-n", *arguments, status=status, **options)

    def test_usage(self):
        for arguments in (
            (),
            ("a", "b"),
            ("--what",),
            ("ws://127.0.0.1", "-H", "none"),
            ("ws://127.0.0.1", "--key", "x"),
            ("ws://127.0.0.1", "--timeout", "-1"),
            ("ws://127.0.0.1", "--ping", "-1"),
            ("ws://127.0.0.1", "--max-size", "-1"),
            ("ws://127.0.0.1", "--wait", "1"),
            ("ws://127.0.0.1", "--whole", "-x", "a"),
            ("ws://127.0.0.1", "--close", "1005"),
            ("ws://127.0.0.1", "-O", "/nowhere/file"),
            ("ws://127.0.0.1", "--proxy", "no proxy"),
            ("ws://127.0.0.1", "--auth-file", "/nowhere/file"),
            ("http://[",),
            ("ftp://127.0.0.1",),
        ):
            with self.subTest(arguments=arguments):
                output, errors = self.run_tool("connect", *arguments, status=USAGE)
                self.assertEqual(output, b"")
                self.assertEqual(errors.count("\n"), 1)

    def test_unreachable(self):
        server = RawServer(self, lambda peer: None)
        server._stop()
        self.run_tool("connect", server.url, status=UNREACHABLE)
        self.run_tool("connect", "ws://name.invalid/", status=UNREACHABLE)
        self.run_tool("connect", "ws+unix:/nowhere:/", status=UNREACHABLE)
        proxy = server.url.replace("ws://", "http://")
        self.run_tool("connect", "ws://127.0.0.1:9", "--proxy", proxy, status=UNREACHABLE)

    def test_proxy_none(self):
        self.environment["http_proxy"] = "http://127.0.0.1:9"
        self.environment["https_proxy"] = "http://127.0.0.1:9"
        output, _ = self.run_tool("connect", self.serve(), "--proxy=none", "-x", "a")
        self.assertEqual(output, b"a\n")

    def test_silent(self):
        self.end_with(
            lambda peer: peer.file.read(), "-t", "0.2", upgrades=False, status=UNREACHABLE
        )

    def test_refused(self):
        answer = b"HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n\x1b[2Jx"
        _, errors = self.end_with(
            lambda peer: peer.connection.sendall(answer),
            "-v",
            upgrades=False,
            status=REFUSED,
        )
        self.assertIn("403", errors)
        self.assertIn("\\u001B[2Jx", errors)
        self.assertNotIn("\x1b", errors)

    def test_no_http(self):
        self.end_with(
            lambda peer: peer.connection.sendall(b"SSH-2.0\r\n\r\n"),
            upgrades=False,
            status=REFUSED,
        )

    def test_codes(self):
        for code, status in (
            (1000, OK),
            (1001, OK),
            (1011, ABNORMAL),
            (1008, ABNORMAL),
            (4000, ABNORMAL),
        ):
            with self.subTest(code=code):
                _, errors = self.end_with(
                    lambda peer: peer.close(code, b"\x1b[31m"), "-v", status=status
                )
                self.assertIn("Closed: %d" % code, errors)
                self.assertNotIn("\x1b", errors)

    def test_lost(self):
        self.end_with(lambda peer: None, status=ABNORMAL)

    def test_protocol_error(self):
        self.end_with(lambda peer: peer.send(3, b""), status=ABNORMAL)

    def test_too_big(self):
        self.end_with(
            lambda peer: peer.send(BINARY, bytes(2**20 + 1)) or peer.receive(),
            "--max-size=1",
            status=ABNORMAL,
        )

    def test_late(self):
        _, errors = self.end_with(
            lambda peer: peer.answer_close(), "-1", "-t", "0.2", status=LATE
        )
        self.assertIn("No message within 0.2 s", errors)

    def test_stays(self):
        def talk(peer):
            self.assertEqual(peer.receive(), (TEXT, b"a"))
            peer.send(PING, b"?")
            peer.send(TEXT, b"b")
            peer.close()

        output, errors = self.end_with(talk, "-P", input=b"a\n")
        self.assertEqual(output, b"b\n")
        self.assertIn("Ping of the server, 1 bytes", errors)

    def test_reconnect(self):
        def talk(peer):
            number = len(server.heads)
            peer.send(TEXT, b"%d" % number)
            if number == 2:
                peer.close(1000)

        server = RawServer(self, talk)
        output, errors = self.run_tool("connect", "-n", "-r", server.url)
        self.assertEqual(output, b"1\n2\n")
        self.assertIn("Attempt 1 in ", errors)
        server = RawServer(self, talk)
        _, errors = self.run_tool("connect", "-nrq", server.url)
        self.assertNotIn("Attempt", errors)

    def test_signals(self):
        said = []
        server = RawServer(
            self, lambda peer: (peer.send(TEXT, b"a"), said.append(peer.answer_close()))
        )
        for name in ("SIGINT", "SIGTERM"):
            program = self.start("connect", "-n", server.url, stdout=subprocess.PIPE)
            self.assertEqual(program.stdout.readline(), b"a\n")
            program.send_signal(getattr(__import__("signal"), name))
            self.assertEqual(program.wait(DEADLINE), OK)
        self.assertEqual(said, [b"\x03\xe8"] * 2)

    def test_impatient(self):
        """The second signal does not wait for a server that does not answer."""
        server = RawServer(
            self, lambda peer: (peer.send(TEXT, b"a"), peer.receive(), peer.send(TEXT, b"b"),
                                peer.file.read())
        )
        program = self.start("connect", "-n", server.url, stdout=subprocess.PIPE)
        for line in (b"a\n", b"b\n"):
            self.assertEqual(program.stdout.readline(), line)
            program.terminate()
        self.assertEqual(program.wait(DEADLINE), ABNORMAL)

    def test_closed_output(self):
        server = RawServer(self, lambda peer: peer.connection.sendall(
            frame(TEXT, b"x" * 100) * 100000))
        program = self.start("connect", "-n", server.url, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        self.addCleanup(program.stderr.close)
        program.stdout.readline()
        program.stdout.close()
        self.assertEqual(program.wait(DEADLINE), OUTPUT)
        self.assertEqual(program.stderr.read(), b"")

    def test_full_output(self):
        url = self.serve()
        _, errors = self.run_tool("connect", url, "-x", "a", "-O", "/dev/full", status=OUTPUT)
        self.assertIn("Cannot write", errors)


class Tls(TestCase):
    def serve_tls(self, *arguments):
        url = self.serve("--cert", certificate("server-chain.pem"), "--key",
                         certificate("server.key"), *arguments)
        return url.replace("127.0.0.1", "localhost")

    def test_authorities(self):
        url = self.serve_tls()
        output, errors = self.run_tool("connect", url, "-x", "a", "--ca",
                                       certificate("root.pem"), "-v")
        self.assertEqual(output, b"a\n")
        self.assertIn("TLS", errors)
        _, errors = self.run_tool("connect", url, "-x", "a", status=TLS)
        self.assertIn("unable-to-get-local-issuer-certificate", errors)

    def test_insecure(self):
        url = self.serve_tls()
        output, errors = self.run_tool("connect", url, "-x", "a", "-k")
        self.assertEqual(output, b"a\n")
        self.assertIn("Warning: --insecure", errors)
        self.assertIn("unable-to-get-local-issuer-certificate", errors)

    def test_name(self):
        url = self.serve_tls()
        authority = ("--ca", certificate("root.pem"))
        self.run_tool("connect", url, *authority, "--sni", "other.test", status=TLS)
        address = url[len("wss://") :]
        self.run_tool("connect", "wss://other.test", "--connect-to", address, *authority,
                      status=TLS)
        self.run_tool("connect", "wss://localhost", "--connect-to", address, *authority)
        self.run_tool("connect", "wss://other.test", "--connect-to", address, *authority,
                      "--sni", "localhost")

    def test_own_certificate(self):
        url = self.serve_tls("--client-ca", certificate("root.pem"))
        arguments = ("--ca", certificate("root.pem"), "-x", "a")
        output, _ = self.run_tool("connect", url, *arguments, "--cert",
                                  certificate("client.pem"), "--key", certificate("leaf.key"))
        self.assertEqual(output, b"a\n")
        output, _ = self.run_tool("connect", url, *arguments, "--cert",
                                  certificate("client.pem"), "--key",
                                  certificate("encrypted.key"), "--passphrase", "secret")
        self.assertEqual(output, b"a\n")
        program = self.start("connect", url, *arguments, stdout=subprocess.PIPE)
        self.assertEqual(program.stdout.read(), b"")
        self.assertNotEqual(program.wait(DEADLINE), OK)

    def test_bad_files(self):
        url = self.serve_tls()
        self.run_tool("connect", url, "--ca", "/nowhere", status=USAGE)
        self.run_tool("connect", url, "--cert", "/nowhere", status=USAGE)

    def test_login_at_once(self):
        """Only TLS keeps a login to those whom it is for."""
        url = self.serve_tls("--exec", "sh", "-c", "echo $HTTP_AUTHORIZATION.")
        output, _ = self.run_tool("connect", url, "-1", "--ca", certificate("root.pem"),
                                  "-u", "anna:secret")
        self.assertEqual(output, b".\n")


if __name__ == "__main__":
    unittest.main()
