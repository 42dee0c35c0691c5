# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trusts one self-signed certificate and no other: pinned.py URL CERTIFICATE.PEM"""
import gi, sys
gi.require_version("Ws", "1.0")
from gi.repository import Ws

async def main():
    pinned = Ws.SslConfiguration(system_trust=False, ca_certificates_file=sys.argv[2])
    async with Ws.connect(sys.argv[1], ssl=pinned) as socket:
        await socket.send("Hello, world!")
        print(await socket.recv())

Ws.run(main())
