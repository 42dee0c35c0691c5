#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tool against npm's ws and python3-websockets, both ways."""

import pathlib
import subprocess
import sys
import unittest

from support import ABNORMAL, DEADLINE, TestCase, certificate

PEERS = pathlib.Path(__file__).resolve().parents[1] / "interop" / "peers"
SERVERS = {
    "ws": ["node", str(PEERS / "ws-server.js")],
    "websockets": [sys.executable, str(PEERS / "websockets-server.py")],
}
# Sends two lines, one at a time, and prints the answers.
CLIENTS = {
    "ws": (
        ["node", "-e"],
        """
        const { WebSocket } = require("%s");
        const socket = new WebSocket(process.argv[1]);
        const lines = ["one", "two"];
        const next = () => lines.length ? socket.send(lines.shift()) : socket.close();
        socket.on("open", next);
        socket.on("message", data => { console.log(data.toString()); next(); });
        """
        % (PEERS.parent / "node_modules" / "ws"),
    ),
    "websockets": (
        [sys.executable, "-c"],
        """
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        for line in "one", "two":
            await socket.send(line)
            print(await socket.recv())
asyncio.run(main())
        """,
    ),
}


class Peers(TestCase):
    def peer(self, name, *arguments):
        server = subprocess.Popen(
            [*SERVERS[name], *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        return server.stdout.readline().decode().strip().rstrip("/")

    def test_servers(self):
        for name in SERVERS:
            url = self.peer(name)
            for path, arguments, output in (
                ("/echo", ("-1", "-x", "übung"), "übung\n".encode()),
                ("/echo", ("-1b", "-x", "bytes"), b"bytes"),
                ("/nul", ("-1",), b"a\0b\n"),
                ("/fragments", ("-1",), b"one two three\n"),
                ("/ping", ("-1",), b"are you there\n"),
                ("/headers", ("-1", "-H", "X-Interop: here"), b"here\n"),
                ("/echo", ("-1", "-x", "a", "-s", "two"), b"a\n"),
            ):
                with self.subTest(server=name, path=path, arguments=arguments):
                    self.assertEqual(
                        self.run_tool("connect", url + path, *arguments)[0], output
                    )
            _, errors = self.run_tool(
                "connect", "-v", "-n", url + "/close", input=b"4000 so long\n", status=ABNORMAL
            )
            self.assertIn("Closed: 4000 (private) so long", errors)
            self.run_tool("bench", url + "/echo", "-d", "0.2")
            output, _ = self.run_tool("frames", url + "/echo", "-x", "hello")
            self.assertIn(b"close FIN length 2 1000 (normal)", output)

    def test_tls(self):
        for name in SERVERS:
            url = self.peer(name, "--certificate", certificate("server-chain.pem"), "--key",
                            certificate("server.key"))
            output, _ = self.run_tool("connect", url + "/echo", "-1x", "a", "--ca",
                                      certificate("root.pem"))
            self.assertEqual(output, b"a\n")

    def test_clients(self):
        for name, (command, script) in CLIENTS.items():
            for serving in (("--echo",), ("--broadcast",), ("--compression",),
                            ("--exec", "sh", "-c", "while read x; do echo $x; done")):
                with self.subTest(client=name, serving=serving):
                    result = subprocess.run(
                        [*command, script, self.serve(*serving)],
                        stdout=subprocess.PIPE, timeout=DEADLINE, check=True,
                    )
                    self.assertEqual(result.stdout, b"one\ntwo\n")


if __name__ == "__main__":
    unittest.main()
