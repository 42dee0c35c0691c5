#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A .ui file that shows the state of a socket, and its messages in a list."""

import sys
from pathlib import Path

import display

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


def children(widget):
    child = widget.get_first_child()
    while child is not None:
        yield child
        child = child.get_next_sibling()


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

    def rows():
        return [row.get_first_child().get_label() for row in children(shown["list"])]

    assert Gtk.init_check()
    for class_ in (Ws.MessageLog, Ws.MessageLogEntry, Ws.Server, Ws.Socket):
        GObject.type_ensure(class_.__gtype__)
    GObject.type_ensure(Ws.ReconnectPolicy.__gtype__)
    try:
        Gtk.Builder().add_from_file(__file__)
    except GLib.Error as error:
        assert error.domain == "g-markup-error-quark", error
    else:
        raise AssertionError("this file is no .ui")

    builder = Gtk.Builder.new_from_file(str(Path(__file__).with_name("view.ui")))
    shown = {
        name: builder.get_object(name)
        for name in ("clients", "list", "seconds", "send", "spinner", "status")
    }
    server, socket, log = map(builder.get_object, ("server", "socket", "log"))
    assert shown["status"].get_label() == "Not connected"
    assert shown["seconds"].get_label() == "-1"
    assert shown["clients"].get_label() == "0"
    assert not shown["send"].get_sensitive()

    wait(lambda: server.props.listening)
    server.connect("client-connected", lambda server, client: None)
    socket.open(server.props.url)
    assert shown["status"].get_label() == "Connecting…"
    wait(lambda: shown["send"].get_sensitive())
    wait(lambda: shown["clients"].get_label() == "1")
    assert shown["status"].get_label() == "Connected"
    for text in ("one", "two", "three"):
        socket.send_text_message(text)
    wait(lambda: len(log) == 2)
    assert [entry.props.text for entry in log] == ["two", "three"]
    window = Gtk.Window(child=shown["list"].get_parent())
    window.present()
    wait(lambda: rows() == ["two", "three"])

    server[0].abort()
    wait(lambda: shown["spinner"].get_spinning())
    assert shown["status"].get_label() == "Reconnecting in 3000 seconds…"
    wait(lambda: shown["seconds"].get_label() == "2999")
    assert shown["status"].get_label() == "Reconnecting in 2999 seconds…"
    assert not shown["send"].get_sensitive()
    window.destroy()


if __name__ == "__main__":
    sys.exit(display.run(test_builder))
