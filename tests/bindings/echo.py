#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An echo server and client in some language say what they should, and so they do
where nobody listens.

usage: echo.py INTERPRETER PROGRAM
"""

import subprocess
import sys


def run(*arguments):
    result = subprocess.run(
        [*sys.argv[1:], *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    print(result.stderr, file=sys.stderr)
    return result


def main():
    result = run()
    assert result.returncode == 0 and result.stdout == "hello\n", result
    result = run("ws://127.0.0.1:1/")
    assert result.returncode == 1 and result.stdout == "", result
    assert "Connection refused" in result.stderr, result
    result = run("nonsense")
    assert result.returncode != 0 and "has no scheme" in result.stderr, result


if __name__ == "__main__":
    main()
