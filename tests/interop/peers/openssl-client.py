#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""openssl s_client examines our server: openssl-client.py INTEROP-SERVER.

It starts the server itself, with other options for each test, and speaks as much
WebSocket as that takes through s_client's pipes. Prints TAP.
"""

import asyncio
import contextlib
import itertools
import os
import re
import sys
import tempfile

import tap

SERVER = sys.argv[1]
CERTIFICATES = os.environ["WS_TEST_CERTIFICATES"]
VERSIONS = {"TLS1.2": "-tls1_2", "TLS1.3": "-tls1_3"}
UPGRADE = (
    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def file(name):
    return os.path.join(CERTIFICATES, name)


def identity(certificate, key):
    return ["--certificate", file(certificate), "--key", file(key)]


RSA = identity("server-rsa.pem", "rsa.key")
ECDSA = identity("server-chain.pem", "server.key")
NOT_CLOSED = "0 "  # what /how tells of a connection without a close frame
CLIENT = ["-cert", file("client.pem"), "-key", file("leaf.key")]


def expect(seen, wanted):
    if seen != wanted:
        raise AssertionError("%.500r instead of %.500r" % (seen, wanted))


class Process:
    """A program with pipes, whose output is read up to what is waited for."""

    def __init__(self, process):
        self.process = process
        self.output = b""  # all of it
        self.position = 0  # what was not waited for yet

    @classmethod
    async def start(cls, *command):
        return cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT
            )
        )

    async def write(self, data):
        self.process.stdin.write(data)
        await self.process.stdin.drain()

    async def until(self, wanted):
        """Waits for these bytes; False if the program ends without them."""
        while True:
            start = self.output.find(wanted, self.position)
            if start >= 0:
                self.position = start + len(wanted)
                return True
            more = await self.process.stdout.read(65536)
            if not more:
                await self.process.wait()
                return False
            self.output += more

    async def read_to_end(self):
        self.output += await self.process.stdout.read()
        await self.process.wait()

    async def end(self):
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def serve(*options):
    """The port of a server that must be well in the end."""
    server = await Process.start(SERVER, *options)
    try:
        if not await server.until(b"\n"):
            raise AssertionError(server.output)
        yield int(re.match(rb"wss://127\.0\.0\.1:(\d+)\n", server.output)[1])
        expect(server.process.returncode, None)
        server.process.terminate()
        expect(await server.process.wait(), 0)
    finally:
        await server.end()


class Client(Process):
    """s_client. What it does not say in time ends with the test's deadline."""

    @classmethod
    async def connect(cls, port, *options):
        return await cls.start(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:%d" % port,
            "-CAfile",
            file("root.pem"),
            "-verify_return_error",
            *options
        )

    async def wait_for(self, wanted):
        if not await self.until(wanted):
            raise AssertionError("no %r in %s" % (wanted, self.text()))

    def text(self):
        return self.output.decode("latin-1")

    def find(self, pattern):
        found = re.search(pattern, self.text())
        return found and found[1]

    async def open(self, path):
        await self.write((UPGRADE % path).encode())
        await self.wait_for(b"HTTP/1.1 101")
        await self.wait_for(b"\r\n\r\n")

    async def send(self, text):
        """Masked with 0, so that the bytes are what they look like."""
        data = text.encode()
        await self.write(b"\x81" + bytes([0x80 | len(data), 0, 0, 0, 0]) + data)

    async def receive(self):
        await self.wait_for(b"\x81")
        while len(self.output) <= self.position:
            await self.more()
        end = self.position + 1 + self.output[self.position]
        while len(self.output) < end:
            await self.more()
        message = self.output[self.position + 1 : end].decode()
        self.position = end
        return message

    async def more(self):
        more = await self.process.stdout.read(65536)
        if not more:
            raise AssertionError("ended: " + self.text())
        self.output += more

    async def echo(self, text):
        await self.send(text)
        expect(await self.receive(), text)

    async def close(self):
        """The server closes TLS first, and properly."""
        await self.write(b"\x88\x82\0\0\0\0\x03\xe8")
        await self.wait_for(b"\x88\x02\x03\xe8")
        await self.read_to_end()
        if "closed\n" not in self.text() or "unexpected eof" in self.text():
            raise AssertionError("no close_notify: " + self.text())


