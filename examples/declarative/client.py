#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of a chat, declared in chat.ui; this adds what is said and shown.

client.py [--url URL] [MESSAGE…]

Each MESSAGE is sent on joining, before those that are typed.
"""

import argparse
from pathlib import Path

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Ws", "1.0")
from gi.repository import GLib, GObject, Gtk, Ws

# A builder finds only types that are known.
for kind in (Ws.Socket, Ws.ReconnectPolicy, Ws.Connection):
    GObject.type_ensure(kind)


class Chat:
    """The handlers that chat.ui names."""

    def __init__(self, arguments):
        self.first_messages = arguments.message
        builder = Gtk.Builder(self)
        builder.add_from_file(str(Path(__file__).with_name("chat.ui")))
        self.socket = builder.get_object("socket")
        self.messages = builder.get_object("messages")
        self.entry = builder.get_object("entry")
        self.window = builder.get_object("window")
        # Before the main loop runs, which is what the opening waits for.
        if arguments.url:
            self.socket.props.url = arguments.url

    def show_message(self, socket, text):
        self.messages.insert(self.messages.get_end_iter(), text + "\n")

    def show_pong(self, socket, elapsed, payload):
        self.show_message(socket, "(pong after %d ms)" % elapsed)

    def say(self, text):
        try:
            self.socket.send_text_message(text)
        except GLib.Error as error:
            self.show_message(self.socket, "(%s)" % error.message)

    def say_entry(self, entry):
        self.say(entry.get_text())
        entry.set_text("")

    def say_arguments(self, socket):
        for message in self.first_messages:
            self.say(message)
        self.first_messages = []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="the server's; chat.ui has a default")
    parser.add_argument("message", nargs="*", help="what to say on joining")
    chat = Chat(parser.parse_args())
    loop = GLib.MainLoop()
    chat.window.connect("close-request", lambda window: loop.quit())
    chat.window.present()
    loop.run()


main()
