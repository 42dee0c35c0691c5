#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example that talks to itself, and compares what it prints.

usage: programs.py run PROGRAM LINE…
       programs.py c++ BUILD-FOLDER SOURCE LINE…

The second compiles it first, with each C++ compiler there is, which must find
nothing to warn of in it and in our headers.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

DEADLINE = 60
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(program, lines):
    """Whether it ends well and prints the lines."""
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    output = subprocess.run([program], stdout=subprocess.PIPE, check=True,
                            env=environment, timeout=DEADLINE).stdout.decode()
    if output.splitlines() != lines:
        sys.exit("%s printed\n%s" % (program, output))


def get_flags(build):
    """What a program needs, as "meson devenv" has it."""
    environment = dict(os.environ, PKG_CONFIG_PATH=build + "/meson-uninstalled")
    output = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "ws-glib-1.0"], check=True,
        env=environment, stdout=subprocess.PIPE).stdout.decode()
    return shlex.split(output)


def compile_and_run(build, source, lines):
    compilers = [c for c in ("g++", "clang++") if shutil.which(c)]
    if "g++" not in compilers:
        sys.exit("there is no g++")
    for compiler in compilers:
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "program")
            subprocess.run([compiler, "-std=c++17"] + WARNINGS
                           + [source, "-o", program]
                           + get_flags(os.path.abspath(build)), check=True)
            run(program, lines)


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "run":
        run(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) > 4 and sys.argv[1] == "c++":
        compile_and_run(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
