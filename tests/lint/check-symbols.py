#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what the shared library exports against tests/lint/ws-glib.symbols.

What is public, and so stable, is decided and not found out. Each symbol has the
version of a node in ws-glib/ws-glib.map.

check-symbols.py LIBRARY [--update]
"""

import re
import subprocess
import sys

import sources

LIST = "tests/lint/ws-glib.symbols"
VERSION = re.compile(r"@@WS_GLIB_\d+\.\d+$")


def exported(library):
    """The symbols with their versions, as in ws_name@@WS_GLIB_1.0."""
    output = subprocess.run(
        ["nm", "-D", "--defined-only", "--with-symbol-versions", library],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    symbols = [line.split()[1:] for line in output.splitlines() if line.strip()]
    # The versions themselves are absolute.
    return {name for kind, name in symbols if kind != "A"}


def main():
    library = sys.argv[1]
    versioned = exported(library)
    actual = {VERSION.sub("", name) for name in versioned}
    if "--update" in sys.argv[2:]:
        (sources.ROOT / LIST).write_text("".join(s + "\n" for s in sorted(actual)))
        return
    lines = sources.read(LIST).splitlines()
    listed = set(lines)
    problems = ["%s: exported, but not in %s" % (s, LIST) for s in sorted(actual - listed)]
    problems += ["%s: in %s, but no longer exported" % (s, LIST) for s in sorted(listed - actual)]
    problems += ["%s: does not begin with ws_" % s for s in sorted(actual) if not s.startswith("ws_")]
    problems += ["%s: has no version" % s for s in sorted(actual & versioned)]
    if lines != sorted(listed):
        problems.append("%s: not sorted" % LIST)
    if problems:
        problems.append(
            "If the change is meant: tests/lint/check-symbols.py %s --update" % library
        )
    sources.finish(problems)


if __name__ == "__main__":
    main()
