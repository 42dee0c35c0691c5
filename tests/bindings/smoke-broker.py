#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brokers from Python: one that is derived there, and a pool with threads."""

import threading
import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws

from waiting import wait


class Loop(Ws.Broker):
    """Carries everything back to where it came from, as bytes."""

    def __init__(self):
        super().__init__()
        self.wanted = []

    def do_carry(self, publication, query):
        topic = publication.get_topic()
        copy = Ws.Publication.new_from_bytes(topic, publication.to_bytes())
        query.succeed()
        self.deliver(copy)

    def do_subscribe(self, topic):
        self.wanted.append(topic)

    def do_read_history(self, query):
        query.set_position("epoch", 0)
        query.succeed()


class Server:
    """Echoes what a client says to all who listen to "room", here or there."""

    def __init__(self, broker):
        self.server = Ws.Server.new(None, Ws.SslMode.NON_SECURE)
        self.server.set_broker(broker)
        set_up(self.server)
        self.server.listen(None, 0)
        self.port = self.server.get_server_port()


def set_up(server, *data):
    def on_text(client, text):
        client.publish("room", Ws.Message.new_text(text))

    def on_client(server, client):
        client.subscribe("room")
        client.connect("text-message-received", on_text)
        client.send_text_message("ready")

    server.connect("client-connected", on_client)


class Clients:
    """Clients of one port each, and what they have got."""

    def __init__(self, *ports):
        self.got = [[] for port in ports]
        self.sockets = []
        for port, got in zip(ports, self.got):
            socket = Ws.Socket()
            socket.connect(
                "text-message-received", lambda s, text, got=got: got.append(text)
            )
            socket.open("ws://127.0.0.1:%d" % port)
            self.sockets.append(socket)
        wait(lambda: all(got == ["ready"] for got in self.got))

    def close(self):
        for socket in self.sockets:
            socket.abort()


class Brokers(unittest.TestCase):
    def check_two_servers(self, broker):
        servers = [Server(broker), Server(broker)]
        clients = Clients(servers[0].port, servers[1].port, servers[1].port)
        clients.sockets[0].send_text_message("hello\0you")
        wait(lambda: all(len(got) == 2 for got in clients.got[1:]))
        self.assertEqual(clients.got[0], ["ready"])
        clients.close()
        return servers

    def test_memory(self):
        broker = Ws.MemoryBroker.new()
        self.check_two_servers(broker)
        self.assertEqual(broker.props.state, Ws.BrokerState.CONNECTED)
        self.assertEqual(broker.get_statistics().n_published, 1)

    def test_derived(self):
        broker = Loop()
        broker.set_state(Ws.BrokerState.CONNECTED)
        self.check_two_servers(broker)
        self.assertEqual(broker.wanted, ["", "room"])

    def test_unconnected(self):
        publication = Ws.Publication.new("room", Ws.Message.new_text("x"))
        with self.assertRaisesRegex(GLib.Error, "no connection yet"):
            Loop().publish(publication)

    def test_foreign(self):
        with self.assertRaisesRegex(GLib.Error, "something else has put it there"):
            Ws.Publication.new_from_bytes("room", GLib.Bytes.new(b"junk"))

    def test_pool(self):
        threads = []

        def note(server, *data):
            threads.append(threading.get_ident())
            set_up(server)

        pool = Ws.ServerPool.new(2, Ws.SslMode.NON_SECURE, note)
        pool.listen(None, 0)
        self.assertEqual(len(set(threads) - {threading.get_ident()}), 2)
        clients = Clients(*[pool.get_server_port()] * 6)
        clients.sockets[0].send_text_message("all")
        wait(lambda: all(got == ["ready", "all"] for got in clients.got[1:]))
        clients.close()
        over = []
        pool.drain_async(0, None, lambda pool, result: over.append(result))
        wait(lambda: over)
        self.assertTrue(pool.drain_finish(over[0]))


if __name__ == "__main__":
    unittest.main()
