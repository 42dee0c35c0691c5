#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on a public symbol of a GIR file that no binding can use, that hides a
method of GObject's there, or that has no doc comment for a binding's manual to
show.

usage: check-introspectable.py FILE.gir
"""

import sys
import xml.etree.ElementTree as ElementTree

# Macros with arguments are for C alone.
C_ONLY = {"function-macro"}

# A virtual method is explained where its class structure is.
DOCUMENTED = {
    "bitfield",
    "class",
    "constant",
    "constructor",
    "enumeration",
    "function",
    "function-macro",
    "interface",
    "member",
    "method",
    "property",
    "signal",
}
# GObject has these in every binding.
OF_GOBJECT = {
    "bind_property",
    "connect",
    "connect_after",
    "disconnect",
    "emit",
    "emit_by_name",
    "freeze_notify",
    "get_property",
    "handler_block",
    "handler_unblock",
    "notify",
    "ref",
    "run_dispose",
    "set_property",
    "thaw_notify",
    "unref",
}
SIGNAL_NAME = "{http://www.gtk.org/introspection/glib/1.0}name"


def tag_of(element):
    return element.tag.rsplit("}", 1)[-1]


def symbols(element, path):
    """Yields every element with a name, and the names that lead to it."""
    for child in element:
        name = child.get("name") or child.get(SIGNAL_NAME)
        inner = path + [name] if name else path
        if name:
            yield child, ".".join(inner)
        yield from symbols(child, inner)


def hidden_methods(root):
    for element in root.iter():
        if tag_of(element) in ("class", "interface"):
            for child in element:
                if tag_of(child) == "method" and child.get("name") in OF_GOBJECT:
                    yield "%s.%s" % (element.get("name"), child.get("name"))


def problems(root):
    for name in hidden_methods(root):
        yield f"{name}: hides a method of GObject"
    for element, name in symbols(root, []):
        tag = tag_of(element)
        if element.get("introspectable") == "0" and tag not in C_ONLY:
            yield f"{name}: this {tag} is not introspectable"
        if tag in DOCUMENTED and all(tag_of(child) != "doc" for child in element):
            yield f"{name}: this {tag} has no doc comment"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(problems(ElementTree.parse(sys.argv[1]).getroot()))
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
