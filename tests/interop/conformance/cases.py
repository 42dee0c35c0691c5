# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an echoing endpoint has to do, as a table of name and coroutine.

Every case works in both roles: the connection knows which one it plays.
"""

import struct

from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT

CASES = []


def case(name):
    def add(function):
        CASES.append((name, function))
        return function

    return add


def add(name, make, *arguments):
    """A case that make (arguments) returns."""
    CASES.append((name, make(*arguments)))


def code(number, reason=b""):
    return struct.pack(">H", number) + reason


def echoes(opcode, payload, chop=None):
    async def run(c):
        await c.send(c.frame(opcode, payload), chop=chop)
        await c.expect(opcode, payload)
        await c.end()

    return run


def fails(number, *frames, before=None):
    """These frames, each the arguments of frame(), end in a close. before: a
    message that is sent, and must be echoed, first."""

    async def run(c):
        parts = [c.frame(*f[0], **f[1]) for f in frames]
        if before is not None:
            parts.insert(0, c.frame(TEXT, before))
        await c.send(*parts)
        if before is not None:
            await c.expect(TEXT, before)
        await c.expect_close(number)

    return run


def frame(*arguments, **options):
    return arguments, options


# 5.2: sizes

for size in (0, 1, 125, 126, 127, 128, 65535, 65536, 1048576):
    add("framing/text/%d" % size, echoes, TEXT, b"*" * size)
    add("framing/binary/%d" % size, echoes, BINARY, b"\xfe" * size)
add("framing/text/bytewise", echoes, TEXT, "grüße".encode(), 1)
add("framing/text/200-bytewise", echoes, TEXT, b"*" * 200, 1)
add("framing/binary/65536-chopped-997", echoes, BINARY, bytes(range(256)) * 256, 997)
add("framing/text/nul", echoes, TEXT, b"a\0b\0")


@case("framing/many-in-one-write")
async def _(c):
    await c.send(*(c.frame(TEXT, b"%d" % i) for i in range(500)))
    for i in range(500):
        await c.expect(TEXT, b"%d" % i)
    await c.end()


for form, size in ((16, 0), (16, 125), (64, 0), (64, 126), (64, 65535)):
    add(
        "framing/length-not-minimal/%d-bits-for-%d" % (form, size),
        fails, 1002, frame(BINARY, b"x" * size, form=form),
    )
add(
    "framing/length-beyond-63-bits",
    fails, 1002, frame(BINARY, b"", form=64, size=2**63),
)


@case("framing/wrong-masking")
async def _(c):
    await c.send(c.frame(TEXT, b"x", masked=not c.is_client))
    await c.expect_close(1002)


@case("framing/wrong-masking-of-a-ping")
async def _(c):
    await c.send(c.frame(PING, b"x", masked=not c.is_client))
    await c.expect_close(1002)


# 5.2: reserved bits and opcodes

for bits in range(1, 8):
    add("reserved/bits/%d" % bits, fails, 1002, frame(TEXT, b"x", rsv=bits))
for bits in (1, 2, 4):
    add("reserved/bits-in-ping/%d" % bits, fails, 1002, frame(PING, b"x", rsv=bits))
    add(
        "reserved/bits-in-close/%d" % bits,
        fails, 1002, frame(CLOSE, code(1000), rsv=bits),
    )
    add(
        "reserved/bits-in-continuation/%d" % bits,
        fails, 1002, frame(TEXT, b"x", fin=False), frame(CONTINUATION, b"y", rsv=bits),
    )


def reserved_after_echo():
    return fails(1002, frame(TEXT, b"x", rsv=4), before=b"first")


add("reserved/bits-after-a-message", reserved_after_echo)
for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
    add("reserved/opcode/%d" % opcode, fails, 1002, frame(opcode, b"x"))
    add("reserved/opcode-empty/%d" % opcode, fails, 1002, frame(opcode))


# 5.4: fragments


@case("fragments/two")
async def _(c):
    await c.send(c.frame(TEXT, b"one", fin=False), c.frame(CONTINUATION, b"two"))
    await c.expect(TEXT, b"onetwo")
    await c.end()


@case("fragments/apart")
async def _(c):
    await c.send(c.frame(TEXT, b"one", fin=False))
    await c.send(c.frame(PING, b"here?"))
    await c.expect(PONG, b"here?")
    await c.send(c.frame(CONTINUATION, b"two"))
    await c.expect(TEXT, b"onetwo")
    await c.end()


@case("fragments/bytewise-with-ping-between")
async def _(c):
    await c.send(
        c.frame(TEXT, b"one", fin=False),
        c.frame(PING, b"between"),
        c.frame(CONTINUATION, b"two"),
        chop=1,
    )
    await c.expect(PONG, b"between")
    await c.expect(TEXT, b"onetwo")
    await c.end()


@case("fragments/pings-between-all")
async def _(c):
    await c.send(
        c.frame(TEXT, b"one", fin=False),
        c.frame(PING, b"1"),
        c.frame(CONTINUATION, b"two", fin=False),
        c.frame(PONG, b"nobody asked"),
        c.frame(PING, b"2"),
        c.frame(CONTINUATION, b"three"),
    )
    await c.expect(PONG, b"1")
    await c.expect(PONG, b"2")
    await c.expect(TEXT, b"onetwothree")
    await c.end()


@case("fragments/all-empty")
async def _(c):
    await c.send(
        c.frame(TEXT, b"", fin=False),
        c.frame(CONTINUATION, b"", fin=False),
        c.frame(CONTINUATION, b""),
    )
    await c.expect(TEXT, b"")
    await c.end()


@case("fragments/empty-around-one")
async def _(c):
    await c.send(
        c.frame(BINARY, b"", fin=False),
        c.frame(CONTINUATION, b"middle", fin=False),
        c.frame(CONTINUATION, b""),
    )
    await c.expect(BINARY, b"middle")
    await c.end()


@case("fragments/thousand")
async def _(c):
    parts = [c.frame(BINARY, b"x", fin=False)]
    parts += [c.frame(CONTINUATION, b"x", fin=False) for _ in range(998)]
    await c.send(*parts, c.frame(CONTINUATION, b"x"))
    await c.expect(BINARY, b"x" * 1000)
    await c.end()


@case("fragments/megabyte-by-kibibytes")
async def _(c):
    piece = bytes(range(256)) * 4
    parts = [c.frame(BINARY, piece, fin=False)]
    parts += [c.frame(CONTINUATION, piece, fin=False) for _ in range(1022)]
    await c.send(*parts, c.frame(CONTINUATION, piece))
    await c.expect(BINARY, piece * 1024)
    await c.end()


@case("fragments/close-between")
async def _(c):
    await c.send(c.frame(TEXT, b"one", fin=False), c.frame(CLOSE, code(1000)))
    await c.expect_close(1000)


add("fragments/continuation-first", fails, 1002, frame(CONTINUATION, b"x"))
add(
    "fragments/continuation-first-unfinished",
    fails, 1002, frame(CONTINUATION, b"x", fin=False),
)
add(
    "fragments/continuation-after-the-end",
    fails, 1002,
    frame(TEXT, b"x", fin=False), frame(TEXT, b"y"),
)
add(
    "fragments/binary-inside-text",
    fails, 1002,
    frame(TEXT, b"x", fin=False), frame(BINARY, b"y"),
)
add(
    "fragments/unfinished-inside-unfinished",
    fails, 1002,
    frame(TEXT, b"x", fin=False), frame(TEXT, b"y", fin=False),
)


# 5.5: control frames


@case("ping/empty")
async def _(c):
    await c.send(c.frame(PING))
    await c.expect(PONG)
    await c.end()


for payload in (b"hello", b"\0\xff\xfe\xfd", b"\xfe" * 125):
    name = "ping/%d-bytes" % len(payload)

    @case(name)
    async def _(c, payload=payload):
        await c.send(c.frame(PING, payload))
        await c.expect(PONG, payload)
        await c.end()


@case("ping/125-bytewise")
async def _(c):
    await c.send(c.frame(PING, b"p" * 125), chop=1)
    await c.expect(PONG, b"p" * 125)
    await c.end()


@case("ping/ten-in-order")
async def _(c):
    await c.send(*(c.frame(PING, b"%d" % i) for i in range(10)))
    for i in range(10):
        await c.expect(PONG, b"%d" % i)
    await c.end()


add("ping/too-long", fails, 1002, frame(PING, b"x" * 126))
add("ping/fragmented", fails, 1002, frame(PING, b"x", fin=False))
add("pong/fragmented", fails, 1002, frame(PONG, b"x", fin=False))
add("close/fragmented", fails, 1002, frame(CLOSE, code(1000), fin=False))


@case("pong/unsolicited")
async def _(c):
    await c.send(c.frame(PONG), c.frame(PONG, b"nobody asked"), c.frame(PING, b"1"))
    await c.expect(PONG, b"1")
    await c.end()


# 8.1: UTF-8

for name, text in (
    ("ascii-and-latin", "Hello-µ@ßöäüàá-UTF-8!!"),
    ("greek", "κόσμε"),
    (
        "first-and-last-of-each-length",
        "\x00\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff",
    ),
    ("around-the-surrogates", "\ud7ff\ue000"),
    ("non-characters", "\ufdd0\ufffe\uffff\U0001fffe\U0010fffe"),
    ("byte-order-mark", "\ufefftext"),
    ("replacement-character", "\ufffd"),
    ("emoji", "👩\u200d🚀"),
):
    add("utf8/valid/" + name, echoes, TEXT, text.encode())
    add("utf8/valid-bytewise/" + name, echoes, TEXT, text.encode(), 1)


@case("utf8/valid/character-across-fragments")
async def _(c):
    text = "€𝄞".encode()
    parts = [c.frame(TEXT, text[:1], fin=False)]
    parts += [c.frame(CONTINUATION, text[i : i + 1], fin=False) for i in range(1, 7)]
    await c.send(*parts, c.frame(CONTINUATION))
    await c.expect(TEXT, text)
    await c.end()


INVALID = {
    "lone-continuation": b"\x80",
    "continuations": b"\xbf\xbf\xbf",
    "overlong-2": b"\xc0\xaf",
    "overlong-2-nul": b"\xc0\x80",
    "overlong-2-max": b"\xc1\xbf",
    "overlong-3": b"\xe0\x80\xaf",
    "overlong-3-max": b"\xe0\x9f\xbf",
    "overlong-4": b"\xf0\x80\x80\xaf",
    "overlong-4-max": b"\xf0\x8f\xbf\xbf",
    "surrogate-low": b"\xed\xa0\x80",
    "surrogate-high": b"\xed\xbf\xbf",
    "surrogate-pair": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond-10ffff": b"\xf4\x90\x80\x80",
    "f5": b"\xf5\x80\x80\x80",
    "five-bytes": b"\xf8\x88\x80\x80\x80",
    "six-bytes": b"\xfc\x84\x80\x80\x80\x80",
    "fe": b"\xfe",
    "ff": b"\xff",
    "cut-2": b"\xce",
    "cut-3": b"\xe2\x82",
    "cut-4": b"\xf0\x9d\x84",
    "cut-then-ascii": b"\xe2\x82a",
    "in-the-middle": "κόσμε".encode() + b"\xed\xa0\x80" + b"edited",
}
for name, payload in INVALID.items():
    add("utf8/invalid/" + name, fails, 1007, frame(TEXT, payload))


@case("utf8/invalid/across-fragments")
async def _(c):
    await c.send(c.frame(TEXT, b"ok\xe2", fin=False), c.frame(CONTINUATION, b"\x28\xa1"))
    await c.expect_close(1007)


@case("utf8/invalid/cut-at-the-end-of-fragments")
async def _(c):
    await c.send(c.frame(TEXT, b"\xe2\x82", fin=False), c.frame(CONTINUATION))
    await c.expect_close(1007)


@case("utf8/fail-fast/first-fragment")
async def _(c):
    await c.send(c.frame(TEXT, b"\xce\xba\xf4\x90", fin=False))
    await c.expect_close(1007)


@case("utf8/fail-fast/mid-frame")
async def _(c):
    whole = c.frame(TEXT, b"\xce\xba\xe1\xbd\xb9\xf4\x90" + b"x" * 60)
    await c.send(whole[:-60])
    await c.expect_close(1007)


@case("utf8/fail-fast/mid-frame-bytewise")
async def _(c):
    whole = c.frame(TEXT, b"\xce\xba\xed\xa0" + b"x" * 60)
    await c.send(whole[:-60], chop=1)
    await c.expect_close(1007)


@case("utf8/binary-is-not-checked")
async def _(c):
    await c.send(c.frame(BINARY, b"\xff\xfe\xed\xa0\x80"))
    await c.expect(BINARY, b"\xff\xfe\xed\xa0\x80")
    await c.end()


# 5.5.1, 7: closing


@case("close/empty")
async def _(c):
    await c.send(c.frame(CLOSE))
    await c.expect_close(None)


VALID_CODES = [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999]
for number in VALID_CODES:

    @case("close/code/%d" % number)
    async def _(c, number=number):
        await c.send(c.frame(CLOSE, code(number)))
        await c.expect_close(number)


for number in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
    add("close/invalid-code/%d" % number, fails, 1002, frame(CLOSE, code(number)))


@case("close/reason")
async def _(c):
    await c.send(c.frame(CLOSE, code(1000, "tschüß".encode())))
    await c.expect_close(1000)


@case("close/reason-123")
async def _(c):
    await c.send(c.frame(CLOSE, code(1000, b"r" * 123)))
    await c.expect_close(1000)


add("close/reason-124", fails, 1002, frame(CLOSE, code(1000, b"r" * 124)))
add("close/half-a-code", fails, 1002, frame(CLOSE, b"\x03"))
add(
    "close/reason-not-utf8",
    fails, 1007, frame(CLOSE, code(1000, b"\xce\xba\xed\xa0\x80")),
)


@case("close/bytewise")
async def _(c):
    await c.send(c.frame(CLOSE, code(4000, b"slow")), chop=1)
    await c.expect_close(4000)


@case("close/after-messages-in-one-write")
async def _(c):
    await c.send(c.frame(TEXT, b"last"), c.frame(PING, b"p"), c.frame(CLOSE, code(1000)))
    await c.expect(TEXT, b"last")
    await c.expect(PONG, b"p")
    await c.expect_close(1000)


@case("close/nothing-is-answered-after-it")
async def _(c):
    await c.send(
        c.frame(CLOSE, code(1000)),
        c.frame(TEXT, b"too late"),
        c.frame(PING, b"too late"),
        c.frame(CLOSE, code(1000)),
    )
    await c.expect_close(1000)


@case("close/behind-256-kibibytes")
async def _(c):
    await c.send(c.frame(TEXT, b"*" * 262144), c.frame(CLOSE, code(1000)))
    await c.expect(TEXT, b"*" * 262144)
    await c.expect_close(1000)


# Limits


@case("limits/frame-announced")
async def _(c):
    await c.send(c.frame(BINARY, b"x", form=64, size=c.limit + 1))
    await c.expect_close(1009)


@case("limits/frame-of-63-bits")
async def _(c):
    await c.send(c.frame(BINARY, b"x", form=64, size=2**63 - 1))
    await c.expect_close(1009)


@case("limits/message-announced-by-fragments")
async def _(c):
    await c.send(
        c.frame(BINARY, b"xx", fin=False),
        c.frame(CONTINUATION, b"", form=64, size=c.limit - 1),
    )
    await c.expect_close(1009)


@case("limits/empty-frame-after-its-limit-of-text")
async def _(c):
    text = b"t" * min(c.limit, 1048576)
    await c.send(c.frame(TEXT, text, fin=False), c.frame(CONTINUATION))
    await c.expect(TEXT, text)
    await c.end()
