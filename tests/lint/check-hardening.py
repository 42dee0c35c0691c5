#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that a release of the shared library makes mistakes hard to exploit.

check-hardening.py LIBRARY

Nothing in it can be both written and executed, the tables of what it calls are
read-only once it is loaded, its functions guard their stacks, and on x86-64
calls through a pointer can end at functions only.
"""

import os
import re
import subprocess
import sys

import sources


def tell(*command):
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C")
    ).stdout.decode()


def readelf(library, *options):
    return tell("readelf", "--wide", *options, library)


def flags_of(segments, name):
    """The flags of a segment, as in "RW "; None without it."""
    found = re.search(
        r"^\s*%s(?:\s+0x[0-9a-f]+){5}\s+([RWE ]{3})" % name, segments, re.M
    )
    return found and found[1]


def check_jumps(library, symbols):
    """Functions begin with endbr64. The mark that says so of the whole library
    takes a libc that was built like that, which Debian 12 has not."""
    code = tell("objdump", "--disassemble", "--no-show-raw-insn", library)
    first = dict(
        re.findall(r"^[0-9a-f]+ <(\w+)\S*>:\n\s*[0-9a-f]+:\s+(\w+)", code, re.M)
    )
    exported = re.findall(r"FUNC\s+GLOBAL\s+DEFAULT\s+\d+ (\w+)", symbols)
    if not exported:
        yield "exports no function"
    for name in exported:
        if first.get(name) != "endbr64":
            yield "%s: nowhere to jump to (CET)" % name


def check(library):
    header = readelf(library, "--file-header")
    segments = readelf(library, "--segments")
    dynamic = readelf(library, "--dynamic")
    symbols = readelf(library, "--dyn-syms")
    if flags_of(segments, "GNU_RELRO") is None:
        yield "no RELRO: what is relocated can be overwritten"
    if "BIND_NOW" not in dynamic:
        yield "no BIND_NOW: functions are looked up late, in a table that is written"
    if "TEXTREL" in dynamic:
        yield "TEXTREL: code is written to"
    if "E" in (flags_of(segments, "GNU_STACK") or "E"):
        yield "its stack can be executed"
    if re.search(r"^\s*LOAD(?:\s+0x[0-9a-f]+){5}\s+RWE", segments, re.M):
        yield "memory that can be written can be executed"
    if "__stack_chk_fail" not in symbols:
        yield "no stack protector"
    if "X86-64" in header:
        yield from check_jumps(library, symbols)


def main():
    library = sys.argv[1]
    sources.finish(["%s: %s" % (library, problem) for problem in check(library)])


if __name__ == "__main__":
    main()
