#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what the formatter cannot: licences, sizes, include order, words."""

import re

import sources

CODE = (".c", ".h", ".py", ".js", ".mjs", ".vala", ".sh")
# Where words are read by people; these scripts must spell what they look for.
PROSE = (".c", ".h", ".js", ".mjs", ".vala", ".md")
TEXT = CODE + (".h.in", ".md", ".build", ".txt", ".yml", ".json", ".supp", ".html")

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 60

FUNCTION_NAME = re.compile(r"^(?:.*\s)?\**(\w+) \(")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
OWN_HEADER = re.compile(r'^\s*#\s*include\s+[<"](?:ws-glib/)?([^>"]+)[>"]', re.M)

BANNED = [
    (re.compile(r"\bgoto\b"), (".c", ".h"), "no goto: g_autoptr and early return"),
    (re.compile(r"\b(TODO|XXX|HACK)\b"), PROSE, "notes to oneself belong elsewhere"),
    (
        re.compile(r"\b(blazing|seamless(ly)?|effortless(ly)?|utili[sz]e[sd]?)\b", re.I),
        PROSE,
        "a word that says nothing",
    ),
    (
        re.compile(r"(?<![\w.>})-])/(home|root|work|tmp)/\w"),
        TEXT,
        "a path of one machine",
    ),
    (re.compile("[“”„‘’]"), (".c", ".h"), "plain quotes: not all locales have others"),
    (re.compile(r"\bg_test_init \(&"), (".c",), "tests begin with ws_test_init ()"),
    (re.compile(r'"resolved":'), (".json",), "a lock file names no download hosts"),
]


def check_licence(name, lines):
    if name.endswith(CODE + (".h.in",)) or lines[:1] and lines[0].startswith("#!"):
        if not any("SPDX-License-Identifier: " in line for line in lines[:3]):
            yield "%s:1: no SPDX-License-Identifier" % name


def check_lines(name, lines):
    for number, line in enumerate(lines, 1):
        if line.endswith("\r"):
            yield "%s:%d: a carriage return" % (name, number)
        elif line != line.rstrip():
            yield "%s:%d: trailing blanks" % (name, number)
        # make takes nothing else.
        if "\t" in line and name != "debian/rules":
            yield "%s:%d: a tab" % (name, number)
        for pattern, suffixes, why in BANNED:
            match = name.endswith(suffixes) and pattern.search(line)
            if match:
                yield "%s:%d: “%s”: %s" % (name, number, match.group(), why)


def functions(lines):
    """Yields name, line number and length of each function in GNU layout.

    Comments and blank lines do not count: properties and signals are documented
    where they are installed.
    """
    begin = None
    for number, line in enumerate(lines):
        if line == "{":
            begin = number
        elif line == "}" and begin is not None:
            head = [l for l in lines[max(0, begin - 30) : begin] if l[:1].isalpha()]
            name = FUNCTION_NAME.match(head[-1]) if head else None
            body = COMMENT.sub("", "\n".join(lines[begin : number + 1]))
            length = sum(1 for line in body.split("\n") if line.strip())
            yield (name.group(1) if name else "?"), begin + 1, length
            begin = None
        elif line.startswith("}"):
            begin = None


def check_sizes(name, lines):
    if len(lines) > MAX_FILE_LINES:
        yield "%s: %d lines, more than %d: split it by topic" % (
            name,
            len(lines),
            MAX_FILE_LINES,
        )
    for function, line, length in functions(lines):
        if length > MAX_FUNCTION_LINES:
            yield "%s:%d: %s() has %d lines, more than %d" % (
                name,
                line,
                function,
                length,
                MAX_FUNCTION_LINES,
            )


def check_own_header(name, text):
    """A source includes its own header first, which proves it self-contained."""
    if not name.startswith("ws-glib/"):
        return
    stem = name[len("ws-glib/") : -len(".c")]
    # The private half includes the public one first.
    own = [stem + "-private.h", stem + ".h", stem.split("/")[-1] + ".h"]
    own = [header for header in own if (sources.ROOT / "ws-glib" / header).exists()]
    if not own:
        return
    first = OWN_HEADER.search(text)
    if not first or first.group(1) not in own:
        yield '%s: "%s" must come first' % (name, own[0])


def check_header_guard(name, text):
    if "#pragma once" not in text:
        yield "%s: no #pragma once" % name


def is_script(name):
    with open(sources.ROOT / name, "rb") as file:
        return file.read(2) == b"#!"


def main():
    problems = []
    for name in sources.files():
        if not name.endswith(TEXT) and not is_script(name):
            continue
        text = sources.read(name)
        lines = text.split("\n")
        problems += check_licence(name, lines)
        problems += check_lines(name, lines)
        if lines[-1] or text.endswith("\n\n"):
            problems.append("%s: must end with one newline" % name)
        if name.endswith(".c"):
            problems += check_own_header(name, text)
        if name.endswith((".c", ".h")):
            problems += check_sizes(name, lines)
        if name.endswith((".h", ".h.in")):
            problems += check_header_guard(name, text)
    sources.finish(problems)


if __name__ == "__main__":
    main()
