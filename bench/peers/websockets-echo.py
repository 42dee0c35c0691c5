# SPDX-License-Identifier: LGPL-2.1-or-later
"""An echo server on the Python package websockets: websockets-echo.py [--port N]"""

import argparse
import asyncio

import websockets

clients = set()


async def echo(socket, _path=None):
    clients.add(socket)
    try:
        async for message in socket:
            if isinstance(message, bytes) and message.startswith(b"B"):
                websockets.broadcast(clients, message)
            else:
                await socket.send(message)
    finally:
        clients.discard(socket)


async def main(port):
    async with websockets.serve(
        echo, "127.0.0.1", port, max_size=256 << 20, compression=None, backlog=4096
    ) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
        await asyncio.Future()


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
asyncio.run(main(parser.parse_args().port))