@contextlib.asynccontextmanager
async def connect(port, *options):
    client = await Client.connect(port, *options)
    try:
        yield client
    finally:
        await client.end()


async def examine(port, path="/tls", options=()):
    """Says what both ends think of a connection that works."""
    async with connect(port, *options) as client:
        await client.open(path)
        told = await client.receive()
        await client.echo("as usual")
        await client.close()
        return told, client


async def expect_refused(port, *options):
    async with connect(port, *options) as client:
        with contextlib.suppress(ConnectionError):
            await client.write((UPGRADE % "/tls").encode())
        if await client.until(b"HTTP/1.1"):
            raise AssertionError("let in: " + client.text())
        if "alert" not in client.text():
            raise AssertionError("no alert: " + client.text())

async def expect_remembered(port, wanted, *options):
    async with connect(port, *options) as client:
        await client.open("/how")
        expect(await client.receive(), wanted)
        await client.close()


def matrix(version, key, clients):
    """What each client is told that has a certificate, and offers these names."""
    server = {"RSA": RSA, "ECDSA": ECDSA}[key]

    async def test():
        flags = ["--ca", file("root.pem"), "--clients", clients]
        async with serve(*server, *flags) as port:
            for offered, with_certificate in itertools.product(
                [None, "http/1.1", "h2,http/1.1", "h2"], [False, True]
            ):
                options = [VERSIONS[version]]
                options += ["-alpn", offered] if offered else []
                options += CLIENT if with_certificate else []
                # RFC 7301, 3.2: names, but none in common, is an error.
                if offered == "h2" or (clients == "required" and not with_certificate):
                    await expect_refused(port, *options)
                    continue
                told, client = await examine(port, options=options)
                agreed = "http/1.1" if offered else "-"
                shown = with_certificate and clients != "none"
                expect(
                    told,
                    "%s %s new %s"
                    % (version, agreed, "CN=client" if shown else "-"),
                )
                expect(client.find("Verify return code: (.*)"), "0 (ok)")
                expect(client.find("ALPN protocol: (.*)"), agreed.strip("-") or None)
                # "RSA-PSS"; since OpenSSL 3.5 "rsa_pss_rsae_sha256".
                signature = client.find("Peer signature type: (.*)")
                wanted = "ECDSA" if key == "ECDSA" else "RSA-PSS"
                expect(signature.upper().replace("_", "-")[: len(wanted)], wanted)

    return test


async def bad_client_certificate():
    bad = ["-cert", file("self-signed.pem"), "-key", file("leaf.key")]
    for clients in ["requested", "required"]:
        flags = ["--ca", file("root.pem"), "--clients", clients]
        async with serve(*ECDSA, *flags) as port:
            for version, option in VERSIONS.items():
                if clients == "required":
                    await expect_refused(port, option, *bad)
                else:
                    told, _ = await examine(port, options=[option, *bad])
                    expect(told, version + " - new CN=self-signed")


async def versions():
    async with serve(*RSA) as port:
        told, _ = await examine(port)
        expect(told, "TLS1.3 - new -")
        old = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
        await expect_refused(port, *old)
    async with serve(*RSA, "--tls", "1.2") as port:
        await expect_refused(port, "-tls1_3")
        told, _ = await examine(port)
        expect(told, "TLS1.2 - new -")
    async with serve(*RSA, "--tls", "1.3") as port:
        await expect_refused(port, "-tls1_2")
        told, _ = await examine(port)
        expect(told, "TLS1.3 - new -")


async def alpn():
    async with serve(*RSA, "--alpn", "chat,http/1.1") as port:
        for option in VERSIONS.values():
            _, client = await examine(port, options=[option, "-alpn", "h2,chat"])
            expect(client.find("ALPN protocol: (.*)"), "chat")


async def ciphers():
    async with serve(*RSA, *ECDSA) as port:
        for cipher in [
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
        ]:
            _, client = await examine(port, options=["-ciphersuites", cipher])
            expect(client.find("Cipher is (.*)"), cipher)
        for cipher in ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"]:
            options = ["-tls1_2", "-cipher", cipher]
            _, client = await examine(port, options=options)
            expect(client.find("Cipher is (.*)"), cipher)


