# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs coroutines as tests, each with a deadline, and prints TAP."""

import asyncio
import sys
import traceback

DEADLINE = 30


async def run(tests):
    """tests: pairs of a name and a function that makes the coroutine."""
    failed = False
    print("1..%d" % len(tests), flush=True)
    for number, (name, test) in enumerate(tests, 1):
        try:
            await asyncio.wait_for(test(), DEADLINE)
            print("ok %d %s" % (number, name), flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print("not ok %d %s" % (number, name))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            sys.stdout.flush()
    return 1 if failed else 0
