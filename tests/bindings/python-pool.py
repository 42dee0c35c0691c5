#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pool of servers, its figures, and those who watch it."""

import asyncio
import urllib.request

import gi

gi.require_version("Ws", "1.0")
from gi.repository import Gio, Ws


def set_up(server, *_):
    server.props.server_name = "pool"
    server.connect("client-connected", on_client)


def on_client(_server, client):
    client.connect("text-message-received", Ws.Socket.send_text_message)


def fetch(port, path):
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path)) as answer:
        return answer.read().decode()


async def main():
    pool = Ws.ServerPool.new(2, Ws.SslMode.NON_SECURE, set_up)
    address = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4)
    pool.listen(address, 0)
    watcher = Ws.Server(server_name="watcher")

    def on_http(_watcher, request, response):
        if not pool.answer_health(request, response):
            response.refuse(404, None)

    watcher.connect("http-request", on_http)
    watcher.listen(address, 0)
    url = "ws://127.0.0.1:%d/" % pool.get_server_port()
    for _ in range(4):
        async with Ws.connect(url) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"
    async with Ws.connect(url):
        figures = await pool.get_statistics_async()
        assert figures.connections_total == 5, figures.connections_total
        assert figures.connections >= 1, figures.connections
        assert figures.messages_received == 4, figures.messages_received
        text = await pool.dup_metrics_async()
        assert 'ws_connections_total{server="pool"} 5\n' in text, text
        ask = asyncio.get_running_loop().run_in_executor
        port = watcher.get_server_port()
        assert await ask(None, fetch, port, "/healthz") == "ok\n"
        assert "ws_draining" in await ask(None, fetch, port, "/metrics")
    await pool.drain_async(0)
    figures = await pool.get_statistics_async()
    assert figures.connections == 0 and figures.connections_total == 5


Ws.run(main())
