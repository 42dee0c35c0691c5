#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Examines an echoing endpoint: examine.py server|client PROGRAM [CASE…]

"server": PROGRAM --port 0 prints its URL and echoes. "client": PROGRAM URL
--cases is driven by the case protocol (/getCaseCount, /runCase, /updateReports).
Prints TAP. A CASE runs only what begins so.
"""

import asyncio
import signal
import sys
from urllib.parse import parse_qs, urlsplit

import wire
from cases import CASES

DEADLINE = 30  # seconds for a case
DEADLINE_FOR_ALL = 150
MIB = 1048576
CLIENT_LIMIT = 256 * MIB


def report(number, name, problem):
    print("%sok %d %s" % ("not " if problem else "", number, name))
    if problem:
        print("# " + problem)
    sys.stdout.flush()


async def run_case(run, connection):
    """Returns what is wrong, or None."""
    try:
        await asyncio.wait_for(run(connection), DEADLINE)
    except asyncio.TimeoutError:
        return "no answer in %d seconds" % DEADLINE
    except wire.Wrong as wrong:
        return str(wrong)
    except Exception as error:  # pylint: disable=broad-except
        return "%s: %s" % (type(error).__name__, error)
    finally:
        connection.writer.close()
    return None


async def examine_server(program, cases):
    """Returns whether all went well."""
    server = await asyncio.create_subprocess_exec(
        program, "--port", "0", "--max-message-size", "1",
        stdout=asyncio.subprocess.PIPE,
    )
    is_well = True
    try:
        url = urlsplit((await server.stdout.readline()).decode().strip())
        for number, (name, run) in enumerate(cases, 1):
            try:
                connection = await asyncio.wait_for(
                    wire.connect(url.hostname, url.port, MIB), DEADLINE
                )
                problem = await run_case(run, connection)
            except (OSError, wire.Wrong, asyncio.TimeoutError) as error:
                problem = "cannot connect: %s" % error
            report(number, "server/" + name, problem)
            is_well = is_well and not problem
        server.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(server.wait(), DEADLINE)
        if status != 0:
            print("# the server ended with %d" % status)
            is_well = False
    finally:
        if server.returncode is None:
            server.kill()
    return is_well


class CaseServer:
    """What has become of each case."""

    def __init__(self, cases):
        self.cases = cases
        self.problems = ["the client did not run it"] * len(cases)
        self.is_reported = False

    async def serve(self, reader, writer):
        try:
            target, connection = await wire.accept(reader, writer, CLIENT_LIMIT)
            url = urlsplit(target)
            query = parse_qs(url.query)
            if url.path == "/getCaseCount":
                count = b"%d" % len(self.cases)
                await connection.send(connection.frame(wire.TEXT, count))
                await connection.end()
            elif url.path == "/runCase" and query["agent"] == ["ws glib/ü"]:
                index = int(query["case"][0]) - 1
                run = self.cases[index][1]
                self.problems[index] = await run_case(run, connection)
            elif url.path == "/updateReports":
                self.is_reported = True
                await connection.end()
        except (ConnectionError, asyncio.IncompleteReadError, wire.Wrong) as error:
            print("# %s" % error)
        finally:
            writer.close()


async def examine_client(program, cases):
    """Returns whether all went well."""
    case_server = CaseServer(cases)
    listener = await asyncio.start_server(
        case_server.serve, "127.0.0.1", 0, limit=2**20
    )
    url = "ws://127.0.0.1:%d" % listener.sockets[0].getsockname()[1]
    client = await asyncio.create_subprocess_exec(
        program, url, "--cases", "--agent", "ws glib/ü"
    )
    status = None
    try:
        status = await asyncio.wait_for(client.wait(), DEADLINE_FOR_ALL)
    except asyncio.TimeoutError:
        print("# not done in %d seconds" % DEADLINE_FOR_ALL)
    finally:
        if client.returncode is None:
            client.kill()
        listener.close()
    for number, (name, _) in enumerate(cases, 1):
        report(number, "client/" + name, case_server.problems[number - 1])
    if status != 0 or not case_server.is_reported:
        print("# the client ended with %s" % status)
        return False
    return not any(case_server.problems)


async def main():
    role, program, *wanted = sys.argv[1:]
    cases = [c for c in CASES if not wanted or c[0].startswith(tuple(wanted))]
    print("1..%d" % len(cases), flush=True)
    examine = examine_server if role == "server" else examine_client
    return 0 if await examine(program, cases) else 1


sys.exit(asyncio.run(main()))
