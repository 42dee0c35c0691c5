# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the tool on pipes and on terminals, against servers that may be hostile."""

import base64
import contextlib
import fcntl
import hashlib
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

TOOL = os.environ["WS_GLIB_TOOL"]
CERTIFICATES = os.environ["WS_TEST_CERTIFICATES"]
DEADLINE = 60  # seconds; nothing waits for it but a hanging test

OK, ABNORMAL, USAGE, UNREACHABLE, REFUSED, TLS, LATE, OUTPUT = range(8)
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


def certificate(name):
    return os.path.join(CERTIFICATES, name)


def environment(home):
    """One that says nothing of who runs the tests."""
    kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "G_SLICE")
    result = {name: os.environ[name] for name in kept if name in os.environ}
    return dict(
        result, HOME=home, XDG_STATE_HOME=home + "/state", TERM="xterm", LANG="C.UTF-8"
    )


class TestCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = environment(self.folder)

    def path(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path

    def start(self, *arguments, **options):
        program = subprocess.Popen(
            [TOOL, *arguments],
            **dict({"env": self.environment, "stdin": subprocess.DEVNULL}, **options),
        )
        for stream in (program.stdin, program.stdout, program.stderr):
            if stream:
                self.addCleanup(stream.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def run_tool(self, *arguments, input=b"", status=OK):  # pylint: disable=redefined-builtin
        """Its standard output and its standard error, as bytes and as text. It
        waits for no answer unless @arguments say so: ours come in order."""
        if {"-x", "-f"} & {*arguments} and not {"-w", "-1"} & {*arguments}:
            arguments += ("-w", "0")
        result = subprocess.run(
            [TOOL, *arguments],
            input=input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=DEADLINE,
            env=self.environment,
            check=False,
        )
        errors = result.stderr.decode()
        self.assertEqual(result.returncode, status, errors)
        return result.stdout, errors

    def serve(self, *arguments, errors=None):
        """Runs "ws-glib serve" at a free port; returns its URL."""
        self.server = self.start(
            "serve", "-p", "0", *arguments, stdout=subprocess.PIPE, stderr=errors
        )
        return self.server.stdout.readline().decode().strip()

    def terminal(self, *arguments, **options):
        terminal = Terminal(self, arguments, **options)
        self.addCleanup(terminal.close)
        return terminal


class Terminal:
    """A program at a terminal of its own, and what it has written there."""

    def __init__(self, test, arguments, rows=24, columns=80):
        self.test = test
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.output = b""
        self.seen = 0

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.program = test.start(
            *arguments, stdin=slave, stdout=slave, stderr=slave, preexec_fn=take_terminal
        )
        os.close(slave)

    def resize(self, rows, columns):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def send(self, text):
        os.write(self.master, text.encode() if isinstance(text, str) else text)

    def _read(self):
        ready, _, _ = select.select([self.master], [], [], DEADLINE)
        if not ready:
            raise AssertionError("nothing more comes after %r" % self.output)
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # Linux: nobody has the terminal open any more.
            piece = b""
        self.output += piece
        return piece

    def expect(self, text):
        """Waits for it, behind what was expected before."""
        wanted = text.encode() if isinstance(text, str) else text
        while (found := self.output.find(wanted, self.seen)) < 0:
            if not self._read():
                raise AssertionError("no %r in %r" % (wanted, self.output[self.seen :]))
        self.seen = found + len(wanted)

    def end(self):
        """Waits for the end; the exit status."""
        while self._read():
            pass
        return self.program.wait(DEADLINE)

    def close(self):
        os.close(self.master)


class RawServer:
    """Does what it is told to, right or wrong, with each connection."""

    def __init__(self, test, talk, upgrades=True):
        self.talk = talk
        self.upgrades = upgrades
        self.heads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "ws://127.0.0.1:%d/" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        test.addCleanup(self.thread.join)
        test.addCleanup(self._stop)

    def _stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(DEADLINE)
            peer = Peer(connection)
            with connection, peer.file, contextlib.suppress(OSError):
                self.heads.append(peer.read_head())
                if self.upgrades:
                    peer.upgrade(self.heads[-1])
                self.talk(peer)


class Peer:
    """The server's end of one connection."""

    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile("rb")

    def read_head(self):
        lines = []
        while (line := self.file.readline().decode().strip()) != "":
            lines.append(line)
        return lines

    def upgrade(self, head):
        key = [line[19:] for line in head if line.startswith("Sec-WebSocket-Key: ")][0]
        magic = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()
        self.connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept.encode()
        )

    def send(self, opcode, payload, first=0x80):
        self.connection.sendall(frame(opcode, payload, first))

    def _receive_frame(self):
        first, second = self.file.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self.file.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self.file.read(8))
        mask = self.file.read(4)
        payload = self.file.read(length)
        return first, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))

    def receive(self):
        """The opcode and the payload of the next message, or control frame."""
        first, payload = self._receive_frame()
        opcode = first & 15
        while not first & 0x80:
            first, more = self._receive_frame()
            payload += more
        return opcode, payload

    def has_input(self):
        return bool(select.select([self.connection], [], [], 0)[0])

    def close(self, code=1000, reason=b""):
        """Both halves of the closing handshake; what the client has said."""
        self.send(CLOSE, struct.pack("!H", code) + reason)
        while (received := self.receive())[0] != CLOSE:
            pass
        return received[1]

    def answer_close(self):
        while (received := self.receive())[0] != CLOSE:
            pass
        self.send(CLOSE, received[1])
        return received[1]


def frame(opcode, payload, first=0x80):
    if len(payload) < 126:
        length = bytes([len(payload)])
    elif len(payload) < 65536:
        length = struct.pack("!BH", 126, len(payload))
    else:
        length = struct.pack("!BQ", 127, len(payload))
    return bytes([first | opcode]) + length + payload


def wait_until(condition):
    """For what nothing tells of; never for an amount of time."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it does not come true")
        time.sleep(0.005)


__all__ = [name for name in dir() if not name.startswith("_")] + ["signal"]
