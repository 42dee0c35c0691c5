#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on a public symbol of a GIR file that no binding can use.

usage: check-introspectable.py FILE.gir
"""

import sys
import xml.etree.ElementTree as ElementTree

# Macros with arguments are for C alone.
C_ONLY = {"function-macro"}


def symbols(element, path):
    """Yields each element that is marked, with the names that lead to it."""
    for child in element:
        tag = child.tag.rsplit("}", 1)[-1]
        name = child.get("name")
        inner = path + [name] if name else path
        if child.get("introspectable") == "0" and tag not in C_ONLY:
            yield tag, ".".join(inner)
        yield from symbols(child, inner)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(symbols(ElementTree.parse(sys.argv[1]).getroot(), []))
    for tag, name in found:
        print(f"{name}: this {tag} is not introspectable")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
