#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes type stubs for Python.

usage: make-stubs.py FILE.gir FILE.pyi.in OUTPUT

The GIR file tells what the introspection data have. FILE.pyi.in has what the
override adds; what it defines of a class takes the place of what the GIR says.
"""

import ast
import keyword
import sys
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
BASIC = {
    "none": "None",
    "utf8": "str",
    "filename": "str",
    "gboolean": "bool",
    "gdouble": "float",
    "gfloat": "float",
    "gpointer": "Any",
    "gunichar": "str",
    "GType": "Any",
    "GLib.Bytes": "bytes",
    "GLib.Variant": "Any",
    "GLib.List": "list[Any]",
    "GLib.PtrArray": "list[Any]",
}
# What may be given where this is wanted.
ACCEPTED = {"bytes": "_BytesLike", "Headers": "_HeadersLike"}


def type_of(element):
    """Python's name of a GIR type."""
    array = element.find(CORE + "array")
    if array is not None:
        item = array.find(CORE + "type")
        name = item.get("name") if item is not None else "Any"
        if name == "guint8":
            return "bytes"
        if name == "gunichar":
            return "str"
        return "list[%s]" % plain(name)
    node = element.find(CORE + "type")
    return plain(node.get("name")) if node is not None else "Any"


def plain(name):
    if name in BASIC:
        return BASIC[name]
    if name is None or name.startswith(("g", "s")) and "." not in name:
        return "int"
    return name


def optional(name, element):
    if element.get("nullable") == "1" and name not in ("None", "Any"):
        return name + " | None"
    return name


def safe(name):
    name = name.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def parameters_of(function):
    """Pairs of a name and a type; lengths of arrays are no arguments,
    nor are what goes along with a function, and its end."""
    parameters = function.findall(CORE + "parameters/" + CORE + "parameter")
    hidden = set()
    for node in function.iter(CORE + "array"):
        if node.get("length"):
            hidden.add(int(node.get("length")))
    for index, parameter in enumerate(parameters):
        is_data = any(
            p.get(role) == str(index)
            for p in parameters
            for role in ("closure", "destroy")
            if p is not parameter
        )
        if index in hidden or is_data or parameter.get("direction") == "out":
            continue
        name = type_of(parameter)
        name = ACCEPTED.get(name, name)
        if parameter.get("scope"):
            name = "Callable[..., Any]"
        yield safe(parameter.get("name")), optional(name, parameter)


def stub_of(function, is_method, owner):
    arguments = ["self"] if is_method else []
    arguments += ["%s: %s" % pair for pair in parameters_of(function)]
    result = function.find(CORE + "return-value")
    name = optional(type_of(result), result)
    if function.tag == CORE + "constructor":
        name = owner
    if function.get("name").endswith("_async"):
        arguments[1:] = ["*args: Any"]
        name = "Awaitable[Any]"
    return "def %s(%s) -> %s: ..." % (
        safe(function.get("name")),
        ", ".join(arguments),
        name,
    )


def written_names(node):
    names = {n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return names | {
        n.target.id for n in node.body if isinstance(n, ast.AnnAssign)
    }


def class_lines(element, written, source):
    """The lines of a class, with what is written for it by hand."""
    owner = element.get("name")
    parent = element.get("parent") or "object"
    mine = written.get(owner)
    names = written_names(mine) if mine is not None else set()
    lines = ["class %s(%s):" % (owner, parent)]
    if mine is not None:
        # Below the line that begins the class, decorators included.
        lines += source.splitlines()[mine.lineno : mine.end_lineno]
    if element.tag == CORE + "class" and "__init__" not in names:
        lines.append("    def __init__(self, **properties: Any) -> None: ...")
    for function in element:
        if function.get("introspectable") == "0" or function.get("shadowed-by"):
            continue
        name = function.get("shadows") or function.get("name")
        if function.tag not in (CORE + "method", CORE + "constructor", CORE + "function"):
            continue
        function.set("name", name)
        if name in names:
            continue
        is_method = function.tag == CORE + "method"
        if not is_method:
            lines.append("    @staticmethod")
        lines.append("    " + stub_of(function, is_method, owner))
    if len(lines) == 1:
        lines[0] += " ..."
    return lines


def enumeration_lines(element):
    lines = ["class %s(int):" % element.get("name")]
    for member in element.findall(CORE + "member"):
        lines.append("    %s: Final[%s]" % (safe(member.get("name").upper()), element.get("name")))
    lines.append("    value_nick: str")
    lines.append("    value_name: str")
    if element.get(GLIB + "error-domain"):
        lines += ["    @staticmethod", "    def quark() -> int: ..."]
    return lines


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    namespace = ElementTree.parse(sys.argv[1]).getroot().find(CORE + "namespace")
    with open(sys.argv[2], encoding="utf-8") as file:
        source = file.read()
    tree = ast.parse(source)
    classes = [n for n in tree.body if isinstance(n, ast.ClassDef)]
    known = {e.get("name") for e in namespace}
    written = {n.name: n for n in classes if n.name in known}
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    lines = source.splitlines()
    for node in reversed(list(written.values())):
        del lines[node.lineno - 1 : node.end_lineno]
    for element in namespace:
        if element.get("introspectable") == "0" or element.get("shadowed-by"):
            continue
        if element.tag in (CORE + "enumeration", CORE + "bitfield"):
            lines += ["", *enumeration_lines(element)]
        elif element.tag in (CORE + "class", CORE + "record"):
            if element.get(GLIB + "is-gtype-struct-for") is None:
                lines += ["", *class_lines(element, written, source)]
        elif element.tag == CORE + "function":
            element.set("name", element.get("shadows") or element.get("name"))
            if element.get("name") not in functions:
                lines += ["", stub_of(element, False, "")]
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
