#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares shared libraries with what the last release has promised.

check-abi.py LIBRARY... [--record]

tests/abi/ws-glib-1.0.abi holds the symbols and layouts of the last release, and
ws-glib-redis-1.0.abi those of the library beside it; --record writes them, as a
part of making a release. Before the first there are none, and nothing is
promised. Whatever there is to compare with, the check has to find
what is broken in a library made for that. Needs abidw and abidiff (the package
abigail-tools).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Public headers, and a function that has to be seen, of each library.
LIBRARIES = {
    "libws-glib-1.0": ("ws-glib", "ws_socket_open"),
    "libws-glib-redis-1.0": ("redis/ws-glib-redis", "ws_redis_broker_new"),
}
SKIPPED = 77
# Additions are no break; what abidiff means by these bits of its exit code.
BREAKS = 4 | 8

SAMPLE = """
typedef struct { int code; const char *text; } Sample;
int sample_get (Sample *self, int which) { return self->code + which; }
"""
MORE = "int sample_count (void) { return 1; }\n"
# How a library may change, and whether that breaks programs.
CHANGES = {
    "an addition": (SAMPLE + MORE + "void sample_new (void) {}\n", False),
    "a removal": (SAMPLE, True),
    "another type": (SAMPLE.replace("int which", "double which") + MORE, True),
    "another layout": (SAMPLE.replace("code;", "code, more;") + MORE, True),
}


def name_of(library):
    return library.name.partition(".so")[0]


def record_of(library):
    return ROOT / "tests" / "abi" / (name_of(library)[len("lib") :] + ".abi")


def dump(library, output):
    """Writes what of the library its public headers promise."""
    folder = ROOT / LIBRARIES[name_of(library)][0]
    command = ["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs"]
    command += ["--drop-private-types"]
    for header in sorted(folder.glob("*.h")):
        command += ["--header-file", str(header)]
    subprocess.run(command + ["--out-file", str(output), str(library)], check=True)


def compare(old, new):
    """What of the old is broken in the new; None if nothing is."""
    result = subprocess.run(
        ["abidiff", "--no-added-syms", str(old), str(new)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    text = result.stdout.decode()
    if result.returncode & 3:
        raise RuntimeError("abidiff failed: " + text)
    return text if result.returncode & BREAKS else None


def build(folder, name, code):
    source = folder / (name + ".c")
    library = folder / (name + ".so")
    source.write_text(code)
    command = ["cc", "-g", "-shared", "-fPIC", str(source), "-o", str(library)]
    subprocess.run(command, check=True)
    return library


def check_itself(folder):
    base = build(folder, "base", SAMPLE + MORE)
    for number, (what, (code, breaks)) in enumerate(CHANGES.items()):
        found = compare(base, build(folder, "change%d" % number, code))
        if (found is not None) != breaks:
            yield "%s is taken for %s" % (what, "a break" if found else "none")


def check(library, folder):
    record = record_of(library)
    now = folder / "now.abi"
    dump(library, now)
    if "name='%s'" % LIBRARIES[name_of(library)][1] not in now.read_text():
        yield "abidw does not see the functions of %s" % name_of(library)
    if not record.exists():
        print("nothing is released yet: there is no %s" % os.path.relpath(record, ROOT))
        return
    broken = compare(record, now)
    if broken is not None:
        yield broken + "\nwhich breaks programs that were built against the release"


def main():
    libraries = [Path(word) for word in sys.argv[1:] if word != "--record"]
    if shutil.which("abidw") is None:
        print("abidw is not installed")
        return SKIPPED
    if "--record" in sys.argv:
        for library in libraries:
            dump(library, record_of(library))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        problems = list(check_itself(Path(folder)))
        for library in libraries:
            problems += check(library, Path(folder))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
