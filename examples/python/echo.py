# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connects, says hello, and prints what comes back: echo.py URL"""
import gi, sys
gi.require_version("Ws", "1.0")
from gi.repository import Ws

async def main():
    async with Ws.connect(sys.argv[1]) as socket:
        await socket.send("Hello, world!")
        print(await socket.recv())

Ws.run(main())
