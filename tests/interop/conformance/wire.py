# SPDX-License-Identifier: LGPL-2.1-or-later
"""One end of a WebSocket connection that can also do everything wrong.

Written against RFC 6455 and nothing else: what is sent is spelled out, what is
received is checked strictly.
"""

import asyncio
import base64
import hashlib
import os
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_HEAD = 65536


class Wrong(Exception):
    """The peer did what it must not do, or not what it must."""


def accept_for(key):
    return base64.b64encode(hashlib.sha1(key + ACCEPT_SUFFIX).digest())


def apply_mask(payload, key):
    size = len(payload)
    stream = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ stream).to_bytes(size, "big")


async def read_head(reader):
    """Returns the first line and a dictionary of the fields, names in lower case."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    return first, fields


class Connection:
    """After the opening handshake. is_client: which role is played here."""

    def __init__(self, reader, writer, is_client, limit):
        self.reader = reader
        self.writer = writer
        self.is_client = is_client
        self.limit = limit  # the longest message that the peer takes

    # What is sent

    def frame(
        self, opcode, payload=b"", fin=True, rsv=0, form=None, size=None, masked=None
    ):
        """Bytes of a frame. form: 7, 16 or 64 bits of length instead of the
        shortest; size: what the length says instead of the truth; masked:
        instead of what the role demands."""
        size = len(payload) if size is None else size
        masked = self.is_client if masked is None else masked
        if form is None:
            form = 7 if size < 126 else 16 if size < 65536 else 64
        head = bytes([fin << 7 | rsv << 4 | opcode])
        bit = masked << 7
        if form == 7:
            head += bytes([bit | size])
        elif form == 16:
            head += struct.pack(">BH", bit | 126, size)
        else:
            head += struct.pack(">BQ", bit | 127, size)
        if masked:
            key = os.urandom(4)
            return head + key + apply_mask(payload, key)
        return head + payload

    async def send(self, *parts, chop=None):
        """Writes the parts at once, or in pieces of so many bytes."""
        data = b"".join(parts)
        try:
            for start in range(0, len(data), chop or len(data)):
                self.writer.write(data[start : start + (chop or len(data))])
                await self.writer.drain()
                if chop:
                    await asyncio.sleep(0)
        except ConnectionError:
            pass  # What the peer has said before tells why.

    # What is received

    async def read_frame(self):
        """Returns fin, opcode and payload of a frame that is as it must be."""
        first, second = await self.reader.readexactly(2)
        if first & 0x70:
            raise Wrong("reserved bits in 0x%02x" % first)
        opcode = first & 15
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Wrong("opcode %d" % opcode)
        size = second & 127
        if opcode >= 8 and (size > 125 or not first & 0x80):
            raise Wrong("a long or fragmented control frame")
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
            shortest = 126
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
            shortest = 65536
        else:
            shortest = 0
        if size < shortest:
            raise Wrong("length %d could be shorter" % size)
        if bool(second & 128) == self.is_client:
            raise Wrong("masked by a server, or not by a client")
        key = None if self.is_client else await self.reader.readexactly(4)
        payload = await self.reader.readexactly(size)
        return bool(first & 0x80), opcode, apply_mask(payload, key) if key else payload

    async def read_message(self):
        """Returns opcode and payload of a message or of a control frame."""
        opcode, parts = None, []
        while True:
            fin, kind, payload = await self.read_frame()
            if kind >= 8:
                if opcode is None:
                    return kind, payload
                raise Wrong("a control frame between fragments")
            if (kind == CONTINUATION) != (opcode is not None):
                raise Wrong("a continuation out of place")
            opcode = opcode or kind
            parts.append(payload)
            if fin:
                return opcode, b"".join(parts)

    async def expect(self, opcode, payload=b""):
        try:
            kind, seen = await self.read_message()
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Wrong("the connection ended without an answer") from None
        if kind != opcode or seen != payload:
            raise Wrong(
                "opcode %d, %.60r (%d bytes) instead of opcode %d, %.60r (%d bytes)"
                % (kind, seen, len(seen), opcode, payload, len(payload))
            )

    async def expect_close(self, code, reason=None):
        """code None: an empty close frame. Answers, and waits for the end."""
        try:
            kind, payload = await self.read_message()
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Wrong("the connection ended without a close frame") from None
        if kind != CLOSE:
            raise Wrong("opcode %d, %.60r instead of a close frame" % (kind, payload))
        if len(payload) == 1:
            raise Wrong("half a close code")
        seen = struct.unpack(">H", payload[:2])[0] if payload else None
        if seen != code:
            raise Wrong("closed with %s %r instead of %s" % (seen, payload[2:], code))
        payload[2:].decode("utf-8")
        if reason is not None and payload[2:] != reason:
            raise Wrong("reason %r instead of %r" % (payload[2:], reason))
        await self.send(self.frame(CLOSE, payload[:2]))
        await self.expect_end()

    async def expect_end(self):
        """The server closes TCP first, the client waits for that."""
        if not self.is_client:
            self.writer.close()
            return
        try:
            rest = await self.reader.read(1)
        except ConnectionError:
            return
        if rest:
            raise Wrong("more bytes after the close frame")

    async def end(self):
        await self.send(self.frame(CLOSE, struct.pack(">H", 1000)))
        await self.expect_close(1000)


async def connect(host, port, limit):
    reader, writer = await asyncio.open_connection(host, port, limit=2**20)
    key = base64.b64encode(os.urandom(16))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n" % (host.encode(), port, key)
    )
    first, fields = await read_head(reader)
    if not first.startswith("HTTP/1.1 101 "):
        raise Wrong("answered with " + first)
    if fields.get("sec-websocket-accept") != accept_for(key).decode():
        raise Wrong("a wrong Sec-WebSocket-Accept")
    return Connection(reader, writer, True, limit)


async def accept(reader, writer, limit):
    """Returns the request's target and a connection."""
    first, fields = await read_head(reader)
    key = fields["sec-websocket-key"].encode()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept_for(key)
    )
    return first.split(" ")[1], Connection(reader, writer, False, limit)
