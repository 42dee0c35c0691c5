#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares a VAPI with the GIR file that it was made from: a property is
nullable where its accessor may return NULL, for the scanner does not know, and
only the metadata can tell.

usage: check-vapi.py FILE.gir FILE.vapi
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
CLASS = re.compile(
    r"^\tpublic (?:sealed |abstract |static )*(?:class|interface) (\w+)")
# With at least one accessor, which no method has.
PROPERTY = re.compile(
    r"^\t\tpublic (?:abstract |virtual |owned |weak )*(\S+) @?(\w+)"
    r" \{ (?:owned )?(?:get|set|construct)")
# Of these a variable always has a value.
PLAIN = re.compile(r"^(?:bool|u?int(?:8|16|32|64)?|double)$")


def accessor(methods, element):
    """The method that gets a property, or None."""
    name = element.get("name").replace("-", "_")
    for prefix in ("get_", "dup_"):
        if prefix + name in methods:
            return methods[prefix + name]
    return methods.get(element.get("getter"))


def nullable_properties(root):
    """Yields class, name, and whether the accessor may return NULL."""
    for class_ in root.iter():
        if class_.tag not in (CORE + "class", CORE + "interface"):
            continue
        methods = {m.get("name"): m for m in class_.findall(CORE + "method")}
        for element in class_.findall(CORE + "property"):
            method = accessor(methods, element)
            name = element.get("name").replace("-", "_")
            if method is None:
                yield class_.get("name"), name, None
                continue
            result = method.find(CORE + "return-value")
            yield class_.get("name"), name, result.get("nullable") == "1"


def declared_properties(vapi):
    """The type of each property, by class and name."""
    types = {}
    class_ = None
    for line in vapi.split("\n"):
        found = CLASS.match(line)
        class_ = found.group(1) if found else class_
        found = PROPERTY.match(line)
        if found:
            types[class_, found.group(2)] = found.group(1)
    return types


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        types = declared_properties(file.read())
    if not types:
        sys.exit("%s: no properties are found there" % sys.argv[2])
    problems = []
    for class_, name, is_nullable in nullable_properties(
            ElementTree.parse(sys.argv[1]).getroot()):
        type_ = types.get((class_, name))
        if type_ is None:
            problems.append("%s.%s: the VAPI does not have it" % (class_, name))
        elif is_nullable is None and PLAIN.match(type_):
            continue
        elif is_nullable is None:
            problems.append("%s.%s: no accessor tells whether it is nullable"
                            % (class_, name))
        elif type_.endswith("?") != is_nullable:
            problems.append("%s.%s: its accessor %s NULL, its type is %s" % (
                class_, name,
                "may return" if is_nullable else "never returns", type_))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
