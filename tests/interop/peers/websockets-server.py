#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The paths of ../README.md, served by python3-websockets.

With --certificate FILE --key FILE over TLS.
"""

import argparse
import asyncio
import logging
import signal
import ssl
import types

import websockets
from websockets.version import version

closes = asyncio.Queue()


def request_of(socket):
    """With path and headers, which before version 14 are the socket's own."""
    if hasattr(socket, "request"):
        return socket.request
    return types.SimpleNamespace(path=socket.path, headers=socket.request_headers)


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def nul(socket):
    await socket.send("a\0b")
    await socket.wait_closed()


async def fragments(socket):
    await socket.send(["one ", "", "two ", "three"])
    await socket.send([bytes([0, 1, 2, 3]), bytes([4, 5, 6, 7, 8])])
    await socket.wait_closed()


async def ping(socket):
    pong = await socket.ping("are you there")
    await pong
    # The library pairs pongs with pings by their payload, so it is the same.
    await socket.send("are you there")
    await socket.wait_closed()


async def headers(socket):
    await socket.send(request_of(socket).headers.get("X-Interop", "none"))
    await socket.wait_closed()


async def close(socket):
    code, _, reason = (await socket.recv()).partition(" ")
    if code == "0":
        # The library always sends a code, so this one is written by hand.
        socket.transport.write(b"\x88\x00")
        await socket.wait_closed()
    else:
        await socket.close(int(code), reason)


async def remember(socket):
    await socket.wait_closed()
    await closes.put("%d %s" % (socket.close_code, socket.close_reason))


async def bad_utf8(socket):
    socket.transport.write(b"\x81\x02\xc3\x28")
    await remember(socket)


async def too_big(socket):
    await socket.send(bytes(4096))
    await remember(socket)


async def how(socket):
    await socket.send(await closes.get())
    await socket.wait_closed()


SERVICES = {
    "/echo": echo,
    "/nul": nul,
    "/fragments": fragments,
    "/ping": ping,
    "/headers": headers,
    "/close": close,
    "/closed": remember,
    "/bad-utf8": bad_utf8,
    "/too-big": too_big,
    "/how": how,
}


SUBPROTOCOLS = ["one", "two"]


def choose_subprotocol(socket, offered):
    """From version 14 on the library refuses whom it has none in common with."""
    return next((name for name in SUBPROTOCOLS if name in offered), None)


CHOICE = {}
if int(version.split(".")[0]) >= 14:
    CHOICE = {"select_subprotocol": choose_subprotocol}


async def serve(socket, path=None):
    await SERVICES[path or request_of(socket).path](socket)


def make_context():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    options = parser.parse_args()
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    return context


async def main():
    context = make_context()
    # Broken connections are what some clients are here for.
    logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)
    ended = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, ended.set_result, None
    )
    async with websockets.serve(
        serve,
        "127.0.0.1",
        0,
        ssl=context,
        subprotocols=SUBPROTOCOLS,
        max_size=2**21,
        **CHOICE
    ) as server:
        scheme = "ws" if context is None else "wss"
        port = server.sockets[0].getsockname()[1]
        print("%s://127.0.0.1:%d" % (scheme, port), flush=True)
        await ended


asyncio.run(main())
