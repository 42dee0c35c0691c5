#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A WebSocket server on openssl s_server: openssl-server.py S_SERVER-OPTION…

s_server does TLS; this speaks as much WebSocket as a test takes through its
pipes, for one client after the other. The paths are in ../README.md. It ends
with its standard input.
"""

import asyncio
import base64
import hashlib
import re
import signal
import sys

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ANSWER = (
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n"
)
# Requests, frames of a client, and the end: all else is s_server's own words,
# in ASCII, which no frame begins with.
EVENT = re.compile(
    rb"GET (?P<path>\S+) HTTP/1\.1\r\n(?P<head>.*?\r\n)\r\n"
    rb"|(?P<frame>[\x81\x88][\x80-\xfd].{4})"
    rb"|(?P<end>CONNECTION CLOSED\n)",
    re.DOTALL,
)


class Ended(Exception):
    """s_server is no more."""


class Server:
    def __init__(self, process):
        self.process = process
        self.buffer = b""
        self.said = ""  # by s_server, about this connection
        self.ends = ""  # what it said of the one before
        self.path = ""

    def write(self, data):
        self.process.stdin.write(data)

    async def read(self):
        more = await self.process.stdout.read(65536)
        if not more:
            raise Ended
        self.buffer += more

    async def until(self, wanted):
        while wanted not in self.buffer:
            await self.read()
        said, _, self.buffer = self.buffer.partition(wanted)
        self.said += said.decode("latin-1")

    async def take(self, size):
        while len(self.buffer) < size:
            await self.read()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def send(self, text):
        data = text.encode()
        self.write(b"\x81" + bytes([len(data)]) + data)

    def find(self, pattern):
        found = re.search(pattern, self.said)
        return found[1] if found else "-"

    def tell_tls(self):
        resumed = "Reused session-id" in self.said
        self.send(
            "%s %s %s %s"
            % (
                self.find(r'Hostname in TLS extension: "(.*)"'),
                self.find(r"ALPN protocols selected: (.*)"),
                "resumed" if resumed else "new",
                # OpenSSL 3.2 has dropped the spaces.
                self.find(r"subject=(.*)").replace(" = ", "="),
            )
        )

    def answer(self, path, head):
        self.path = path
        key = re.search(r"(?i)sec-websocket-key: (\S+)", head)[1]
        digest = hashlib.sha1((key + GUID).encode()).digest()
        self.write((ANSWER % base64.b64encode(digest).decode()).encode())
        if path == "/tls":
            self.tell_tls()
        elif path == "/how":
            self.send(self.ends)

    async def command(self, letter):
        """Tells that it is done, unless the connection ends with it."""
        self.write(letter.encode() + b"\n")
        # A command is one by being first in what s_server reads.
        if letter != "q":
            await self.until(b"SSL_do_handshake -> 1\n")
            self.send("done")

    async def serve_frame(self, head):
        data = await self.take(head[1] & 0x7F)
        data = bytes(byte ^ head[2 + i % 4] for i, byte in enumerate(data))
        if head[0] == 0x88:
            self.write(b"\x88" + bytes([len(data)]) + data)
            if self.path != "/patient":
                # Before a command it must have read and sent what came before.
                await self.until(b">>> ")
                self.write(b"q\n")
        elif self.path == "/command":
            await self.command(data.decode())
        else:
            self.write(b"\x81" + bytes([len(data)]) + data)

    async def serve(self):
        while True:
            event = EVENT.search(self.buffer)
            if event is None:
                await self.read()
                continue
            self.said += self.buffer[: event.start()].decode("latin-1")
            self.buffer = self.buffer[event.end() :]
            if event["path"]:
                self.answer(event["path"].decode(), event["head"].decode())
            elif event["frame"]:
                await self.serve_frame(event["frame"])
            else:
                # With close_notify or an error.
                self.ends = "close_notify" if "\nDONE" in self.said else "error"
                self.said = ""


def end(process):
    asyncio.get_running_loop().remove_reader(sys.stdin)
    process.kill()


async def main():
    command = ["s_server", "-msg", "-accept", "127.0.0.1:0", *sys.argv[1:]]
    process = await asyncio.create_subprocess_exec(
        # What it says would wait for more in its buffer.
        "stdbuf",
        "-oL",
        "openssl",
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT
    )
    asyncio.get_running_loop().add_reader(sys.stdin, end, process)
    server = Server(process)
    try:
        await server.until(b"ACCEPT 127.0.0.1:")
        await server.until(b"\n")
        port = server.said.rpartition("\n")[2]
        server.said = ""
        print("wss://127.0.0.1:" + port, flush=True)
        await server.serve()
    except Ended:
        if await process.wait() != -signal.SIGKILL:
            sys.stderr.write(server.said + server.buffer.decode("latin-1"))
            sys.exit(1)


asyncio.run(main())
