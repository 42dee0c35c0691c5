#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3-websockets echoes with the permessage-deflate options that the JSON of
each request's X-Interop has. Prints its URL.
"""

import asyncio
import json
import signal

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.version import version


def choose_factories(headers):
    options = json.loads(headers["X-Interop"])
    return [] if options is False else [ServerPerMessageDeflateFactory(**options)]


def choose_extensions(socket, request):
    socket.protocol.available_extensions = choose_factories(request.headers)


def make_protocol(base):
    class Protocol(base):
        @staticmethod
        def process_extensions(headers, available_extensions):
            return base.process_extensions(headers, choose_factories(headers))

    return Protocol


if int(version.split(".")[0]) < 14:
    CHOICE = {"create_protocol": make_protocol(websockets.WebSocketServerProtocol)}
else:
    CHOICE = {"process_request": choose_extensions}


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def main():
    ended = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, ended.set_result, None
    )
    async with websockets.serve(
        echo, "127.0.0.1", 0, max_size=2**21, **CHOICE
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print("ws://127.0.0.1:%d" % port, flush=True)
        await ended


asyncio.run(main())
