#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium joins the chat by its page: chat-page.py CHAT-SERVER. Prints TAP.

A client of another library is in the room before, and sees it come and go.
"""

import asyncio
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import websockets

DEADLINE = 60


def fetch(url):
    """Status, type and text."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=DEADLINE) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def browse(url, folder):
    """A browser that stays."""
    return subprocess.Popen(
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
            "--remote-debugging-port=0",
            "--user-data-dir=" + folder,
            url,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def watch(url):
    """The lines that another member sees while the page joins and leaves."""
    async with websockets.connect(url + "/?nick=watcher") as watcher:
        await watcher.recv()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            browser = browse("http" + url[2:] + "/#anna", folder)
            try:
                joined = await asyncio.wait_for(watcher.recv(), DEADLINE)
            finally:
                browser.kill()
                browser.wait()
            left = await asyncio.wait_for(watcher.recv(), DEADLINE)
    return [joined, left]


def main():
    server = subprocess.Popen(
        [sys.argv[1], "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        url = server.stdout.readline().strip()
        page = fetch("http" + url[2:] + "/")
        missing = fetch("http" + url[2:] + "/favicon.ico")
        seen = asyncio.run(watch(url))
    finally:
        server.terminate()
        server.wait()
    results = [
        (page[0] == 200 and page[1].startswith("text/html"), "the page", page[:2]),
        (missing[0] == 404, "nothing else", missing[0]),
        (seen == ["* anna has joined", "* anna has left"], "the room", seen),
    ]
    print("1..%d" % len(results))
    for number, (is_good, name, detail) in enumerate(results, 1):
        print("%sok %d %s" % ("" if is_good else "not ", number, name))
        if not is_good:
            print("# %r" % (detail,))


main()
