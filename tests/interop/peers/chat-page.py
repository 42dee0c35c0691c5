#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium joins the chat by its page: chat-page.py CHAT-SERVER PAGE [FOLDER].
Prints TAP; pictures of the page go to FOLDER.

A client of another library is in the room before, and sees it come and go. The
browser is driven over its debugging protocol.
"""

import asyncio
import base64
import contextlib
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

import websockets

DEADLINE = 60
WIDTHS = {390: 844, 1280: 800}
SAY = """document.getElementById("line").value = %s;
document.forms[0].requestSubmit();"""


def fetch(url, method="GET"):
    """Status, type and text."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        request = urllib.request.Request(url, method=method)
        with opener.open(request, timeout=DEADLINE) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


class Server:
    """A chat server, which can come back at the same port."""

    def __init__(self, program):
        self.program = program
        self.port = "0"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--port", self.port], stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        self.port = self.url.rsplit(":", 1)[1]

    def stop(self, kill=False):
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


@contextlib.contextmanager
def browser():
    """A browser that shows nothing yet; the port of its debugging protocol."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            for line in process.stderr:
                if line.startswith("DevTools listening on "):
                    yield line.split("/")[2]
                    return
            raise AssertionError("Chromium did not start")
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


class Page:
    """A page of the browser."""

    def __init__(self, connection):
        self.connection = connection
        self.last = 0

    async def call(self, method, **parameters):
        self.last += 1
        await self.connection.send(
            json.dumps({"id": self.last, "method": method, "params": parameters})
        )
        while True:
            answer = json.loads(await asyncio.wait_for(self.connection.recv(), DEADLINE))
            if answer.get("id") == self.last:
                return answer["result"]

    async def run(self, script):
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def wait(self, text):
        """Until the page shows @text."""
        for _ in range(DEADLINE * 10):
            shown = await self.run("document.body ? document.body.innerText : ''")
            if text in shown:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the page does not show %r but %r" % (text, shown))

    async def look(self, width, scheme):
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=WIDTHS[width],
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        await self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    async def shoot(self, folder, name):
        picture = await self.call("Page.captureScreenshot", format="png")
        (Path(folder) / (name + ".png")).write_bytes(base64.b64decode(picture["data"]))


@contextlib.asynccontextmanager
async def open_page():
    with browser() as address:
        # Newer versions make a page for PUT only.
        target = json.loads(fetch("http://%s/json/new" % address, "PUT")[2])
        async with websockets.connect(
            target["webSocketDebuggerUrl"], max_size=None
        ) as connection:
            yield Page(connection)


async def hear(watcher):
    return await asyncio.wait_for(watcher.recv(), DEADLINE)


async def visit(server, page, folder):
    """The page joins, talks, is looked at, loses its server, and leaves."""
    seen, widths = [], []
    address = "http" + server.url[2:] + "/#anna"
    async with websockets.connect(server.url + "/?nick=ben") as ben:
        await hear(ben)
        await page.look(390, "light")
        await page.call("Page.navigate", url=address)
        await page.wait("Connected")
        seen.append(await hear(ben))
        await page.run(SAY % json.dumps("Good morning! Has anybody tried the new release?"))
        seen.append(await hear(ben))
        await ben.send("Yes, since yesterday. It reconnects by itself now.")
        await page.wait("since yesterday")
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                await page.look(width, scheme)
                widths.append(await page.run("document.scrollingElement.scrollWidth"))
                await page.shoot(folder, "chat-page-%d-%s" % (width, scheme))
    await page.look(390, "light")
    server.stop(kill=True)
    await page.wait("Reconnecting in")
    await page.shoot(folder, "chat-page-reconnecting")
    server.start()
    await page.wait("Connected")
    async with websockets.connect(server.url + "/?nick=ben") as ben:
        seen.append((await hear(ben)).split(" Comm")[0])
        await page.call("Page.navigate", url="about:blank")
        seen.append(await hear(ben))
    return seen, widths


async def vanish(page, file):
    """How the connection of a page ends that goes: the page, from elsewhere."""
    ends = asyncio.Queue()
    text = Path(file).read_bytes()

    def serve_page(connection, request):
        """Before websockets 14 these were a path and headers."""
        if getattr(request, "headers", request).get("Upgrade") is not None:
            return None
        kind = "text/html; charset=utf-8"
        if not hasattr(connection, "respond"):
            return HTTPStatus.OK, [("Content-Type", kind)], text
        response = connection.respond(HTTPStatus.OK, text.decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = kind
        return response

    async def keep(connection, _path=None):
        await connection.send("Hello, page")
        await connection.wait_closed()
        ends.put_nowait((connection.close_code, connection.close_reason))

    server = await websockets.serve(keep, "127.0.0.1", 0, process_request=serve_page)
    try:
        port = server.sockets[0].getsockname()[1]
        await page.call("Page.navigate", url="http://127.0.0.1:%d/" % port)
        await page.wait("Hello, page")
        await page.call("Page.navigate", url="about:blank")
        return await asyncio.wait_for(ends.get(), DEADLINE)
    finally:
        # Without waiting for a connection that the browser has to spare.
        server.close()


async def test(server, file, folder):
    async with open_page() as page:
        seen, widths = await visit(server, page, folder)
        return seen, widths, await vanish(page, file)


def main():
    server = Server(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        folder = sys.argv[3] if len(sys.argv) > 3 else scratch
        try:
            http = "http" + server.url[2:]
            page = fetch(http + "/")
            missing = fetch(http + "/favicon.ico")
            seen, widths, end = asyncio.run(test(server, sys.argv[2], folder))
        finally:
            server.stop()
    expected = [
        "* anna has joined",
        "anna: Good morning! Has anybody tried the new release?",
        "Hello ben! Here: anna, ben.",
        "* anna has left",
    ]
    results = [
        (page[0] == 200 and page[1].startswith("text/html"), "the page", page[:2]),
        (missing[0] == 404, "nothing else", missing[0]),
        (seen == expected, "the room", seen),
        (widths == [390, 390, 1280, 1280], "as wide as its window", widths),
        (end == (1000, "The page is gone"), "goodbye", end),
    ]
    print("1..%d" % len(results))
    for number, (is_good, name, detail) in enumerate(results, 1):
        print("%sok %d %s" % ("" if is_good else "not ", number, name))
        if not is_good:
            print("# %r" % (detail,))


main()
