#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chats in the window of the program in C: gtk-chat.py [URL [NAME]]"""
import gi, sys
from pathlib import Path
from urllib.parse import quote
gi.require_version("Gtk", "4.0")
gi.require_version("Ws", "1.0")
from gi.repository import GLib, GObject, Gtk, Ws
import certificate_dialog
HERE = Path(__file__).resolve().parent
for kind in (Ws.MessageLog, Ws.MessageLogEntry, Ws.ReconnectPolicy, Ws.Socket):
    GObject.type_ensure(kind)  # a builder finds only types that are known

@Gtk.Template(filename=str(HERE / "chat-window.ui"))
class ChatWindow(Gtk.ApplicationWindow):
    __gtype_name__ = "ChatWindow"
    socket, stack, list, url, nickname, entry = map(
        Gtk.Template.Child, "socket stack list url nickname entry".split())
    def start(self, url="", name=GLib.get_user_name()):
        row, css = GLib.Bytes((HERE / "chat-row.ui").read_bytes()), Gtk.CssProvider()
        self.list.set_factory(Gtk.BuilderListItemFactory.new_from_bytes(None, row))
        css.load_from_path(str(HERE / "chat.css"))
        Gtk.StyleContext.add_provider_for_display(self.get_display(), css, 600)
        self.add_action_entries([("reconnect", lambda *_: self.socket.open()),
                                 ("leave", lambda *_: self.socket.close())])
        certificate_dialog.load(self.socket.props.ssl_configuration)
        self.socket.connect("ssl-errors", self.on_ssl_errors)
        self.nickname.set_text(name)
        self.url.set_text(url)
        self.present()
        if url:
            self.on_join()
    @Gtk.Template.Callback()
    def on_join(self, button=None):
        nick = "?nick=" + quote(self.nickname.get_text())
        self.socket.set_properties(url=self.url.get_text() + nick, active=True)
        self.stack.set_visible_child_name("chat")
    @Gtk.Template.Callback()
    def on_send(self, widget):
        if self.socket.props.is_connected and self.entry.get_text():
            self.socket.send_text_message(self.entry.get_text())
            self.entry.set_text("")
    def on_ssl_errors(self, socket, errors):
        certificate_dialog.CertificateDialog(transient_for=self).ask(socket, errors)
application = Gtk.Application()
application.connect("activate", lambda a: ChatWindow(application=a).start(*sys.argv[1:]))
application.run()
