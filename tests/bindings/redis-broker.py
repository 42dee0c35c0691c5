# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that a Redis joins, from Python."""

import shutil
import subprocess
import tempfile
import unittest

import gi

gi.require_version("Ws", "1.0")
gi.require_version("WsRedis", "1.0")
from gi.repository import GLib, Ws, WsRedis  # noqa: E402

DEADLINE = 20  # seconds; nothing waits for it but a hanging test


class Redis(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            # It dies with the test.
            ["setpriv", "--pdeathsig", "KILL", "redis-server", "--port", "0", "--unixsocket", self.folder + "/socket"]
            + ["--dir", self.folder, "--save", ""],
            stdout=subprocess.PIPE,
        )
        for line in self.process.stdout:
            if b"eady to accept connections" in line:
                break
        self.url = f"redis+unix://{self.folder}/socket"

    def tearDown(self):
        self.process.kill()
        self.process.communicate()
        shutil.rmtree(self.folder)

    def until(self, condition):
        expired = []
        timer = GLib.timeout_add_seconds(DEADLINE, expired.append, True)
        while not condition():
            self.assertFalse(expired)
            GLib.MainContext.default().iteration(True)
        if not expired:
            GLib.source_remove(timer)

    def has_subscriber(self, topic):
        command = ["redis-cli", "-s", self.folder + "/socket", "PUBSUB", "CHANNELS", "*" + topic]
        return topic.encode() in subprocess.check_output(command)

    def on_client(self, _server, client):
        client.subscribe("h/x")
        client.announce("h/x", "Ann")

    def test_publish(self):
        brokers = [WsRedis.Broker.new(self.url), WsRedis.Broker(urls=[self.url])]
        servers = []
        for broker in brokers:
            broker.set_history("h/*", 10, 0)
            server = Ws.Server.new("", Ws.SslMode.NON_SECURE)
            server.set_broker(broker)
            server.connect("client-connected", self.on_client)
            server.listen(None, 0)
            servers.append(server)
        texts = []
        client = Ws.Socket.new()
        client.connect("text-message-received", lambda _s, text: texts.append(text))
        client.open(f"ws://127.0.0.1:{servers[1].get_server_port()}")
        self.until(lambda: servers[1].get_n_items() == 1)
        self.until(lambda: all(b.get_state() == Ws.BrokerState.CONNECTED for b in brokers))
        self.until(lambda: self.has_subscriber("h/x"))
        for i in range(3):
            servers[0].publish("h/x", Ws.Message.new_text(str(i)))
        self.until(lambda: len(texts) == 3)
        self.assertEqual(texts, ["0", "1", "2"])
        present = []
        brokers[0].read_presence_async("h/x", None, lambda b, r: present.append(b.read_presence_finish(r)))
        self.until(lambda: present)
        self.assertEqual(list(present[0].values()), ["Ann"])
        self.assertEqual(brokers[0].props.prefix, "ws:")
        self.assertEqual(brokers[0].get_statistics().n_published, 3)
        client.abort()

    def test_away(self):
        broker = WsRedis.Broker.new(self.url)
        errors = []
        broker.connect("error", lambda _broker, error: errors.append(error))
        self.until(lambda: broker.get_state() == Ws.BrokerState.CONNECTED)
        self.process.kill()
        self.until(lambda: broker.get_state() != Ws.BrokerState.CONNECTED)
        self.assertIn("Redis at", errors[0].message)
        message = Ws.Message.new_text("nobody")
        with self.assertRaises(GLib.Error) as raised:
            broker.publish(Ws.Publication.new("news", message))
        self.assertTrue(raised.exception.matches(Ws.SocketError.quark(), Ws.SocketError.NOT_CONNECTED))

    def test_wrong_url(self):
        with self.assertRaises(GLib.Error) as raised:
            WsRedis.Broker.new("http://localhost")
        self.assertIn("redis://", raised.exception.message)


    def test_await(self):
        async def talk():
            broker = WsRedis.Broker.new(self.url)
            broker.set_history("h/*", 10, 0)
            for text in ("a", "b"):
                message = Ws.Message.new_text(text)
                await broker.publish_async(Ws.Publication.new("h/x", message))
            kept, epoch, offset = await broker.read_history_async("h/x", None, 0, 10)
            self.assertEqual([p.get_message().data for p in kept], ["a", "b"])
            self.assertTrue(epoch)
            self.assertEqual(offset, 2)
            self.assertEqual(await broker.read_presence_async("h/x"), {})

        Ws.run(talk())


if __name__ == "__main__":
    unittest.main()
