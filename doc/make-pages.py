#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes pages for gi-docgen of those that are read in the repository.

make-pages.py FILE.gir[,MORE.gir=WHERE…] FOLDER PAGE.md…

In the repository a page begins with its heading, and links to other files by
their names. On the site the heading is the title as well, pages are .html, files
that are no pages have no link, and the names of functions, types and their members
are links to the reference; those of MORE.gir lead to its own, in the folder WHERE.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CORE = "{http://www.gtk.org/introspection/core/1.0}"
IDENTIFIER = "{http://www.gtk.org/introspection/c/1.0}identifier"
C_TYPE = "{http://www.gtk.org/introspection/c/1.0}type"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
ERROR_DOMAIN = GLIB + "error-domain"

# The element of the GIR -> what gi-docgen calls the page.
TYPES = {
    "class": "class",
    "interface": "iface",
    "record": "struct",
    "enumeration": "enum",
    "bitfield": "flags",
}
CALLS = {"method": "method", "constructor": "ctor", "function": "type_func"}
# The same of what C has no name for -> how that is written behind the type's.
MEMBERS = {
    "property": ("property", ":"),
    GLIB + "signal": ("signal", "::"),
    "virtual-method": ("vfunc", "Class."),
}

BLOCK = re.compile(r"(^```.*?^```$|(?:^ {4}[^\n]*\n)+)", re.M | re.S)
HEADING = re.compile(r"^# (.*)$", re.M)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
# A name of C, or as GObject has those of members: "WsServer:broker",
# "WsServer::closed", "WsBrokerClass.carry".
CODE = re.compile(r"(?<![`\[])`(\w+(?:(?:::?|\.)[\w-]+)?)((?: ?\([^`]*\))?)`(?![`\]])")


def pages_of(gir):
    """C's name of a function or type, or a member's name -> its page."""
    namespace = ElementTree.parse(gir).getroot().find(CORE + "namespace")
    pages = {}
    for element in namespace:
        tag = element.tag.removeprefix(CORE)
        name = element.get("name")
        if tag == "function" and not element.get("moved-to"):
            pages[element.get(IDENTIFIER)] = "func.%s.html" % name
        if tag not in TYPES:
            continue
        kind = "error" if element.get(ERROR_DOMAIN) else TYPES[tag]
        # The structs of classes are no pages of their own.
        if not name.endswith("Class"):
            pages[element.get(C_TYPE)] = "%s.%s.html" % (kind, name)
        for member in element:
            what, mark = MEMBERS.get(member.tag.removeprefix(CORE), (None, None))
            if what:
                written = element.get(C_TYPE) + mark + member.get("name")
                pages[written] = "%s.%s.%s.html" % (what, name, member.get("name"))
        for call in element:
            what = CALLS.get(call.tag.removeprefix(CORE))
            if what and call.get("introspectable") != "0" and not call.get("moved-to"):
                page = "%s.%s.%s.html" % (what, name, call.get("name"))
                pages[call.get(IDENTIFIER)] = page
    return pages


def make_link(match, names):
    """A link of the repository, as it is on the site."""
    image, text, target = match.groups()
    path, mark, anchor = target.partition("#")
    if image:
        return "![%s](%s)" % (text, Path(path).name)
    if ":" in target or not path:
        return match.group()
    if path in names:
        return "[%s](%s%s%s)" % (text, path.replace(".md", ".html"), mark, anchor)
    return text


def make_text(text, names, pages):
    def make_code(match):
        page = pages.get(match[1])
        return "[%s](%s)" % (match.group(), page) if page else match.group()

    parts = []
    end = 0
    for link in LINK.finditer(text):
        parts.append(CODE.sub(make_code, text[end : link.start()]))
        parts.append(make_link(link, names))
        end = link.end()
    return "".join(parts) + CODE.sub(make_code, text[end:])


def make_page(source, names, pages):
    title = HEADING.search(source)[1]
    parts = [
        part if number % 2 else make_text(part, names, pages)
        for number, part in enumerate(BLOCK.split(source))
    ]
    return "Title: %s\n\n%s" % (title, "".join(parts))


def main():
    girs, folder, *sources = sys.argv[1:]
    pages = {}
    for gir in girs.split(","):
        file, _, where = gir.partition("=")
        pages.update((name, where + page) for name, page in pages_of(file).items())
    names = {Path(source).name for source in sources}
    for source in sources:
        text = make_page(Path(source).read_text(encoding="utf-8"), names, pages)
        (Path(folder) / Path(source).name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
