# SPDX-License-Identifier: LGPL-2.1-or-later
"""An echo server on our Python binding: ws-glib-echo.py [--signals] [--port N]

With --signals it answers in signal handlers, else in a coroutine a client."""

import argparse
import sys

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

MAX_MESSAGE = 256 << 20


def is_for_all(message):
    return isinstance(message, bytes) and message.startswith(b"B")


async def serve(port):
    async def echo(socket):
        socket.set_max_incoming_message_size(MAX_MESSAGE)
        async for message in socket:
            if is_for_all(message):
                server.broadcast(message)
            else:
                await socket.send(message)

    async with Ws.serve(echo, "127.0.0.1", port) as server:
        print(server.get_url(), flush=True)
        await server.serve_forever()


def serve_by_signals(port):
    server = Ws.Server()
    clients = set()

    def on_binary(socket, message):
        if is_for_all(message):
            server.broadcast(message)
        else:
            socket.send_binary_message(message)

    def on_connection(_server):
        socket = server.next_pending_connection()
        clients.add(socket)
        socket.set_max_incoming_message_size(MAX_MESSAGE)
        socket.connect("text-message-received", Ws.Socket.send_text_message)
        socket.connect("binary-message-received", on_binary)
        socket.connect("disconnected", clients.discard)

    server.connect("new-connection", on_connection)
    server.listen("127.0.0.1", port)
    print(server.get_url(), flush=True)
    GLib.MainLoop().run()


parser = argparse.ArgumentParser()
parser.add_argument("--signals", action="store_true")
parser.add_argument("--port", type=int, default=0)
options = parser.parse_args()
if options.signals:
    serve_by_signals(options.port)
else:
    sys.exit(Ws.run(serve(options.port)))
