#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what a shared library exports against its list, as
tests/lint/ws-glib.symbols is.

What is public, and so stable, is decided and not found out. Each symbol has the
version of a node in the library's map, such as ws-glib/ws-glib.map.

check-symbols.py LIBRARY [--update]
"""

import re
import subprocess
import sys
from pathlib import Path

import sources

VERSION = re.compile(r"@@WS_GLIB(_REDIS)?_\d+\.\d+$")


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
    name = re.match(r"lib(ws-glib(?:-[a-z]+)?)-", Path(library).name).group(1)
    symbol_list = "tests/lint/%s.symbols" % name
    versioned = exported(library)
    actual = {VERSION.sub("", name) for name in versioned}
    if "--update" in sys.argv[2:]:
        (sources.ROOT / symbol_list).write_text("".join(s + "\n" for s in sorted(actual)))
        return
    lines = sources.read(symbol_list).splitlines()
    listed = set(lines)
    problems = ["%s: exported, but not in %s" % (s, symbol_list) for s in sorted(actual - listed)]
    problems += ["%s: in %s, but no longer exported" % (s, symbol_list) for s in sorted(listed - actual)]
    problems += ["%s: does not begin with ws_" % s for s in sorted(actual) if not s.startswith("ws_")]
    problems += ["%s: has no version" % s for s in sorted(actual & versioned)]
    if lines != sorted(listed):
        problems.append("%s: not sorted" % symbol_list)
    if problems:
        problems.append(
            "If the change is meant: tests/lint/check-symbols.py %s --update" % library
        )
    sources.finish(problems)


if __name__ == "__main__":
    main()
