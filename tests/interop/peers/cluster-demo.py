#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The demonstration of examples/cluster, shortened: what it prints is checked.

usage: cluster-demo.py RUN BUILD PROXY
"""

import subprocess
import sys

CLIENTS, MESSAGES = 40, 40
EVENTS = [
    "- server one is killed",
    "- server one is back",
    "- server two is drained",
    "- server two is back",
    "- Redis is restarted",
]


def main():
    run, build, proxy = sys.argv[1:]
    command = [run, "--demo", "--built", build, "--proxy", proxy]
    command += ["--clients", str(CLIENTS), "--messages", str(MESSAGES), "--interval", "20"]
    result = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    print(result.stdout)
    lines = result.stdout.splitlines()
    figures = {}
    for line in lines:
        words = line.replace(" ms", "").rsplit(None, 1)
        if len(words) == 2 and words[1].isdigit():
            figures[words[0]] = int(words[1])
    assert result.returncode == 0, result.returncode
    assert [line for line in lines if line.startswith("- ")] == EVENTS
    for name in ("lost", "doubled", "out of order", "not recovered"):
        assert figures[name] == 0, (name, figures)
    assert figures["clients"] == CLIENTS
    assert figures["accepted"] + figures["refused or cut"] == CLIENTS * MESSAGES
    # What is on its way when something ends has no answer; most has one.
    assert figures["accepted"] > figures["refused or cut"]
    # All get what was accepted, and perhaps what was carried without an answer.
    assert figures["delivered"] >= figures["accepted"] * CLIENTS
    assert figures["came back"] > 0
    assert figures["longest silence"] > 0


if __name__ == "__main__":
    main()
