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


class Protocol(websockets.WebSocketServerProtocol):
    @staticmethod
    def process_extensions(headers, available_extensions):
        options = json.loads(headers["X-Interop"])
        factories = []
        if options is not False:
            factories.append(ServerPerMessageDeflateFactory(**options))
        return websockets.WebSocketServerProtocol.process_extensions(headers, factories)


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def main():
    ended = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, ended.set_result, None
    )
    async with websockets.serve(
        echo, "127.0.0.1", 0, create_protocol=Protocol, max_size=2**21
    ) as server:
        port = server.sockets[0].getsockname()[1]
        print("ws://127.0.0.1:%d" % port, flush=True)
        await ended


asyncio.run(main())
