# SPDX-License-Identifier: LGPL-2.1-or-later
"""What deflate and pool share: compressed messages, and connections for them."""

import json
import os
import socket
import struct
import sys
import zlib

SIZE, COUNT, DEPTH = 4096, 64, 8
TAKEOVER = "permessage-deflate"
NO_TAKEOVER = (TAKEOVER + "; server_no_context_takeover; "
               "client_no_context_takeover")


def make_message(dice):
    """The text of one message."""
    rows = [{"id": dice.randrange(10 ** 6),
             "name": f"user{dice.randrange(10 ** 4)}",
             "email": f"u{dice.randrange(10 ** 5)}@example.org",
             "active": bool(dice.getrandbits(1)),
             "score": round(dice.random(), 4)} for _ in range(60)]
    return json.dumps(rows).encode()[:SIZE]


def make_packer():
    """What compresses as the servers are to."""
    return zlib.compressobj(-1, zlib.DEFLATED, -15, 8)


def make_frame(text, packer):
    """The same as a client sends it, with a mask of zeros."""
    data = (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    return bytes([0xc1, 0x80 | 126]) + struct.pack(">H", len(data)) \
        + bytes(4) + data


def make_frames(texts, offer):
    """The first round's frames, and those of each further one.

    With a context those refer to the end of the round before, which is the same
    each time.
    """
    packer = make_packer()
    rounds = [[make_frame(text, packer if offer == TAKEOVER else make_packer())
               for text in texts] for _ in range(2)]
    return rounds[0], rounds[1]


def open_connection(port, offer):
    """A stream to read from, and the socket, with the handshake done."""
    peer = socket.create_connection(("127.0.0.1", port))
    peer.sendall((f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 13\r\n"
                  f"Sec-WebSocket-Extensions: {offer}\r\n\r\n").encode())
    stream = peer.makefile("rb")
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += stream.readline()
    if f": {offer}\r\n".encode() not in head:
        sys.exit(f"The server does not agree:\n{head.decode()}")
    return peer, stream


def take_reply(stream):
    """The payload of the next frame."""
    first, length = stream.read(2)
    if length == 126:
        length, = struct.unpack(">H", stream.read(2))
    if first != 0xc1:
        sys.exit(f"A frame begins with {first:#x}")
    return stream.read(length)


def exchange(peer, stream, frames, n, check=None):
    """Sends n messages; returns the bytes of the replies."""
    total = 0
    for start in range(0, n, DEPTH):
        slots = [(start + i) % COUNT for i in range(DEPTH)]
        peer.sendall(b"".join(frames[slot] for slot in slots))
        for slot in slots:
            reply = take_reply(stream)
            total += len(reply)
            if check:
                check(reply, slot)
    return total


def make_check(texts, offer):
    """What compares a reply with what was sent."""
    reader = zlib.decompressobj(-15)

    def check(reply, slot):
        inflater = reader if offer == TAKEOVER else zlib.decompressobj(-15)
        if inflater.decompress(reply + b"\0\0\xff\xff") != texts[slot]:
            sys.exit("A reply is not what was sent")
    return check


def cpu_time(pid):
    """Nanoseconds that all threads of a process have run."""
    folder = f"/proc/{pid}/task"
    total = 0
    for task in os.listdir(folder):
        with open(f"{folder}/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total
