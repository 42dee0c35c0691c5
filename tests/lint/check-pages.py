#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that the pages of doc/ can be read in the repository: they begin with
their heading, their links lead somewhere, names are whole, no line is longer than a
screen is wide, and what they show of examples/ is what is there."""

import posixpath
import re

import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)
BLOCK = re.compile(r"^```.*?^```$", re.M | re.S)
HYPHEN = re.compile(r"^[^`\n]*(?:`[^`\n]*`[^`\n]*)*(`[^`\n]*-)$", re.M)
EXAMPLE = re.compile(
    r"^\[`(examples/[^`]+)`\]\([^)]*\)[^\n]*\n\n```\w+\n(.*?)^```$", re.M | re.S
)
# What an example has before its code: licence and purpose.
PREAMBLE = re.compile(r'\A(?:(?:/\*|//|--|#(?!include)|""").*\n)+\n?')


def anchors(text):
    """The anchors of the headings, as forges and gi-docgen make them."""
    for heading in HEADING.findall(BLOCK.sub("", text)):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        yield plain.replace(" ", "-")


def check_links(name, text):
    for target in LINK.findall(BLOCK.sub("", text)):
        if ":" in target:
            continue
        path, _, anchor = target.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        file = file if path else name
        if not (sources.ROOT / file).exists():
            yield "%s: there is no %s" % (name, target)
        elif anchor and anchor not in anchors(sources.read(file)):
            yield "%s: %s has no heading for #%s" % (name, file, anchor)


def check_breaks(name, text):
    """A name that a line ends in has a blank where it goes on."""
    for line in HYPHEN.findall(BLOCK.sub("", text)):
        yield "%s: a name is broken at its hyphen: %s" % (name, line)


# Output as it is, and rows of tables, cannot be broken.
WIDEST = 90


def check_width(name, text):
    for number, line in enumerate(BLOCK.sub(keep_lines, text).split("\n"), 1):
        if len(line) > WIDEST and not line.startswith(("|", "    ")):
            yield "%s:%d: %d columns" % (name, number, len(line))


def keep_lines(match):
    return "\n" * match.group().count("\n")


def check_site_links(name, text):
    """Names are linked when the site is made; here they are read as they are."""
    for link in re.findall(r"\[[a-z]+@[^\]]+\]", text):
        yield "%s: %s is only read on the site" % (name, link)


def check_examples(name, text):
    for example, code in EXAMPLE.findall(text):
        if PREAMBLE.sub("", sources.read(example)) != code:
            yield "%s: this is not what %s is" % (name, example)


def main():
    problems = []
    for name in sources.files(".md"):
        text = sources.read(name)
        if name == "README.md" or name.startswith("doc/"):
            if not text.startswith("# "):
                problems.append("%s:1: a page begins with its heading" % name)
            problems += check_links(name, text)
            problems += check_width(name, text)
            problems += check_site_links(name, text)
            problems += check_breaks(name, text)
            problems += check_examples(name, text)
    sources.finish(problems)


if __name__ == "__main__":
    main()
