#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles the code of README.md and doc/*.md as a reader would.

check-readme.py BUILD-FOLDER LIBRARY [COMPILER…]

C blocks with a main() are compiled and linked against the build, Python blocks
are compiled. Blocks that use no main() are fragments and left alone.
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


def pkg_config():
    output = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "gio-2.0"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    return shlex.split(output)


def compile_c(code, build, library, compiler, folder):
    source = Path(folder) / "block.c"
    source.write_text(code, encoding="utf-8")
    headers = ["-I%s" % sources.ROOT, "-I%s" % build]
    command = compiler + ["-std=gnu11"] + WARNINGS + headers
    command += [str(source), "-o", str(Path(folder) / "block"), library]
    command += ["-Wl,-rpath," + os.path.dirname(library)] + pkg_config()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return "" if result.returncode == 0 else result.stdout.decode()


def compile_python(code):
    try:
        compile(code, "block.py", "exec")
    except SyntaxError as error:
        return str(error)
    return ""


def main():
    build, library = (os.path.abspath(path) for path in sys.argv[1:3])
    compiler = sys.argv[3:] or ["cc"]
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
                problem = compile_c(code, build, library, compiler, folder)
        if problem:
            problems.append("%s: does not compile:\n%s" % (where, problem))
    if not n_compiled:
        problems.append("no code block was found")
    sources.finish(problems)


if __name__ == "__main__":
    main()
