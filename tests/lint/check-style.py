#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what the formatter cannot: licences, sizes, include order, words."""

import re

import sources

CODE = (".c", ".h", ".py", ".js", ".mjs", ".vala", ".sh")
# Where words are read by people; these scripts must spell what they look for.
PROSE = (".c", ".h", ".js", ".mjs", ".vala", ".md")
TEXT = CODE + (".h.in", ".md", ".build", ".txt", ".yml", ".json", ".supp", ".html")

MAX_COLUMNS = 80
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 60

FUNCTION_NAME = re.compile(r"^(?:.*\s)?\**(\w+) \(")
# From a block of documentation: function, kind and first word.
ACCESSOR = re.compile(
    r"^/\*\*\n \* (ws_\w+_(get|dup|set)_\w+):.*\n(?: \*.+\n)* \*\n \* (\S+)", re.M
)
# Not the whole of C, but what stands at the beginning of our functions.
DECLARATION = re.compile(
    r"  (?!return\b|else\b|case\b)(?:(?:g_autofree|const|static|unsigned|struct|enum) )*"
    r"[A-Za-z_]\w*(?: \([^()]*\))?[ *]+(?:const )?\**\w+(?:\[.*\])?"
    r"(?: = |;|,$| \(\*|$|\[)"
)
# What cannot be broken may stick out: a single word, as a URL is, that has the
# line to itself. Bytes in a string can be broken: "a" "b" is "ab".
SINGLE_WORD = re.compile(r"[\s/*]*\S+$")
PURPOSE = re.compile(r"/\*[^\n]*\*/\n/\* (\w(?:(?!\*/).)*\.) \*/\n", re.S)
# Documents, and our own sources.
FILE_NAME = re.compile(r"(?<![\w-])(?:[\w-]+\.md|(?:ws|test)-[\w-]+\.[ch])\b")
OTHER_LOG = re.compile(r"\bg_(debug|info|log\w*|print|printerr) \(")
PLAIN_HASH = re.compile(r"\bg_(str|int|int64|double|bytes)_hash\b(?! \()")
GENERATED = ("ws-config.h", "ws-version.h")
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
    (re.compile(r"\b[Pp]itfalls? \d"), PROSE, "say the rule, not its number"),
    (re.compile("[“”„‘’]"), (".c", ".h"), "plain quotes: not all locales have others"),
    (re.compile(r"\bg_test_init \(&"), (".c",), "tests begin with ws_test_init ()"),
    (re.compile(r'"resolved":'), (".json",), "a lock file names no download hosts"),
]


def check_references(name, lines, basenames):
    """What is named can be looked up: every file is one of the tree."""
    if not name.endswith(PROSE):
        return
    for number, line in enumerate(lines, 1):
        for found in FILE_NAME.findall(line):
            if found not in basenames and found not in GENERATED:
                yield "%s:%d: there is no %s" % (name, number, found)


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
        if name.endswith((".c", ".h")) and len(line) > MAX_COLUMNS:
            if not SINGLE_WORD.match(line):
                yield "%s:%d: %d columns, more than %d: break the line" % (
                    name,
                    number,
                    len(line),
                    MAX_COLUMNS,
                )
        for pattern, suffixes, why in BANNED:
            match = name.endswith(suffixes) and pattern.search(line)
            if match:
                yield "%s:%d: “%s”: %s" % (name, number, match.group(), why)


def bodies(lines):
    """Yields name and brackets, as indexes, of each function in GNU layout."""
    begin = None
    for number, line in enumerate(lines):
        if line == "{":
            begin = number
        elif line == "}" and begin is not None:
            head = [l for l in lines[max(0, begin - 30) : begin] if l[:1].isalpha()]
            name = FUNCTION_NAME.match(head[-1]) if head else None
            yield (name.group(1) if name else "?"), begin, number
            begin = None
        elif line.startswith("}"):
            begin = None


