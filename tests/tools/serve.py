#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ws-glib serve, bench and frames."""

import http.client
import os
import signal
import socket
import subprocess
import unittest
import zlib

from support import (
    ABNORMAL,
    BINARY,
    DEADLINE,
    OK,
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
    wait_until,
)


class Serve(TestCase):
    def connect(self, url, *arguments):
        """A client that stays until its input is closed."""
        return self.start(
            "connect", url, *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def test_broadcast(self):
        url = self.serve("--broadcast")
        clients = [self.connect(url) for _ in range(3)]
        # Each is there once it hears itself.
        for number, client in enumerate(clients):
            client.stdin.write(b"%d\n" % number)
            client.stdin.flush()
            while client.stdout.readline() != b"%d\n" % number:
                pass
        clients[2].stdin.write(b"all\n")
        clients[2].stdin.close()
        for client in clients:
            while client.stdout.readline() != b"all\n":
                pass
        for client in clients[:2]:
            client.stdin.close()

    def test_chat(self):
        url = self.serve("--chat")
        anna, otto = self.connect(url + "?nick=anna"), self.connect(url + "?nick=otto")
        self.assertTrue(anna.stdout.readline().startswith(b"Hello anna!"))
        self.assertTrue(otto.stdout.readline().startswith(b"Hello otto!"))
        otto.stdin.write(b"hi\n")
        otto.stdin.close()
        while anna.stdout.readline() != b"otto: hi\n":
            pass
        anna.stdin.close()
        self.assertEqual(self.get(url, "/").getheader("Content-Type"), "text/html; charset=utf-8")

    def get(self, url, path, method="GET"):
        host = url.split("//")[1].rstrip("/")
        connection = http.client.HTTPConnection(host, timeout=DEADLINE)
        self.addCleanup(connection.close)
        connection.request(method, path)
        return connection.getresponse()

    def test_folder(self):
        folder = self.path("www")
        os.makedirs(folder + "/sub")
        os.makedirs(folder + "/.git")
        for name in ("index.html", "a b.css", "sub/app.js", "sub/index.html", ".git/config",
                     ".hidden", "x.unknown"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(name)
        self.path("secret", b"secret")
        os.symlink("../secret", folder + "/link")
        os.symlink("..", folder + "/up")
        os.symlink("index.html", folder + "/inside")
        os.mkfifo(folder + "/pipe")
        url = self.serve("--folder", folder)
        for path, status, content_type, body in (
            ("/", 200, "text/html; charset=utf-8", "index.html"),
            ("/?a=b", 200, "text/html; charset=utf-8", "index.html"),
            ("/a%20b.css", 200, "text/css; charset=utf-8", "a b.css"),
            ("/sub/app.js", 200, "text/javascript; charset=utf-8", "sub/app.js"),
            ("/sub/", 200, "text/html; charset=utf-8", "sub/index.html"),
            ("/x.unknown", 200, "application/octet-stream", "x.unknown"),
            ("/sub", 301, None, None),
            ("/none", 404, None, None),
            ("/.hidden", 404, None, None),
            ("/.git/config", 404, None, None),
            ("/link", 404, None, None),
            ("/up/secret", 404, None, None),
            ("/inside", 404, None, None),
            ("/pipe", 404, None, None),
            ("/../secret", 404, None, None),
            ("/%2e%2e/secret", 404, None, None),
            ("/..%2fsecret", 404, None, None),
            ("/sub%2fapp.js", 404, None, None),
            ("/index.html%00.css", 404, None, None),
            ("/sub//app.js", 404, None, None),
            ("//sub/app.js", 404, None, None),
        ):
            with self.subTest(path=path):
                answer = self.get(url, path)
                self.assertEqual(answer.status, status)
                if content_type:
                    self.assertEqual(answer.getheader("Content-Type"), content_type)
                    self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
                    self.assertEqual(answer.read().decode(), body)
        self.assertEqual(self.get(url, "/sub").getheader("Location"), "/sub/")
        self.assertEqual(self.get(url, "/", "HEAD").read(), b"")
        self.assertEqual(self.get(url, "/", "POST").status, 405)
        # The folder stands beside the WebSocket.
        self.assertEqual(self.run_tool("connect", url, "-x", "a")[0], b"a\n")

    def test_exec(self):
        url = self.serve("--exec", "sh", "-c", "while read line; do echo \"<$line>\"; done")
        client = self.connect(url)
        for line in (b"one", b"two"):
            client.stdin.write(line + b"\n")
            client.stdin.flush()
            self.assertEqual(client.stdout.readline(), b"<%s>\n" % line)
        client.stdin.close()
        self.assertEqual(client.wait(DEADLINE), OK)

    def test_exec_empty_line(self):
        url = self.serve("--exec", "printf", "a\\n\\n\\000b\\n")
        self.assertEqual(self.run_tool("connect", "-n", url)[0], b"a\n\n\xef\xbf\xbdb\n")

    def test_exec_environment(self):
        url = self.serve("--exec", "env")
        output, _ = self.run_tool("connect", "-n", url + "/p%20q?x=1", "-H", "X-A: b",
                                  "-H", "Proxy: p", "-H", "Authorization: secret")
        lines = output.decode().splitlines()
        for line in ("PATH_INFO=/p q", "QUERY_STRING=x=1", "HTTP_X_A=b", "REQUEST_METHOD=GET",
                     "REMOTE_ADDR=127.0.0.1", "SERVER_PORT=" + url.rstrip("/").split(":")[-1]):
            self.assertIn(line, lines)
        for name in ("HTTP_PROXY=", "HTTP_AUTHORIZATION=", "HTTPS="):
            self.assertFalse([line for line in lines if line.startswith(name)])

    def test_exec_binary(self):
        content = os.urandom(1_000_000)
        url = self.serve("-b", "--exec", "cat", self.path("in", content))
        output, _ = self.run_tool("connect", "-b", "-n", url)
        self.assertEqual(output, content)
        url = self.serve("-b", "--exec", "cat")
        client = self.connect(url, "-b")
        client.stdin.write(b"\xff\x00\n")
        client.stdin.flush()
        self.assertEqual(client.stdout.read(3), b"\xff\x00\n")
        client.stdin.close()

    def test_exec_ends_with_client(self):
        """Also a program that cares neither for its input nor for SIGTERM."""
        url = self.serve("--exec", "sh", "-c", "trap '' TERM; echo $$; exec sleep 1000")
        output, _ = self.run_tool("connect", "-1", url)
        process = "/proc/%d" % int(output)
        wait_until(lambda: not os.path.exists(process))

    def test_exec_is_missing(self):
        with open(self.path("errors"), "wb") as errors:
            url = self.serve("--exec", "/nowhere/program", errors=errors)
        self.run_tool("connect", "-n", url, status=ABNORMAL)
        with open(self.path("errors"), encoding="utf-8") as errors:
            self.assertIn("/nowhere/program", errors.read())

    def test_exec_closes_input(self):
        url = self.serve("--exec", "sh", "-c", "exec <&-; echo a; read x; sleep 0; echo b")
        output, _ = self.run_tool("connect", "-n", url, input=b"x" * 100000 + b"\n")
        self.assertEqual(output, b"a\nb\n")

    def test_unix(self):
        path = self.path("socket")
        url = self.serve("--unix", path)
        self.assertEqual(url, "ws+unix:%s:/" % path)
        self.assertEqual(self.run_tool("connect", url, "-x", "a")[0], b"a\n")
        self.server.terminate()
        self.assertEqual(self.server.wait(DEADLINE), OK)
        self.assertFalse(os.path.exists(path))

    def test_inherited(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]

        def take_place():
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)

        command = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve --inherited'
        program = subprocess.Popen(
            ["sh", "-c", command, os.environ["WS_GLIB_TOOL"]],
            env=self.environment, stdout=subprocess.PIPE, preexec_fn=take_place,
            close_fds=False,
        )
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        self.assertIn(b"%d" % port, program.stdout.readline())
        output, _ = self.run_tool("connect", "127.0.0.1:%d" % port, "-x", "a")
        self.assertEqual(output, b"a\n")

    def test_service(self):
        """systemd is told when it is ready, and when it stops."""
        for address in (self.path("notify"), "\0ws-glib-%d" % os.getpid()):
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.settimeout(DEADLINE)
            manager.bind(address)
            self.environment["NOTIFY_SOCKET"] = address.replace("\0", "@")
            self.serve()
            self.assertEqual(manager.recv(100), b"READY=1")
            self.server.terminate()
            self.assertEqual(manager.recv(100), b"STOPPING=1")
            self.assertEqual(self.server.wait(DEADLINE), OK)
            manager.close()

    def test_ends(self):
        for number, said, status in (
            (signal.SIGTERM, b"Closed: 1012 (service-restart)", ABNORMAL),
            (signal.SIGINT, b"Closed: 1001 (going-away)", OK),
        ):
            url = self.serve()
            client = self.start("connect", "-nv", url, "-1", stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(client.stderr.close)
            client.stderr.readline()
            self.server.send_signal(number)
            self.assertEqual(self.server.wait(DEADLINE), OK)
            self.assertIn(said, client.communicate()[1])
            self.assertEqual(client.returncode, status)

    def test_limits(self):
        url = self.serve("--max-connections", "1")
        client = self.connect(url, "-n")
        client.stdin.write(b"a\n")
        client.stdin.flush()
        client.stdout.readline()
        _, errors = self.run_tool("connect", url, "-x", "a", status=REFUSED)
        self.assertIn("503", errors)
        client.terminate()
        client.wait()
        client.stdin.close()
        url = self.serve("--max-size", "1")
        self.run_tool("connect", url, "-x", "a")
        self.run_tool("connect", url, "-f", self.path("in", bytes(2**20 + 1)), "-bn",
                      status=ABNORMAL)

    def test_origins(self):
        url = self.serve("--origin", "https://a.test")
        self.run_tool("connect", url, "-o", "https://a.test", "-x", "a")
        self.run_tool("connect", url, "-o", "https://b.test", status=REFUSED)

    def test_ping(self):
        url = self.serve("--ping", "0.02")
        _, errors = self.run_tool("connect", url, "-P", "-x", "a", "-w", "0.3")
        self.assertIn("Ping of the server", errors)

    def test_verbose(self):
        with open(self.path("errors"), "wb") as errors:
            url = self.serve("-v", errors=errors)
        self.run_tool("connect", url + "/room", "-x", "a", "--reason", "\x1b[2J")
        self.server.terminate()
        self.server.wait(DEADLINE)
        with open(self.path("errors"), encoding="utf-8") as errors:
            text = errors.read()
        self.assertRegex(text, r"127\.0\.0\.1:\d+ has come for /room\n")
        self.assertRegex(text, r"127\.0\.0\.1:\d+ has gone: 1000 \\u001B\[2J\n")

    def test_name(self):
        """A name stands for all its addresses, on one port."""
        url = self.serve("--host", "localhost")
        port = url.rstrip("/").rpartition(":")[2]
        hosts = {info[4][0] for info in socket.getaddrinfo("localhost", port)}
        for host in hosts:
            literal = "[%s]" % host if ":" in host else host
            output, _ = self.run_tool("connect", "ws://%s:%s" % (literal, port), "-x", "a")
            self.assertEqual(output, b"a\n")

    def test_passphrase(self):
        arguments = ("--cert", certificate("client.pem"), "--key", certificate("encrypted.key"))
        for said in (
            ("--passphrase", "secret"),
            ("--passphrase-file", self.path("phrase", b"secret\n")),
        ):
            url = self.serve(*arguments, *said)
            with open("/proc/%d/cmdline" % self.server.pid, "rb") as file:
                self.assertNotIn(b"secret", file.read())
            self.assertEqual(self.run_tool("connect", url, "-k", "-x", "a")[0], b"a\n")

    def test_usage(self):
        for arguments in (
            ("--echo", "--chat"),
            ("--exec",),
            ("-p", "70000"),
            ("--host", "nowhere.invalid"),
            ("--host", "192.0.2.1"),
            ("--key", "x"),
            ("--client-ca", "x"),
            ("--folder", "/nowhere"),
            ("--binary",),
            ("--ping", "-1"),
            ("--max-size", "-1"),
            ("program",),
            ("--inherited",),
            ("--unix", "/nowhere/socket"),
            ("-p", "0", "--cert", "/nowhere"),
            ("-p", "0", "--cert", certificate("client.pem"), "--key",
             certificate("encrypted.key"), "--passphrase", "wrong"),
            ("-p", "0", "--cert", certificate("client.pem"), "--key",
             certificate("encrypted.key"), "--passphrase-file", "/nowhere"),
        ):
            with self.subTest(arguments=arguments):
                _, errors = self.run_tool("serve", *arguments, status=USAGE)
                self.assertEqual(errors.count("\n"), 1, errors)


class Bench(TestCase):
    def test_echo(self):
        output, _ = self.run_tool("bench", self.serve(), "-d", "0.2", "-c", "3", "--depth", "2",
                                  "--size", "1000", "--text")
        self.assertRegex(
            output.decode(),
            r"^3 connections, 1000 bytes, 2 under way on each\n"
            r"\d+ messages in \d+\.\d+ s: \d+ messages/s, \d+\.\d MiB/s each way\n"
            r"Latency: 50 % within \d+\.\d{3} ms, .* all within \d+\.\d{3} ms\n$",
        )

    def test_tls(self):
        url = self.serve("--cert", certificate("server-chain.pem"), "--key",
                         certificate("server.key"))
        self.run_tool("bench", url, "-d", "0.1", "--ca", certificate("root.pem"))
        self.run_tool("bench", url, "-d", "0.1", status=TLS)

    def test_no_echo(self):
        server = RawServer(self, lambda peer: peer.send(BINARY, b"x") or peer.answer_close())
        _, errors = self.run_tool("bench", server.url, "-c", "1", status=ABNORMAL)
        self.assertIn("does not send back", errors)
        server = RawServer(self, lambda peer: peer.close())
        self.run_tool("bench", server.url, "-c", "1", status=ABNORMAL)

    def test_unreachable(self):
        server = RawServer(self, lambda peer: None)
        server._stop()
        self.run_tool("bench", server.url, status=UNREACHABLE)

    def test_usage(self):
        for arguments in ((), ("-c", "0"), ("--size", "-1"), ("--depth", "0"), ("-d", "0")):
            url = () if not arguments else ("ws://127.0.0.1:9",)
            self.run_tool("bench", *url, *arguments, status=USAGE)


class Frames(TestCase):
    def test_client(self):
        output, _ = self.run_tool("frames", "-x", "hello", "-n", "3", self.serve())
        lines = output.decode().splitlines()
        self.assertEqual(lines[0], "> GET / HTTP/1.1")
        self.assertIn("< HTTP/1.1 101 Switching Protocols", lines)
        self.assertRegex(output.decode(),
                         r'\n> text FIN mask [0-9a-f]{8} length 5 "hel" \.\.\.\n')
        self.assertIn('< text FIN length 5 "hel" ...', lines)
        self.assertIn("< close FIN length 2 1000 (normal)", lines)

    def test_between(self):
        target = self.serve()
        program = self.start("frames", "-l", "0", target, "--time", stdout=subprocess.PIPE)
        url = program.stdout.readline().decode().strip()
        for _ in range(2):
            output, _ = self.run_tool("connect", url, "-x", "a")
            self.assertEqual(output, b"a\n")
        program.terminate()
        self.assertEqual(program.wait(DEADLINE), OK)
        text = program.stdout.read().decode()
        self.assertIn("#1 > Host: " + target[len("ws://") :].rstrip("/"), text)
        self.assertRegex(text, r"\n +\d+\.\d{6} #2 < text FIN length 1 \"a\"\n")

    def test_tls(self):
        url = self.serve("--cert", certificate("server-chain.pem"), "--key",
                         certificate("server.key"))
        output, _ = self.run_tool("frames", url, "-x", "a", "--ca", certificate("root.pem"))
        self.assertIn(b'< text FIN length 1 "a"', output)
        _, errors = self.run_tool("frames", url, "-x", "a", status=TLS)
        self.assertIn("certificate", errors)
        output, errors = self.run_tool("frames", url, "-x", "a", "-k")
        self.assertIn(b'< text FIN length 1 "a"', output)
        self.assertIn("Warning: --insecure", errors)

    def test_unreachable(self):
        server = RawServer(self, lambda peer: None)
        server._stop()
        self.run_tool("frames", server.url, "-x", "a", status=UNREACHABLE)

    def decode(self, record, *arguments):
        output, _ = self.run_tool("frames", *arguments, input=record)
        return output.decode().splitlines()

    def test_record(self):
        self.assertEqual(
            self.decode(b"81 85 00 00 00 00 68 65\n6c6c6f 8802 03e9", "--hex"),
            [
                '> text FIN mask 00000000 length 5 "hello"',
                "> close FIN length 2 [not masked] 1001 (going-away)",
                "> end",
            ],
        )

    def test_head(self):
        self.assertEqual(
            self.decode(b"HTTP/1.1 101 x\r\nA: b\r\n\r\n" + frame(PING, b"\x01")),
            ["< HTTP/1.1 101 x", "< A: b", "< ping FIN length 1 01", "< end"],
        )

    def test_fragments(self):
        self.assertEqual(
            self.decode(frame(TEXT, b"a", 0) + frame(PING, b"") + frame(0, b"b")),
            ['< text length 1 "a"', "< ping FIN length 0", '< continuation FIN length 1 "b"',
             "< end"],
        )

    def test_faults(self):
        for record, fault in (
            (frame(3, b""), "unknown opcode"),
            (frame(TEXT, b"", 0xA0), "reserved bits"),
            (frame(PING, b"", 0), "fragmented control frame"),
            (frame(PING, bytes(126)), "long control frame"),
            (frame(0, b""), "continues no message"),
            (frame(TEXT, b"", 0) + frame(TEXT, b""), "message within a message"),
            (b"\x82\x7e\x00\x01a", "length in more bytes than needed"),
            (b"\x81\x80abcd" + frame(TEXT, b""), "not masked"),
            (frame(8, b"\x03"), "half a code"),
            (b"\x82\x05ab", "end, in the middle of a frame"),
        ):
            self.assertIn(fault, self.decode(record)[-1 if "end" in fault else -2])

    def test_compressed(self):
        """The window lasts from message to message."""
        deflate = zlib.compressobj(wbits=-15)
        record = b""
        for text in (b"some text, some text", b"some text again"):
            data = deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH)
            record += frame(TEXT, data[:-4][:3], 0x40) + frame(0, data[:-4][3:])
        lines = self.decode(record)
        self.assertEqual("".join(line.partition(' "')[2].rstrip('"') for line in lines[:2]),
                         "some text, some text")
        self.assertIn("RSV1", lines[2])
        self.assertEqual("".join(line.partition(' "')[2].rstrip('"') for line in lines[2:4]),
                         "some text again")

    def test_bad_compression(self):
        lines = self.decode(frame(TEXT, b"\xff\xff\xff", 0xC0) + frame(TEXT, b"plain"))
        self.assertIn("(cannot be inflated)", lines[0])
        self.assertIn('"plain"', lines[1])

    def test_bomb(self):
        data = zlib.compressobj(9, wbits=-15)
        bomb = data.compress(bytes(200 * 2**20)) + data.flush(zlib.Z_SYNC_FLUSH)
        self.assertIn("(cannot be inflated)", self.decode(frame(BINARY, bomb, 0xC0))[0])

    def test_usage(self):
        for arguments in (("-l", "0"), ("-l", "x", "ws://127.0.0.1"), ("--hex", "ws://127.0.0.1"),
                          ("-n", "-1"), ("a", "b")):
            self.run_tool("frames", *arguments, status=USAGE)
        self.run_tool("frames", "--hex", input=b"zz", status=USAGE)
        self.run_tool("frames", "--hex", input=b"abc", status=USAGE)


if __name__ == "__main__":
    unittest.main()
