#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signals and slots as a Python program uses them."""

import gc
import threading
import weakref

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, GObject, Ws  # noqa: E402

from waiting import wait  # noqa: E402

ACTION = GObject.SignalFlags.RUN_LAST | GObject.SignalFlags.ACTION


class Bell(GObject.Object):
    """Signals and slots of a subclass."""

    number = GObject.Property(type=int)

    def __init__(self):
        super().__init__()
        self.heard = []

    @GObject.Signal(arg_types=(str,))
    def said(self, text):
        pass

    @GObject.Signal
    def rang(self):
        pass

    @GObject.Signal(flags=ACTION, arg_types=(str,))
    def write(self, text):
        self.heard.append(text)

    def on_said(self, text):
        self.heard.append("on " + text)


def expect_error(code, words, function, *args):
    try:
        function(*args)
    except GLib.Error as error:
        assert error.matches(Ws.SocketError.quark(), code), error
        for word in words:
            assert word in error.message, (word, error.message)
        return
    raise AssertionError("no error")


def test_functions():
    sender, receiver = Bell(), Bell()
    # What comes first is the receiver: no closure needs to capture it.
    connection = Ws.connect(
        sender, "said", receiver, Bell.on_said, Ws.ConnectFlags.AUTO
    )
    assert connection.props.connected
    assert connection.dup_sender() is sender
    assert connection.props.receiver is receiver
    assert connection.props.signal == "said"
    sender.emit("said", "ding")
    assert receiver.heard == ["on ding"]
    assert Ws.disconnect(connection)
    assert not Ws.disconnect(connection)
    sender.emit("said", "dong")
    assert receiver.heard == ["on ding"]


def test_queued():
    sender, receiver = Bell(), Bell()
    flags = Ws.ConnectFlags.QUEUED | Ws.ConnectFlags.SINGLE_SHOT
    Ws.connect(sender, "said", receiver, Bell.on_said, flags)
    sender.emit("said", "ding")
    sender.emit("said", "dong")
    assert receiver.heard == []
    wait(lambda: receiver.heard)
    assert receiver.heard == ["on ding"]


def test_bound():
    sender, receiver = Bell(), Bell()
    flags = Ws.ConnectFlags.QUEUED
    connection = Ws.connect(sender, "said", receiver, Bell.on_said, flags)
    connection.props.max_queued_bytes = 1
    connection.props.overflow_policy = Ws.OverflowPolicy.DROP_OLDEST
    for word in ("ding", "dong"):
        sender.emit("said", word)
    assert connection.props.queued_bytes > 1
    assert connection.props.n_dropped == 1
    wait(lambda: receiver.heard)
    assert receiver.heard == ["on dong"]


def test_slots():
    sender, receiver = Bell(), Bell()
    Ws.connect_slot(sender, "said", receiver, "write", Ws.ConnectFlags.AUTO)
    sender.emit("said", "ding")
    assert receiver.heard == ["ding"]
    Ws.connect_slot(sender, "rang", receiver, "write", Ws.ConnectFlags.UNIQUE)
    sender.emit("rang")
    assert receiver.heard == ["ding", None]
    again = (sender, "rang", receiver, "write", Ws.ConnectFlags.UNIQUE)
    expect_error(Ws.SocketError.OPERATION, ["rang"], Ws.connect_slot, *again)


def test_refusals():
    sender, receiver = Bell(), Bell()
    invalid = Ws.SocketError.INVALID_ARGUMENT
    expect_error(
        invalid, ["tolls", "rang"], Ws.connect, sender, "tolls", receiver, print, 0
    )
    expect_error(
        invalid, ["said", "write"], Ws.connect_slot, sender, "rang", receiver, "said", 0
    )
    expect_error(
        invalid,
        ["GParam", "gchararray"],
        Ws.connect_slot,
        sender,
        "notify::number",
        receiver,
        "write",
        0,
    )
    expect_error(
        invalid,
        ["ssl-errors", "answered"],
        Ws.connect,
        Ws.Socket(),
        "ssl-errors",
        receiver,
        print,
        Ws.ConnectFlags.QUEUED,
    )
    expect_error(
        invalid,
        ["slot"],
        Ws.connect,
        sender,
        "rang",
        receiver,
        print,
        Ws.ConnectFlags.UNIQUE,
    )


def test_life():
    """Neither end is kept alive, and the connection ends with each."""
    for which in range(2):
        ends = [Bell(), Bell()]
        connection = Ws.connect(ends[0], "said", ends[1], Bell.on_said, 0)
        gone = weakref.ref(ends[which])
        ends[which] = None
        gc.collect()
        assert gone() is None
        assert not connection.props.connected


def test_object():
    sender, receiver = Bell(), Bell()
    connection = Ws.Connection(
        sender=sender, signal="said", receiver=receiver, slot="write"
    )
    assert connection.props.connected and connection.props.error_string == ""
    del connection
    gc.collect()
    sender.emit("said", "ding")
    assert receiver.heard == ["ding"]


def test_thread():
    """What a thread emits arrives in this one."""
    sender, receiver = Bell(), Bell()
    where = []
    Ws.connect(
        sender,
        "said",
        receiver,
        lambda bell, text: where.append((threading.current_thread(), text)),
        Ws.ConnectFlags.AUTO,
    )
    thread = threading.Thread(target=sender.emit, args=("said", "ding"))
    thread.start()
    wait(lambda: where)
    thread.join()
    assert where == [(threading.main_thread(), "ding")]


def test_sockets():
    """A client that answers, without a line of code for it."""
    server = Ws.Server(server_name="signals")
    assert server.listen(None, 0)
    accepted = []
    Ws.connect(
        server,
        "client-connected",
        server,
        lambda server, socket: accepted.append(socket),
        0,
    )
    bell, heard, client = Bell(), Bell(), Ws.Socket(url=server.props.url)
    Ws.connect_slot(client, "text-message-received", client, "send-binary-message", 0)
    Ws.connect_slot(bell, "rang", client, "open", 0)
    bell.emit("rang")
    wait(lambda: client.is_valid() and accepted)
    Ws.connect_slot(
        accepted[0],
        "binary-message-received",
        heard,
        "write",
        Ws.ConnectFlags.QUEUED,
    )
    Ws.connect_slot(bell, "said", accepted[0], "send-text-message", 0)
    bell.emit("said", "grüße 🦊")
    wait(lambda: heard.heard)
    assert heard.heard == ["grüße 🦊"]
    Ws.connect_slot(heard, "rang", client, "close", 0)
    heard.emit("rang")
    wait(lambda: client.props.state == Ws.State.UNCONNECTED)
    assert client.props.close_code == 1000
    # A slot that fails signals it.
    errors = []
    client.connect("error", lambda socket, error: errors.append(error.code))
    client.emit("send-text-message", "too late")
    assert errors == [Ws.SocketError.NOT_CONNECTED], errors
    assert client.props.status == Ws.Status.CLOSED
    server.close()


def main():
    test_functions()
    test_queued()
    test_bound()
    test_slots()
    test_refusals()
    test_life()
    test_object()
    test_thread()
    test_sockets()


if __name__ == "__main__":
    main()