def functions(lines):
    """Yields name, line number and length of each function.

    Comments and blank lines do not count: properties and signals are documented
    where they are installed.
    """
    for name, begin, end in bodies(lines):
        body = COMMENT.sub("", "\n".join(lines[begin : end + 1]))
        yield name, begin + 1, sum(1 for line in body.split("\n") if line.strip())


def is_declared(paragraph):
    """Whether all that begins in the first column of a body are declarations."""
    return all(
        DECLARATION.match(line) or line.startswith(("  {", "  }", "  /*", "   *"))
        for line in paragraph
        if line[:2] == "  " and line[2:3] != " "
    )


def check_last_return(name, lines):
    """No blank line before the last return, but after declarations and guards."""
    for _function, begin, end in bodies(lines):
        start = end - 1
        while lines[start] and start > begin:
            start -= 1
        last = lines[start + 1 : end]
        if start == begin or not last[0].startswith("  return"):
            continue
        if any(DECLARATION.match(line) for line in last[1:]):
            continue
        before = start - 1
        while lines[before] and before > begin:
            before -= 1
        paragraph = lines[before + 1 : start]
        if paragraph[0].startswith("  g_return_") or is_declared(paragraph):
            continue
        yield "%s:%d: a blank line before the last return" % (name, start + 1)


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


def check_purpose(name, text):
    """A file of the library says what it is for, right behind its licence."""
    if not name.startswith("ws-glib/"):
        return
    purpose = PURPOSE.match(text)
    if not purpose:
        yield "%s:2: no comment that says what the file is for, in a sentence" % name
    elif name.split("/")[-1][: -len(".c")] in purpose.group(1):
        yield "%s:2: say what the file is for, not its name" % name


def check_accessors(name, text):
    """The documentation of accessors begins alike: Gets …, Sets …"""
    if not name.startswith("ws-glib/"):
        return
    for found in ACCESSOR.finditer(text):
        first = "Sets" if found.group(2) == "set" else "Gets"
        if found.group(3) != first:
            line = text.count("\n", 0, found.start(3)) + 1
            yield '%s:%d: %s: begin with "%s"' % (name, line, found.group(1), first)


def check_log(name, lines):
    """The library has one way to tell what happens, which knows of secrets."""
    if not name.startswith("ws-glib/") or name == "ws-glib/net/ws-log.c":
        return
    for number, line in enumerate(lines, 1):
        if OTHER_LOG.search(line):
            yield "%s:%d: what happens is told with ws_log ()" % (name, number)


def check_hashes(name, lines):
    """Who chooses the names can choose them to collide."""
    if not name.startswith(("ws-glib/", "redis/")):
        return
    for number, line in enumerate(lines, 1):
        if PLAIN_HASH.search(line):
            yield "%s:%d: a hash without a key: ws_name_hash () or a tree" % (
                name,
                number,
            )


def check_header_guard(name, text):
    if "#pragma once" not in text:
        yield "%s: no #pragma once" % name


def is_script(name):
    with open(sources.ROOT / name, "rb") as file:
        return file.read(2) == b"#!"


def main():
    problems = []
    names = sources.files()
    basenames = {name.split("/")[-1] for name in names}
    for name in names:
        if not name.endswith(TEXT) and not is_script(name):
            continue
        text = sources.read(name)
        lines = text.split("\n")
        problems += check_licence(name, lines)
        problems += check_lines(name, lines)
        problems += check_references(name, lines, basenames)
        if lines[-1] or text.endswith("\n\n"):
            problems.append("%s: must end with one newline" % name)
        if name.endswith(".c"):
            problems += check_own_header(name, text)
            problems += check_purpose(name, text)
            problems += check_last_return(name, lines)
            problems += check_log(name, lines)
            problems += check_hashes(name, lines)
        if name.endswith((".c", ".h")):
            problems += check_accessors(name, text)
            problems += check_sizes(name, lines)
        if name.endswith((".h", ".h.in")):
            problems += check_header_guard(name, text)
    sources.finish(problems)


if __name__ == "__main__":
    main()
