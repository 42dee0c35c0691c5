#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on a name in README.md or doc/*.md that the libraries do not have.

usage: check-guide.py FILE.gir…

Looked up are functions, macros, types and enumerators wherever they stand, and
in inline code the properties and signals: every word with a hyphen, in the
tables that say what takes the place of Qt's members every word.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

import sources

IDENTIFIER = "{http://www.gtk.org/introspection/c/1.0}identifier"
C_TYPE = "{http://www.gtk.org/introspection/c/1.0}type"
TYPE_NAME = "{http://www.gtk.org/introspection/glib/1.0}type-name"
GET_TYPE = "{http://www.gtk.org/introspection/glib/1.0}get-type"
SIGNAL_NAME = "{http://www.gtk.org/introspection/glib/1.0}name"

# Words with a hyphen that are no property or signal.
OTHER_WORDS = {
    "ca-certificates",
    "check-send-proxy",
    "clicked",
    "echo-server",
    "gjs-runtime",
    "kebab-case",
    "libglib-object-introspection-perl",
    "lua-lgi",
    "ping-button",
    "python-runtime",
    "ruby-gobject-introspection",
    "send-proxy",
    "systemd-socket-activate",
    "ws-glib",
    "ws-glib-tools",
}
# The guide has these for lack of a member.
NOT_MEMBERS = {"wss", "ws"}

# Tells of what no header shows.
INTERNAL = {"doc/architecture.md"}

C_NAME = re.compile(r"\b(?:ws|WS)_\w+\b|\bWs(?!Redis\b)[A-Z]\w+\b")
BINDING_NAME = re.compile(r"\bWs\.([A-Z]\w+)(?:\.([A-Z][A-Z0-9_]*)\b)?")
INLINE = re.compile(r"(?<!`)`([^`\n]+)`")
WORD = re.compile(r"^[a-z]+(?:-[a-z]+)*$")
# What the overrides add.
OVERRIDES = (
    "introspection/overrides/_ws_values.py",
    "introspection/overrides/WsInbox.js",
    "introspection/overrides/WsWebSocket.js",
)
# Variables of the environment, fields of the log, and metrics.
TOLD = ("ws-glib/net/ws-log.c", "ws-glib/server/ws-server-metrics.c")
TOLD_NAME = re.compile(r'"((?:ws|WS)_\w+)"')
OVERRIDE_CLASS = re.compile(r"^ *class ([A-Z]\w+)", re.M)
ENDING = re.compile(r"^(_[A-Za-z]\w+)(?: ?\(.*\))?$")


class Names:
    """What a GIR file declares, by the kind of name."""

    def __init__(self, girs):
        self.c = {"WsServerClass", "WsSocketClass"}
        self.binding = set()
        self.members = set()
        self.enumerators = set()
        for gir in girs:
            for element in ElementTree.parse(gir).getroot().iter():
                self._add(element, element.tag.rsplit("}", 1)[-1])
        for name in OVERRIDES:
            self.binding |= set(OVERRIDE_CLASS.findall(sources.read(name)))
        for name in TOLD:
            self.c |= set(TOLD_NAME.findall(sources.read(name)))
        for name in [name for name in self.c if name.isupper()]:
            self.c |= {name.rsplit("_", n)[0] for n in range(1, name.count("_"))}

    def _add(self, element, tag):
        for key in (IDENTIFIER, C_TYPE, TYPE_NAME, GET_TYPE):
            name = element.get(key)
            if name and name.lower().startswith("ws"):
                self.c.add(name)
                if key == GET_TYPE:
                    self.c.add("WS_TYPE_" + name[len("ws_") : -len("_get_type")].upper())
        if tag in ("property", "signal"):
            self.members.add(element.get("name") or element.get(SIGNAL_NAME))
        elif tag in ("class", "record", "enumeration", "bitfield", "function"):
            self.binding.add(element.get("name"))
        elif tag == "member":
            self.enumerators.add(element.get("name").upper())

    def check_code(self, text):
        """Problems with C's names and the bindings' in any text."""
        for name in C_NAME.findall(text):
            if name not in self.c and not name.startswith("WS_AVAILABLE_"):
                yield name
        for name, enumerator in BINDING_NAME.findall(text):
            if name not in self.binding:
                yield "Ws." + name
            elif enumerator and enumerator not in self.enumerators:
                yield "Ws.%s.%s" % (name, enumerator)

    def check_inline(self, word, only_members):
        """Whether a property, a signal or a name's ending exists."""
        ending = ENDING.match(word)
        if ending:
            return any(name.endswith(ending.group(1)) for name in self.c)
        if not WORD.match(word) or word in OTHER_WORDS:
            return True
        if only_members:
            return word in self.members | NOT_MEMBERS
        return "-" not in word or word in self.members


def right_of_table(line):
    """The second column, if the line is of a table with two."""
    cells = re.split(r"(?<!\\)\|", line)
    return cells[2] if len(cells) == 4 else ""


def check(names, text, is_guide):
    """Yields the number of the line and the name for each that is unknown."""
    in_block = False
    in_comparison = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            in_block = not in_block
        for name in names.check_code(line):
            yield number, name
        if line.startswith("#"):
            in_comparison = is_guide and not line.startswith("## Differences")
        if in_block:
            continue
        replacement = right_of_table(line) if in_comparison else ""
        for word in INLINE.findall(line):
            only_members = "`" + word + "`" in replacement
            if not names.check_inline(word.removeprefix("notify::"), only_members):
                yield number, word


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    names = Names(sys.argv[1:])
    problems = []
    for name in sources.files(".md"):
        if name in INTERNAL:
            continue
        if name == "README.md" or name.startswith("doc/"):
            is_guide = name == "doc/coming-from-qt.md"
            for line, word in check(names, sources.read(name), is_guide):
                problems.append("%s:%d: the library has no %s" % (name, line, word))
    sources.finish(problems)


if __name__ == "__main__":
    main()
