# SPDX-License-Identifier: LGPL-2.1-or-later
"""Listens, and comes back whenever the connection is lost: reconnect.py URL"""
import gi, sys
gi.require_version("Ws", "1.0")
from gi.repository import Ws

def on_reconnecting(socket, attempt, delay):
    print(f"attempt {attempt} in {delay} ms", flush=True)

async def main():
    async with Ws.connect(sys.argv[1], reconnect=True) as socket:
        socket.connect("reconnecting", on_reconnecting)
        async for message in socket:
            print(message, flush=True)

Ws.run(main())
