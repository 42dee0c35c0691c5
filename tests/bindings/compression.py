# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compression from Python: options of both ends, and what they agree on."""

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

loop = GLib.MainLoop()
TEXT = "again and " * 100

options = Ws.DeflateOptions()
options.set_level(9)
options.set_threshold(0)
options.set_server_max_window_bits(12)
assert options.copy().get_level() == 9

server = Ws.Server(compression=options)
assert server.props.compression.get_server_max_window_bits() == 12
assert server.listen(None, 0)


def on_client(_server, client):
    client.connect("text-message-received",
                   lambda client, text: client.send_text_message(text))


server.connect("client-connected", on_client)
socket = Ws.Socket()
assert socket.get_compression().get_threshold() == 256
socket.connect("connected", lambda socket: socket.send_text_message(TEXT))


def on_text(socket, text):
    assert text == TEXT
    loop.quit()


socket.connect("text-message-received", on_text)
socket.open(server.props.url)
GLib.timeout_add_seconds(100, loop.quit)
loop.run()
assert "server_max_window_bits=12" in socket.props.extensions
assert 0 < socket.props.statistics.compression_ratio_received < 0.1
socket.set_compression(None)
assert socket.props.compression is None
socket.abort()
