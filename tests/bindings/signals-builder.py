#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A .ui file that joins a button, an action, a socket and a server.

It brings a display of its own: Xvfb, which no window of this test is ever
shown on.
"""

import gc
import sys
from pathlib import Path

import display

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


def test_builder():
    import gi

    gi.require_version("Gtk", "4.0")
    gi.require_version("Ws", "1.0")
    from gi.repository import GLib, GObject, Gtk, Ws

    def wait(condition):
        expired = []
        source = GLib.timeout_add_seconds(DEADLINE, expired.append, True)
        while not condition():
            assert not expired, "nothing happened for %d s" % DEADLINE
            GLib.MainContext.default().iteration(True)
        GLib.source_remove(source)

    assert Gtk.init_check()
    for class_ in (Ws.Connection, Ws.Server, Ws.Socket):
        GObject.type_ensure(class_.__gtype__)
    builder = Gtk.Builder.new_from_file(str(Path(__file__).with_name("signals.ui")))
    names = ["open_action", "ping_button", "server", "socket", "ping_connection"]
    action, button, server, socket, ping = map(builder.get_object, names)
    connections = [o for o in builder.get_objects() if isinstance(o, Ws.Connection)]
    assert len(connections) == 4
    for connection in connections:
        assert connection.props.connected, connection.props.error_string
    flags = Ws.ConnectFlags.QUEUED | Ws.ConnectFlags.UNIQUE
    assert ping.props.flags == flags
    # The sender of each keeps it, whatever becomes of the builder.
    del builder, connections, connection, ping
    gc.collect()

    wait(lambda: server.props.listening)
    closed = []
    server.connect("closed", closed.append)
    # A client that nobody takes would not be read, and answer no ping.
    server.connect("client-connected", lambda server, client: None)
    socket.props.url = server.props.url
    action.activate(None)
    wait(socket.is_valid)
    button.emit("clicked")
    wait(lambda: closed)
    assert socket.props.close_code == 1006, "the pong has not aborted it"
    assert not server.props.listening


if __name__ == "__main__":
    sys.exit(display.run(test_builder))
