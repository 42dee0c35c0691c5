#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on a link of gi-docgen's kind, as [method@Socket.close], in the doc comments
of a GIR file to what is not there, or is of another kind.

usage: check-doc-links.py FILE.gir…
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

import sources

CORE = "{http://www.gtk.org/introspection/core/1.0}"
SIGNAL = "{http://www.gtk.org/introspection/glib/1.0}signal"
ERROR_DOMAIN = "{http://www.gtk.org/introspection/glib/1.0}error-domain"

LINK = re.compile(r"\[(?:`|)([a-z]+)@([^\]`]+)(?:`|)\]")
# The element -> what a link to it is called, and what stands before its name.
MEMBERS = {
    CORE + "constructor": ("ctor", "."),
    CORE + "function": ("func", "."),
    CORE + "method": ("method", "."),
    CORE + "property": ("property", ":"),
    CORE + "virtual-method": ("vfunc", "."),
    SIGNAL: ("signal", "::"),
}
TYPES = {
    CORE + "bitfield": "flags",
    CORE + "callback": "callback",
    CORE + "class": "class",
    CORE + "constant": "const",
    CORE + "enumeration": "enum",
    CORE + "function": "func",
    CORE + "interface": "iface",
    CORE + "record": "struct",
}


def links_to(namespace):
    """Each link that leads somewhere: (kind, name)."""
    prefix = namespace.get("name") + "."
    for element in namespace:
        kind = TYPES.get(element.tag)
        if kind is None:
            continue
        if element.get(ERROR_DOMAIN):
            kind = "error"
        name = prefix + element.get("name")
        yield kind, name
        yield "type", name
        for member in element:
            of_member, mark = MEMBERS.get(member.tag, (kind, "."))
            if member.tag in MEMBERS or member.tag == CORE + "member":
                yield of_member, name + mark + member.get("name")


def check(namespaces):
    """Yields (element's name, link) for each that leads nowhere."""
    known = set()
    for namespace in namespaces:
        known.update(links_to(namespace))
    ours = {namespace.get("name") for namespace in namespaces}
    for namespace in namespaces:
        own = namespace.get("name")
        parents = {child: parent for parent in namespace.iter() for child in parent}
        for doc in namespace.iter(CORE + "doc"):
            for kind, name in LINK.findall(doc.text or ""):
                head = re.split(r"[.:]", name)[0]
                # Of another library.
                if head in ("GLib", "GObject", "Gio") or kind == "id":
                    continue
                whole = name if head in ours else own + "." + name
                if (kind, whole) not in known:
                    yield parents[doc].get("name"), "[%s@%s]" % (kind, name)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    roots = [ElementTree.parse(gir).getroot() for gir in sys.argv[1:]]
    found = check([root.find(CORE + "namespace") for root in roots])
    sources.finish(["%s: %s leads nowhere" % problem for problem in found])


if __name__ == "__main__":
    main()
