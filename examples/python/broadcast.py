# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that tells everybody what anybody says: broadcast.py [PORT]"""
import gi, sys
gi.require_version("Ws", "1.0")
from gi.repository import Ws

async def main():
    async def talk(socket):
        async for message in socket:
            server.broadcast(message)

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8765
    async with Ws.serve(talk, "localhost", port) as server:
        print(server.get_url(), flush=True)
        await server.serve_forever()

Ws.run(main())
