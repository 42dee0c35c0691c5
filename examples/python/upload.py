# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends a file of any size as one message: upload.py URL FILE"""
import gi, os, sys
gi.require_version("Ws", "1.0")
from gi.repository import Ws

def parts(file):
    size = os.fstat(file.fileno()).st_size
    while part := file.read(1 << 20):
        print(f"\r{file.tell() * 100 // size} %", end="", flush=True)
        yield part

async def main():
    async with Ws.connect(sys.argv[1]) as socket:
        with open(sys.argv[2], "rb") as file:
            await socket.send(parts(file))
        print("", await socket.recv())

Ws.run(main())
