#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The type stubs: mypy accepts the examples, and sees mistakes.

usage: python-types.py MYPY SOURCES STUB…
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

MYPY = sys.argv[1]
SOURCES = pathlib.Path(sys.argv[2])
STUBS = [pathlib.Path(name) for name in sys.argv[3:]]
HAS_REDIS = any(stub.name == "WsRedis.pyi" for stub in STUBS)

GOOD = """
import gi
gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws

async def talk(socket: Ws.Socket) -> None:
    async for message in socket:
        reveal_type(message)
        await socket.send(message)
    await socket.close(1000)

async def main() -> int:
    async with Ws.serve(talk, "localhost", 0) as server:
        reveal_type(server)
        async with Ws.connect("ws://a", headers={"a": "b"}, reconnect=True) as socket:
            reveal_type(socket)
            await socket.send([b"a", b"b"])
        try:
            await Ws.connect(Ws.Request.new("ws://a"))
        except Ws.HandshakeRejected as error:
            reveal_type(error.status)
    headers = socket.get_request_headers()
    headers["a"] = "b"
    reveal_type(headers.get("a"))
    reveal_type(Ws.Message.new_text("a").data)
    reveal_type(socket.get_state())
    return 5

reveal_type(Ws.run(main()))
"""
# Where there is a stub of it.
GOOD_REDIS = """
from gi.repository import WsRedis

broker = WsRedis.Broker.new("redis://a")
broker.set_history("a/*", 10, 0)
broker.set_state(Ws.BrokerState.CONNECTED)
reveal_type(broker.get_prefix())
server = Ws.Server(broker=broker)
server.set_broker(broker)
"""
REVEALED_REDIS = ["builtins.str"]
REVEALED = [
    "Union[builtins.str, builtins.bytes]",
    "gi.repository.Ws.Server",
    "gi.repository.Ws.Socket",
    "builtins.int",
    "Union[builtins.str, None]",
    "Union[builtins.str, builtins.bytes]",
    "gi.repository.Ws.State",
    "builtins.int",
]
BAD = [
    "Ws.Message.new_text(5)",
    "Ws.Socket().send(5)",
    "Ws.connect(5)",
    "Ws.serve(5)",
    "Ws.Socket().close('a')",
    "Ws.State.NONSENSE",
]


def lay_out(folder):
    """The stubs where mypy looks: there no package is partial."""
    stubs = folder / "stubs" / "gi"
    shutil.copytree(SOURCES / "introspection" / "stubs", stubs)
    for stub in STUBS:
        shutil.copy(stub, stubs / "repository")
    (stubs / "py.typed").unlink()
    (folder / "good.py").write_text(GOOD + (GOOD_REDIS if HAS_REDIS else ""))
    bad = "from gi.repository import Ws\n" + "\n".join(BAD) + "\n"
    (folder / "bad.py").write_text(bad)
    for example in (SOURCES / "examples" / "python").glob("*.py"):
        shutil.copy(example, folder / example.name)


def examine(folder):
    """What mypy says of all of it."""
    result = subprocess.run(
        [MYPY, "--check-untyped-defs", *sorted(folder.glob("*.py"))],
        cwd=folder,
        env={"MYPYPATH": str(folder / "stubs"), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return result.stdout


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lay_out(folder)
        output = examine(folder)
    lines = output.splitlines()
    revealed = [line.split('"')[1] for line in lines if "Revealed" in line]
    seen = {line.split(": ")[0] for line in lines if ": error: " in line}
    expected = {f"bad.py:{number}" for number in range(2, 2 + len(BAD))}
    if revealed != REVEALED + (REVEALED_REDIS if HAS_REDIS else []) or seen != expected:
        sys.exit(output)


if __name__ == "__main__":
    main()
