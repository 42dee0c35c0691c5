#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3-websockets examines our servers: ECHO-URL INTEROP-URL. Prints TAP."""

import asyncio
import sys

import tap
import websockets
from websockets.version import version

ECHO, INTEROP = sys.argv[1:3]
EXTRA_HEADERS = (
    "extra_headers" if int(version.split(".")[0]) < 14 else "additional_headers"
)
SIZES = [0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024]
CLOSES = [
    (1000, ""),
    (1000, "done"),
    (1001, "tschüß"),
    (3000, "grüße"),
    (4999, "ende €"),
    (4000, ""),
]


def connect(url, **options):
    return websockets.connect(url, max_size=2**21, **options)


def expect(seen, wanted):
    if seen != wanted:
        raise AssertionError("%.200r instead of %.200r" % (seen, wanted))


async def expect_end(socket, code, reason=None):
    await socket.wait_closed()
    expect(socket.close_code, code)
    if reason is not None:
        expect(socket.close_reason, reason)


async def expect_remembered(code, reason=None):
    async with connect(INTEROP + "/how") as how:
        seen_code, _, seen_reason = (await how.recv()).partition(" ")
    expect(seen_code, str(code))
    if reason is not None:
        expect(seen_reason, reason)


async def echo():
    async with connect(ECHO) as socket:
        for size in SIZES:
            text = "ü" * (size // 2) + "x" * (size % 2)
            await socket.send(text)
            expect(await socket.recv(), text)
            data = (b"\xff\0A" * size)[:size]
            await socket.send(data)
            expect(await socket.recv(), data)
    expect(socket.close_code, 1000)


async def nul():
    async with connect(ECHO) as socket:
        await socket.send("\0x\0")
        expect(await socket.recv(), "\0x\0")
    async with connect(INTEROP + "/nul") as socket:
        expect(await socket.recv(), "a\0b")


async def fragments_sent():
    async with connect(ECHO) as socket:
        await socket.send(["grü", "", "ße"])
        expect(await socket.recv(), "grüße")
        await socket.send([b"\1" * 70000, b"\2" * 200])
        expect(await socket.recv(), b"\1" * 70000 + b"\2" * 200)


async def fragments_received():
    async with connect(INTEROP + "/fragments") as socket:
        expect(await socket.recv(), "one two three")
        expect(await socket.recv(), bytes(range(9)))


async def ping():
    async with connect(ECHO) as socket:
        for payload in ["p", "grüße", "x" * 125]:
            await (await socket.ping(payload))


async def pinged():
    async with connect(INTEROP + "/ping") as socket:
        expect(await socket.recv(), "are you there")


async def close():
    for code, reason in CLOSES:
        async with connect(INTEROP + "/closed") as socket:
            await socket.close(code, reason)
        await expect_end(socket, code)
        await expect_remembered(code, reason)


async def close_empty():
    async with connect(INTEROP + "/closed") as socket:
        socket.transport.write(b"\x88\x80\0\0\0\0")
        await expect_end(socket, 1005)
    await expect_remembered(1005, "")


async def closed():
    for code, reason in CLOSES:
        async with connect(INTEROP + "/close") as socket:
            await socket.send("%d %s" % (code, reason))
            await expect_end(socket, code, reason)


async def subprotocol():
    for offered, agreed in [(["two"], "two"), (["zero", "one"], "one"), (None, None)]:
        async with connect(INTEROP + "/echo", subprotocols=offered) as socket:
            expect(socket.subprotocol, agreed)


async def headers():
    extra = {"X-Interop": 'a value; b="c"'}
    async with connect(INTEROP + "/headers", **{EXTRA_HEADERS: extra}) as socket:
        expect(await socket.recv(), 'a value; b="c"')


async def bad_utf8():
    async with connect(ECHO) as socket:
        # Masked with 0, so that the bytes are what they look like.
        socket.transport.write(b"\x81\x82\0\0\0\0\xc3\x28")
        await expect_end(socket, 1007)


async def limit():
    async with connect(INTEROP + "/limit") as socket:
        await socket.send("x" * 1024)
        expect(await socket.recv(), "x" * 1024)
        await socket.send("x" * 1025)
        await expect_end(socket, 1009)


async def its_limit():
    async with websockets.connect(INTEROP + "/too-big", max_size=1024) as socket:
        await socket.wait_closed()
    # From version 14 on it says how much was too much.
    await expect_remembered(1009)


TESTS = [
    echo,
    nul,
    fragments_sent,
    fragments_received,
    ping,
    pinged,
    close,
    close_empty,
    closed,
    subprotocol,
    headers,
    bad_utf8,
    limit,
    its_limit,
]

sys.exit(asyncio.run(tap.run([(test.__name__, test) for test in TESTS])))
