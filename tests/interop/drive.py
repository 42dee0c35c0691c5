#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a client against servers: drive.py SERVER ARG… -- SERVER … -- CLIENT ARG…

Each server prints its URL in its first line; the client gets the URLs as its
last arguments. Its output and exit status are passed on. What takes longer than
DEADLINE seconds is ended and has failed, and so has what is not installed.
"""

import os
import signal
import subprocess
import sys
import threading

DEADLINE = 100


def split(arguments):
    groups = [[]]
    for argument in arguments:
        if argument == "--":
            groups.append([])
        else:
            groups[-1].append(argument)
    return groups


def bail_out(reason):
    print("Bail out! " + reason, flush=True)
    sys.exit(1)


class Programs:
    """What was started, to be ended whatever happens."""

    def __init__(self):
        self.running = []

    def start(self, command, **options):
        try:
            program = subprocess.Popen(command, start_new_session=True, **options)
        except OSError as error:
            bail_out("%s: %s" % (command[0], error.strerror))
        self.running.append(program)
        return program

    def kill(self):
        for program in self.running:
            if program.poll() is None:
                try:
                    os.killpg(program.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def end(self, program):
        """Asks it to end; it has 20 seconds."""
        program.terminate()
        try:
            return program.wait(20)
        except subprocess.TimeoutExpired:
            return None


def main():
    *servers, client = split(sys.argv[1:])
    programs = Programs()
    watchdog = threading.Timer(DEADLINE, programs.kill)
    watchdog.daemon = True
    watchdog.start()
    urls = []
    try:
        for command in servers:
            server = programs.start(command, stdout=subprocess.PIPE, text=True)
            url = server.stdout.readline().strip()
            if not url.startswith(("ws://", "wss://")):
                bail_out("%s did not print a URL" % " ".join(command))
            urls.append(url)
        status = programs.start(client + urls).wait()
        if status < 0:
            bail_out("%s was ended by signal %d" % (client[0], -status))
        for command, server in zip(servers, list(programs.running)):
            server_status = programs.end(server)
            if server_status not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
                bail_out("%s ended with %s" % (command[0], server_status))
        sys.exit(status)
    finally:
        watchdog.cancel()
        programs.kill()


if __name__ == "__main__":
    main()
