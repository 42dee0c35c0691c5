#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles the code of README.md and doc/*.md as a reader would.

check-readme.py BUILD-FOLDER [COMPILER…]

C blocks with a main() are compiled and linked against the build, Python blocks
are compiled. C without a main() is a fragment and left alone.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import sources

BLOCK = re.compile(r"^```(c|python)\n(.*?)^```$", re.M | re.S)
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]


def blocks():
    for name in sources.files(".md"):
        if name == "README.md" or name.startswith("doc/"):
            text = sources.read(name)
            for match in BLOCK.finditer(text):
                line = text[: match.start()].count("\n") + 2
                yield "%s:%d" % (name, line), match.group(1), match.group(2)


def pkg_config(build):
    """What a program needs, as "meson devenv" has it."""
    environment = dict(os.environ, PKG_CONFIG_PATH=build + "/meson-uninstalled")
    output = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "ws-glib-1.0"],
        check=True,
        env=environment,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    return shlex.split(output)


def compile_c(code, flags, compiler, folder):
    source = Path(folder) / "block.c"
    source.write_text(code, encoding="utf-8")
    command = compiler + ["-std=gnu11"] + WARNINGS
    command += [str(source), "-o", str(Path(folder) / "block")] + flags
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return "" if result.returncode == 0 else result.stdout.decode()


def compile_python(code):
    try:
        compile(code, "block.py", "exec")
    except SyntaxError as error:
        return str(error)
    return ""


def main():
    flags = pkg_config(os.path.abspath(sys.argv[1]))
    compiler = sys.argv[2:] or ["cc"]
    problems = []
    n_compiled = 0
    for where, language, code in blocks():
        if language == "c" and not re.search(r"^main \(", code, re.M):
            continue
        n_compiled += 1
        if language == "python":
            problem = compile_python(code)
        else:
            with tempfile.TemporaryDirectory() as folder:
                problem = compile_c(code, flags, compiler, folder)
        if problem:
            problems.append("%s: does not compile:\n%s" % (where, problem))
    if not n_compiled:
        problems.append("no code block was found")
    sources.finish(problems)


if __name__ == "__main__":
    main()
