#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that the files of a room have an order, too.

A file is a .c with the headers of its name, in the room or at the top. Inside a
room nothing may call in a circle: neither by what a file includes nor by the
functions it uses, for a public header declares what several files define. What
is private is declared in the header of the file that defines it, and the struct
behind an object is seen in its own room only.
"""

import re

import sources

ROOMS = ["pool", "server", "broker", "view", "socket", "signal", "http", "ssl", "message", "value", "base"]
# The look at the private struct of an object -> the room that may have it.
PEEKS = {"ws_socket_peek": "socket", "ws_server_peek": "server"}

COMMENT = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)
# GNU layout: the name of what a file defines begins a line.
DEFINITION = re.compile(r"^((?:\w[\w ]*\**\s)?)(\w+) \(([^;{]*?)\)\n\{", re.M)
CONSTANT = re.compile(r"^const \w+ (\w+)(?:\[\w*\])? =", re.M)
WORD = re.compile(r"\b[a-z]\w+\b")


def stem_of(name):
    """The name that a .c shares with its headers."""
    return re.sub(r"(-private)?\.[ch]$", "", name.split("/")[-1])


def code_of(text):
    """The code of a file, without its comments, strings and includes."""
    return COMMENT.sub("", INCLUDE.sub("", text))


def definitions(code):
    """The functions and constants of a .c that other files can use."""
    for match in DEFINITION.finditer(code):
        before = code[: match.start()].rstrip().rsplit("\n", 1)[-1]
        if "static" not in (match.group(1) + before).split():
            yield match.group(2)
    yield from CONSTANT.findall(code)


def outside(code):
    """What stands outside of all braces: of a header, what it declares."""
    depth, kept = 0, []
    for part in re.split(r"([{}])", code):
        depth += (part == "{") - (part == "}")
        if depth == 0:
            kept.append(part)
    return "".join(kept)


class Room:
    """The files of one room, by stem, and what each of them needs."""

    def __init__(self, name, texts):
        self.name = name
        self.texts = texts
        self.code = {file: code_of(text) for file, text in texts.items()}
        self.home = {}
        for file, code in self.code.items():
            if file.endswith(".c"):
                for word in definitions(code):
                    self.home[word] = stem_of(file)

    def needs(self):
        """stem -> the other stems it includes, or whose functions it uses."""
        graph = {stem_of(file): set() for file in self.texts}
        for file, text in self.texts.items():
            needed = graph[stem_of(file)]
            for header in INCLUDE.findall(text):
                # A public header stands for the object; uses are found by name.
                if header.startswith(self.name + "/"):
                    needed.add(stem_of(header))
            for word in WORD.findall(self.code[file]):
                needed.add(self.home.get(word))
        for stem, needed in graph.items():
            needed &= graph.keys() - {stem}
        return graph

    def strangers(self):
        """What a private header declares that another file defines."""
        for file, code in self.code.items():
            if not file.endswith(".h"):
                continue
            for word in sorted(set(WORD.findall(outside(code)))):
                home = self.home.get(word, stem_of(file))
                if home != stem_of(file):
                    yield "%s: %s() stands in %s.c" % (file, word, home)

    def peeks(self):
        """Looks at structs of other rooms."""
        for file, code in self.code.items():
            for word, owner in PEEKS.items():
                if owner != self.name and re.search(r"\b%s\b" % word, code):
                    yield "%s: %s() is for %s/" % (file, word, owner)

    def circles(self):
        """Each circle, and the arrows that are in it."""
        graph = self.needs()
        for circle in circles(graph):
            yield "%s: these files need each other: %s" % (
                self.name,
                " ".join(circle),
            )
            for stem in circle:
                for other in sorted(graph[stem] & set(circle)):
                    yield "  %s -> %s: %s" % (stem, other, self.uses(stem, other))

    def uses(self, stem, other):
        words = {
            word
            for file, code in self.code.items()
            if stem_of(file) == stem
            for word in WORD.findall(code)
            if self.home.get(word) == other
        }
        return ", ".join(sorted(words)) or "an include"


def circles(graph):
    """The sets of files that reach each other: Tarjan's components."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while not component or component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def room_of(name):
    prefix = "ws-glib/%s/" % name
    names = sources.files(".c", ".h")
    return Room(name, {f: sources.read(f) for f in names if f.startswith(prefix)})


def main():
    problems = []
    for name in ROOMS:
        room = room_of(name)
        problems += [*room.circles(), *room.strangers(), *room.peeks()]
    sources.finish(problems)


if __name__ == "__main__":
    main()
