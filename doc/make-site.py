#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a site of a GIR, and fails if one of its links leads nowhere.

make-site.py GI-DOCGEN FOLDER ARGUMENT…

gi-docgen complains of names that it does not know. But of what it does know it
makes links to pages that it has not written: for a constructor that other languages
have under another's name it looks among the functions.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

OTHER_NAME = re.compile(r'"type_func\.(\w+\.\w+)\.html"><code>\(\)')


class Page(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.links += [values[n] for n in ("href", "src") if values.get(n)]
        self.anchors |= {values[n] for n in ("id", "name") if values.get(n)}


def repair(folder):
    for path in folder.glob("ctor.*.html"):
        text = path.read_text(encoding="utf-8")
        repaired = OTHER_NAME.sub(r'"ctor.\1.html"><code>\1()', text)
        if repaired != text:
            path.write_text(repaired, encoding="utf-8")


def check(folder):
    """Yields what is wrong with the links within @folder."""
    pages = {
        path: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")
    }
    for path, page in pages.items():
        for link in sorted(set(page.links)):
            url = urlsplit(link)
            # Another site's, or another folder's.
            if url.scheme or url.netloc or url.path.startswith("../"):
                continue
            target = folder / unquote(url.path) if url.path else path
            if not target.exists():
                yield "%s: there is no %s" % (path.name, link)
            elif url.fragment and target in pages:
                if unquote(url.fragment) not in pages[target].anchors:
                    yield "%s: no anchor for %s" % (path.name, link)


def main():
    generator, name, *arguments = sys.argv[1:]
    folder = Path(name).resolve()
    command = [generator, "generate", "--quiet", "--no-namespace-dir"]
    command += ["--fatal-warnings", "--output-dir=" + name, *arguments]
    status = subprocess.run(command).returncode
    if status:
        return status
    repair(folder)
    problems = list(check(folder))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
