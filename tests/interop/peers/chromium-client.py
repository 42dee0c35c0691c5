#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium examines our servers:

chromium-client.py PINNED-CERTIFICATE EXTENSION,… URL…

For each URL there is the extension that the browser and we are to agree on, or
the word none. The page tells in its text how it went; no other way of driving a browser is
needed. Prints TAP.
"""

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile
from urllib.parse import quote

DEADLINE = 60
EXPECTED = """\
opened two
extension %s
text grüße €
binary 0 255 128
large 300000 true
closed 4321 tschüß true
was closed 4001 bis bald true
"""


def pin(certificate):
    """The digest of its public key."""
    key = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-pubkey"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    der = base64.b64decode("".join(key.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def browse(certificate, urls):
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.html")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + folder,
            "--ignore-certificate-errors-spki-list=" + pin(certificate),
            "--dump-dom",
            "file://%s?%s" % (quote(page), quote(",".join(urls), safe="")),
        ]
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=DEADLINE,
            check=False,
        )


def main():
    certificate, extensions, *urls = sys.argv[1:]
    expected = [EXPECTED % extension for extension in extensions.split(",")]
    result = browse(certificate, urls)
    dom = result.stdout.decode()
    told = re.search("<pre>(.*?)</pre>", dom, re.DOTALL)
    told = html.unescape(told[1]) if told else ""
    print("1..%d" % len(urls))
    size = len(EXPECTED.splitlines())
    lines = told.splitlines(keepends=True)
    is_good = told == "".join(expected) and len(expected) == len(urls)
    for number, url in enumerate(urls, 1):
        part = "".join(lines[(number - 1) * size : number * size])
        verdict = "ok" if part in expected[number - 1 : number] else "not ok"
        print(verdict, number, url.partition(":")[0])
    if not is_good:
        for line in (told or dom + result.stderr.decode()).splitlines():
            print("# " + line)
    sys.exit(not is_good)


main()
