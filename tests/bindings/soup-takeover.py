# SPDX-License-Identifier: LGPL-2.1-or-later
"""Looks at the page of a SoupServer, and connects to the WsServer behind it.

usage: soup-takeover.py PROGRAM
"""

import http.client
import subprocess
import sys

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


def fetch(port, path):
    client = http.client.HTTPConnection("127.0.0.1", port, DEADLINE)
    client.request("GET", path)
    response = client.getresponse()
    text = response.read().decode()
    client.close()
    return response.status, text


def talk(port):
    loop = GLib.MainLoop()
    seen = []
    client = Ws.Socket(url=f"ws://127.0.0.1:{port}/echo?room=1")

    def on_text(client, text):
        seen.append(text)
        client.close(Ws.CloseCode.NORMAL, None)

    client.connect("error", lambda _client, error: seen.append(error.message))
    client.connect("connected", lambda client: client.send_text_message("hello"))
    client.connect("text-message-received", on_text)
    client.connect("disconnected", lambda _client: loop.quit())
    client.open(None)
    watchdog = GLib.timeout_add_seconds(DEADLINE, loop.quit)
    loop.run()
    GLib.source_remove(watchdog)
    assert seen == ["hello"], seen
    assert client.props.was_clean
    assert client.props.close_code == Ws.CloseCode.NORMAL


def main(program):
    with subprocess.Popen([program, "0"], stdout=subprocess.PIPE) as server:
        try:
            line = server.stdout.readline().decode()
            port = int(line.rsplit(":", 1)[1].strip("/\n"))
            for _ in range(2):
                assert fetch(port, "/")[0] == 200
                assert "new WebSocket" in fetch(port, "/")[1]
                talk(port)
            assert fetch(port, "/nothing")[0] == 404
            assert fetch(port, "/echo")[0] == 426
            assert server.poll() is None
        finally:
            server.terminate()


main(sys.argv[1])
