# SPDX-License-Identifier: LGPL-2.1-or-later
"""A broker written in Python carries publications between two processes.

The one that was there first numbers what both publish: what it gets and what it
says itself it hands on to the other one, which takes all from there.
"""

import socket
import struct
import subprocess
import sys
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

DEADLINE = 20  # seconds; nothing waits for it but a hanging test
HEAD = struct.Struct(">II")


class PairBroker(Ws.Broker):
    """Speaks to one of its kind at the other end of a pair of sockets."""

    def __init__(self, end, is_first):
        super().__init__()
        self.end, self.is_first = end, is_first
        self.input = b""
        self.topics = set()
        GLib.io_add_watch(end.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN, self._on_input)
        self.set_state(Ws.BrokerState.CONNECTED)

    def do_subscribe(self, topic):
        self.topics.add(topic)

    def do_unsubscribe(self, topic):
        self.topics.discard(topic)

    def do_carry(self, publication, query):
        topic, data = publication.get_topic(), publication.to_bytes().get_data()
        self._say(topic, data)
        if self.is_first:
            self.deliver(publication)
        query.succeed()

    def _say(self, topic, data):
        name = topic.encode()
        self.end.sendall(HEAD.pack(len(name), len(data)) + name + data)

    def _on_input(self, _fd, _condition):
        data = self.end.recv(65536)
        self.input += data
        while len(self.input) >= HEAD.size:
            n, m = HEAD.unpack_from(self.input)
            end = HEAD.size + n + m
            if len(self.input) < end:
                break
            topic = self.input[HEAD.size : HEAD.size + n].decode()
            payload = self.input[HEAD.size + n : end]
            self.input = self.input[end:]
            if self.is_first:
                self._say(topic, payload)
            self.deliver(Ws.Publication.new_from_bytes(topic, GLib.Bytes.new(payload)))
        return bool(data)


def make_server(broker):
    """A server whose clients say TOPIC TEXT to publish, and TOPIC to subscribe."""

    def on_client(_server, client):
        client.connect("text-message-received", on_message)

    def on_message(client, text):
        topic, _, rest = text.partition(" ")
        if rest:
            client.publish(topic, Ws.Message.new_text(rest))
        else:
            client.subscribe(topic)
            client.send_text_message("ok")

    server = Ws.Server.new("", Ws.SslMode.NON_SECURE)
    server.set_broker(broker)
    server.connect("client-connected", on_client)
    server.listen(None, 0)
    return server


def run_second(end):
    """What the child does: the second server, whose port is the first line."""
    loop = GLib.MainLoop()
    server = make_server(PairBroker(socket.socket(fileno=end), False))
    print(server.get_server_port(), flush=True)
    GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IO_HUP, lambda *_: loop.quit())
    loop.run()


class Peer:
    """A client that keeps what it gets."""

    def __init__(self, port):
        self.texts = []
        self.socket = Ws.Socket.new()
        self.socket.connect("text-message-received", lambda _s, text: self.texts.append(text))
        self.socket.open(f"ws://127.0.0.1:{port}")

    def say(self, text):
        self.socket.send_text_message(text)


class Broker(unittest.TestCase):
    def until(self, condition):
        expired = []
        timer = GLib.timeout_add_seconds(DEADLINE, expired.append, True)
        while not condition():
            self.assertFalse(expired)
            GLib.MainContext.default().iteration(True)
        if not expired:
            GLib.source_remove(timer)

    def test_two_processes(self):
        here, there = socket.socketpair()
        child = subprocess.Popen(
            [sys.executable, __file__, "second", str(there.fileno())],
            pass_fds=[there.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        there.close()
        try:
            server = make_server(PairBroker(here, True))
            ports = [server.get_server_port(), int(child.stdout.readline())]
            self.speak([Peer(port) for port in ports for _ in range(2)])
        finally:
            child.stdin.close()
            self.assertEqual(child.wait(), 0)
            child.stdout.close()
            server.close()

    def speak(self, peers):
        self.until(lambda: all(p.socket.get_state() == Ws.State.CONNECTED for p in peers))
        for peer in peers:
            peer.say("news")
        self.until(lambda: all(p.texts == ["ok"] for p in peers))
        for peer in peers:
            peer.texts.clear()
        for n in range(20):
            for i, peer in enumerate(peers):
                peer.say(f"news {i}-{n} häi")
        self.until(lambda: all(len(p.texts) == 60 for p in peers))
        for i, peer in enumerate(peers):
            # Not what it has said itself, and the rest in the order of all.
            self.assertFalse(any(text.startswith(f"{i}-") for text in peer.texts))
            for j in range(i):
                both = [
                    [t for t in p.texts if not t.startswith((f"{i}-", f"{j}-"))]
                    for p in (peer, peers[j])
                ]
                self.assertEqual(both[0], both[1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["second"]:
        run_second(int(sys.argv[2]))
    else:
        unittest.main()
