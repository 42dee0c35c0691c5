#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what the shared library exports against tests/lint/ws-glib.symbols.

What is public, and so stable, is decided and not found out.

check-symbols.py LIBRARY [--update]
"""

import subprocess
import sys

import sources

LIST = "tests/lint/ws-glib.symbols"


def exported(library):
    output = subprocess.run(
        ["nm", "-D", "--defined-only", library], check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    symbols = {line.split()[-1] for line in output.splitlines() if line.strip()}
    # The linker's own marks, which some of them export.
    return symbols - {"_init", "_fini", "_edata", "_end", "__bss_start"}


def main():
    library = sys.argv[1]
    actual = exported(library)
    if "--update" in sys.argv[2:]:
        (sources.ROOT / LIST).write_text("".join(s + "\n" for s in sorted(actual)))
        return
    lines = sources.read(LIST).splitlines()
    listed = set(lines)
    problems = ["%s: exported, but not in %s" % (s, LIST) for s in sorted(actual - listed)]
    problems += ["%s: in %s, but no longer exported" % (s, LIST) for s in sorted(listed - actual)]
    problems += ["%s: does not begin with ws_" % s for s in sorted(actual) if not s.startswith("ws_")]
    if lines != sorted(listed):
        problems.append("%s: not sorted" % LIST)
    if problems:
        problems.append(
            "If the change is meant: tests/lint/check-symbols.py %s --update" % library
        )
    sources.finish(problems)


if __name__ == "__main__":
    main()