def resumption(version):
    async def test():
        flags = ["--ca", file("root.pem"), "--clients", "requested"]
        async with serve(*ECDSA, *flags) as port:
            with tempfile.TemporaryDirectory() as folder:
                ticket = os.path.join(folder, "ticket")
                options = [VERSIONS[version], *CLIENT]
                for flag, word in [("-sess_out", "new"), ("-sess_in", "resumed")]:
                    told, client = await examine(port, options=[*options, flag, ticket])
                    expect(told, "%s - %s CN=client" % (version, word))
                    expect("Reused, " in client.text(), word == "resumed")

    return test


async def foreign_ticket():
    """Another server cannot read the ticket, and goes on without."""
    with tempfile.TemporaryDirectory() as folder:
        ticket = os.path.join(folder, "ticket")
        for option in VERSIONS.values():
            for flag in ["-sess_out", "-sess_in"]:
                async with serve(*ECDSA) as port:
                    told, _ = await examine(port, options=[option, flag, ticket])
                    expect(told.split()[2], "new")


async def sni():
    others = identity("idn.pem", "leaf.key") + identity("wrong-host.pem", "leaf.key")
    async with serve(*ECDSA, *others) as port:
        for version, (name, subject) in itertools.product(
            VERSIONS.values(),
            [
                (None, "server"),
                ("localhost", "server"),
                ("a.example.test", "server"),
                ("xn--bcher-kva.test", "idn"),
                ("other.test", "wrong-host"),
            ],
        ):
            options = ["-noservername"]
            if name is not None:
                options = ["-servername", name, "-verify_hostname", name]
            _, client = await examine(port, options=[version, *options])
            # OpenSSL 3.2 has dropped the spaces.
            expect(client.find("subject=CN ?= ?(.*)"), subject)


async def ocsp():
    stapled = ["--ocsp", file("server-rsa.ocsp")]
    for version, more in itertools.product(VERSIONS.values(), [[], stapled]):
        async with serve(*RSA, *more) as port:
            _, client = await examine(port, options=[version, "-status"])
            expect("OCSP Response Status: successful" in client.text(), bool(more))
            expect("Cert Status: good" in client.text(), bool(more))


async def renegotiation():
    async with serve(*RSA) as port:
        async with connect(port, "-tls1_2") as client:
            await client.open("/closed")
            await client.write(b"R\n")
            # OpenSSL takes the refusal for the end.
            await client.read_to_end()
            expect("no renegotiation" in client.text(), True)
        await expect_remembered(port, NOT_CLOSED)


async def key_update():
    async with serve(*RSA) as port:
        async with connect(port, "-tls1_3") as client:
            await client.open("/echo")
            for command in [b"k\n", b"K\n", b"K\n"]:
                await client.echo("before")
                await client.write(command)
                await client.wait_for(b"KEYUPDATE\n")
                await client.echo("after")
            await client.close()


async def end_without_close():
    """close_notify or not, a connection without a close frame is not clean."""
    async with serve(*RSA) as port:
        for option in VERSIONS.values():
            async with connect(port, option) as client:
                await client.open("/closed")
                client.process.stdin.close()
                await client.read_to_end()
                expect("DONE\n" in client.text(), True)
            await expect_remembered(port, NOT_CLOSED)
            async with connect(port, option) as client:
                await client.open("/closed")
                client.process.kill()
            await expect_remembered(port, NOT_CLOSED)


TESTS = [
    *(
        ("matrix %s %s %s" % row, matrix(*row))
        for row in itertools.product(
            VERSIONS, ["RSA", "ECDSA"], ["none", "requested", "required"]
        )
    ),
    ("bad client certificate", bad_client_certificate),
    ("versions", versions),
    ("alpn", alpn),
    ("ciphers", ciphers),
    ("resumption TLS1.2", resumption("TLS1.2")),
    ("resumption TLS1.3", resumption("TLS1.3")),
    ("foreign ticket", foreign_ticket),
    ("sni", sni),
    ("ocsp", ocsp),
    ("renegotiation", renegotiation),
    ("key update", key_update),
    ("end without close", end_without_close),
]

sys.exit(asyncio.run(tap.run(TESTS)))
