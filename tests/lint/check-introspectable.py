#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on a public symbol of a GIR file that no binding can use, that hides a
method of GObject's there, or that has no doc comment for a binding's manual to
show; and on what a generator of static bindings, as gir is for Rust, would leave
out or get wrong: a call without a function that finishes it, a callback of which
nobody knows how long it lives, a pointer to anything.

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


def parameters(callable_):
    """The parameters of a function or method, without its instance."""
    for child in callable_:
        if tag_of(child) == "parameters":
            return [p for p in child if tag_of(p) == "parameter"]
    return []


def type_of(element):
    for child in element:
        if tag_of(child) == "type":
            return child.get("name") or ""
    return ""


def loose_pointers(root):
    """Yields what takes or gives a pointer to anything."""
    for element, name in symbols(root, []):
        if tag_of(element) in ("field", "property"):
            if type_of(element) == "gpointer" and element.get("private") != "1":
                yield name
        for child in element:
            if tag_of(child) == "return-value" and type_of(child) == "gpointer":
                yield name
        given = parameters(element)
        data = {p.get("closure") for p in given}
        for index, parameter in enumerate(given):
            if type_of(parameter) == "gpointer" and str(index) not in data:
                yield "%s.%s" % (name, parameter.get("name"))


def unscoped_callbacks(root):
    """Yields callbacks of which nobody knows how long they live."""
    for element, name in symbols(root, []):
        for parameter in parameters(element):
            if type_of(parameter).endswith(("Callback", "Func", "Function")):
                if not parameter.get("scope"):
                    yield "%s.%s" % (name, parameter.get("name"))


def unfinished(root):
    """Yields calls without a function that finishes them."""
    for element in root.iter():
        methods = {c.get("name") for c in element if tag_of(c) == "method"}
        for name in methods:
            if name.endswith("_async"):
                if name[: -len("_async")] + "_finish" not in methods:
                    yield "%s.%s" % (element.get("name"), name)


def problems(root):
    for name in hidden_methods(root):
        yield f"{name}: hides a method of GObject"
    for name in loose_pointers(root):
        yield f"{name}: a pointer to anything"
    for name in unscoped_callbacks(root):
        yield f"{name}: this callback has no scope"
    for name in unfinished(root):
        yield f"{name}: nothing finishes this call"
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
