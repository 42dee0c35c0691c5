# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server whose paths are rooms, as /kitchen?name=anna is: rooms.py [PORT]"""
import asyncio, gi, signal, sys
gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws

def on_handshake(server, request, response):
    if request.get_query_parameter("name") is None:
        response.refuse(401, "Who are you?\n")

async def talk(socket):
    room, name = socket.get_path(), socket.get_query_parameter("name")
    socket.subscribe(room)
    async for message in socket:
        socket.publish(room, f"{name}: {message}")

async def main():
    stopped = asyncio.Event()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, stopped.set)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8765
    async with Ws.serve(talk, "localhost", port) as server:
        server.connect("handshake-requested", on_handshake)
        print(server.get_url(), flush=True)
        await stopped.wait()
        # Clients come back to the next server, one after the other.
        await server.drain_async(2000)

Ws.run(main())
