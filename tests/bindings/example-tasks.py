#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples in Python, C and Vala: each does its task, those in Python in as few
lines as they should."""

import asyncio
import os
import pathlib
import sys
import tempfile
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Ws  # noqa: E402

DEADLINE = 200  # seconds; nothing waits for it but a hanging test
EXAMPLES = pathlib.Path(__file__).parents[2] / "examples" / "python"
# Of programs; those of Python are scripts.
FOLDERS = [pathlib.Path(folder) for folder in os.environ["WS_TEST_TASKS"].split(":")]
CERTIFICATES = os.environ["WS_TEST_CERTIFICATES"]
MOST_LINES = {
    "echo.py": 8,
    "broadcast.py": 15,
    "pinned.py": 10,
    "reconnect.py": 12,
    "upload.py": 15,
}


def on_glib(test):
    """A test that is a coroutine."""

    def run(self):
        async def limited():
            await asyncio.wait_for(test(self), DEADLINE)

        Ws.run(limited())

    return run


def in_each_language(test):
    """A test whose second argument starts the program of a name."""

    def run(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder.name):
                on_glib(lambda case: test(case, Programs(folder)))(self)

    return run


class Programs:
    def __init__(self, folder):
        self.folder = folder

    async def start(self, name, *args):
        program = [self.folder / name]
        if (self.folder / (name + ".py")).exists():
            program = [sys.executable, self.folder / (name + ".py")]
        return await asyncio.create_subprocess_exec(
            *program, *args, stdout=asyncio.subprocess.PIPE
        )

    async def output_of(self, name, *args):
        process = await self.start(name, *args)
        output, _errors = await process.communicate()
        assert process.returncode == 0, process.returncode
        return output.decode()


async def echo(socket):
    async for message in socket:
        await socket.send(message)


class Tasks(unittest.TestCase):
    def test_lines(self):
        for name, most in MOST_LINES.items():
            lines = [
                line
                for line in (EXAMPLES / name).read_text().splitlines()
                if line.strip() and not line.startswith(("#", '"""'))
            ]
            self.assertLessEqual(len(lines), most, name)

    @in_each_language
    async def test_echo(self, programs):
        async with Ws.serve(echo) as server:
            self.assertEqual(
                await programs.output_of("echo", server.get_url()), "Hello, world!\n"
            )

    @in_each_language
    async def test_broadcast(self, programs):
        process = await programs.start("broadcast", "0")
        url = (await process.stdout.readline()).decode().strip()
        async with Ws.connect(url) as one, Ws.connect(url) as two:
            for text in "a", "b":
                await one.send(text)
                self.assertEqual(await one.recv(), text)
                self.assertEqual(await two.recv(), text)
        process.terminate()
        await process.wait()

    @in_each_language
    async def test_pinned(self, programs):
        configuration = Ws.SslConfiguration(
            local_certificate_file=f"{CERTIFICATES}/self-signed.pem",
            private_key_file=f"{CERTIFICATES}/leaf.key",
        )
        async with Ws.serve(echo, "localhost", ssl=configuration) as server:
            url = f"wss://localhost:{server.get_port()}"
            pinned = f"{CERTIFICATES}/self-signed.pem"
            self.assertEqual(await programs.output_of("pinned", url, pinned), "Hello, world!\n")
            other = Ws.SslConfiguration(
                system_trust=False, ca_certificates_file=f"{CERTIFICATES}/root.pem"
            )
            with self.assertRaises(Ws.CertificateRejected):
                await Ws.connect(url, ssl=other)

    @in_each_language
    async def test_reconnect(self, programs):
        n_clients = []

        async def short(socket):
            n_clients.append(socket)
            await socket.send(f"client {len(n_clients)}")
            if len(n_clients) > 1:
                await socket.close(4000 if len(n_clients) > 2 else 1012)
            else:
                socket.abort()

        async with Ws.serve(short) as server:
            process = await programs.start("reconnect", server.get_url())
            seen = []
            while "client 2" not in seen:
                seen.append((await process.stdout.readline()).decode().strip())
            process.terminate()
            await process.wait()
        self.assertTrue(any(line.startswith("attempt 1 in ") for line in seen))

    @in_each_language
    async def test_rooms(self, programs):
        process = await programs.start("rooms", "0")
        url = (await process.stdout.readline()).decode().strip().rstrip("/")
        with self.assertRaises(Ws.HandshakeRejected) as refused:
            await Ws.connect(url + "/kitchen")
        self.assertEqual(refused.exception.status, 401)
        anna, ben, otto, mia = [
            await Ws.connect(f"{url}/{room}?name={name}")
            for room, name in (
                ("kitchen", "anna"), ("kitchen", "ben"), ("hall", "otto"), ("hall", "mia")
            )
        ]
        await anna.send("hi")
        self.assertEqual(await ben.recv(), "anna: hi")
        await otto.send("you")
        self.assertEqual(await mia.recv(), "otto: you")
        await ben.send("hello")
        self.assertEqual(await anna.recv(), "ben: hello")
        # Asked to end, the server sends all of them to the next one.
        process.terminate()
        for socket in anna, ben, otto, mia:
            with self.assertRaises(Ws.ConnectionClosed):
                await socket.recv()
            self.assertEqual(socket.get_close_code(), 1012)
        self.assertEqual(await process.wait(), 0)

    @in_each_language
    async def test_upload(self, programs):
        n_bytes = 0

        async def count(socket):
            nonlocal n_bytes
            async for part in socket.recv_parts():
                n_bytes += len(part)
            await socket.send("thank you")

        size = 100 * 1024 * 1024
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(size)
            limits = {"max_incoming_message_size": size, "compression": None}
            async with Ws.serve(count, **limits) as server:
                output = await programs.output_of("upload", server.get_url(), file.name)
        self.assertEqual(n_bytes, size)
        self.assertTrue(output.endswith("\r100 % thank you\n"), output[-40:])
        self.assertIn("\r50 %", output)


if __name__ == "__main__":
    unittest.main()
