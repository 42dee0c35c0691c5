# SPDX-License-Identifier: LGPL-2.1-or-later
"""What run and callgrind share: building, starting servers, measuring."""

import os
import re
import select
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
START_SECONDS = 10
STOP_SECONDS = 3


class BenchError(Exception):
    """Something that keeps a measurement from being made."""


def build(folder, targets):
    """Builds targets of the Makefile; returns those that failed."""
    failed = []
    for target in targets:
        done = subprocess.run(
            ["make", "-s", "-C", HERE, f"O={os.path.abspath(folder)}", target],
            stdout=sys.stderr, check=False)
        if done.returncode != 0:
            failed.append(target)
    return failed


def has_package(name):
    """Whether pkg-config knows the package."""
    return shutil.which("pkg-config") is not None and subprocess.run(
        ["pkg-config", "--exists", name], check=False).returncode == 0


def pin(command, core):
    """The command, bound to a core unless core is None."""
    if core is None or shutil.which("taskset") is None:
        return command
    return ["taskset", "-c", str(core)] + command


class Server:
    """A server under test; a context manager that ends what it started."""

    def __init__(self, command, core=None, start_seconds=START_SECONDS,
                 stop_seconds=STOP_SECONDS, environment=None):
        self.command = command
        self.core = core
        self.start_seconds = start_seconds
        self.stop_seconds = stop_seconds
        self.environment = environment
        self.process = None
        self.port = 0

    def __enter__(self):
        try:
            self.process = subprocess.Popen(
                pin(self.command, self.core), stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                env=dict(os.environ, **(self.environment or {})))
        except OSError as error:
            raise BenchError(f"{self.command[0]}: {error.strerror}") from error
        try:
            self.port = self._await_port()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        """The process; taskset becomes the server, so it is the same."""
        return self.process.pid

    def _await_port(self):
        end = time.monotonic() + self.start_seconds
        text = b""
        pipe = self.process.stdout.fileno()
        while (left := end - time.monotonic()) > 0:
            if not select.select([pipe], [], [], left)[0]:
                break
            data = os.read(pipe, 4096)
            if not data:
                raise BenchError(f"{self.command[0]} ended at once")
            text += data
            found = re.search(rb"wss?://[^\s/]*:(\d+)[/\s]", text)
            if found:
                return int(found.group(1))
        raise BenchError(f"{self.command[0]} printed no URL")

    def stop(self):
        """Ends the server, politely first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def make_certificate(folder):
    """Makes a certificate of P-256, once; returns its file and its key's."""
    certificate = os.path.join(folder, "certificate.pem")
    key = os.path.join(folder, "key.pem")
    if os.path.exists(certificate) and os.path.exists(key):
        return certificate, key
    if shutil.which("openssl") is None:
        raise BenchError("no openssl: apt-get install openssl")
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
         "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"openssl: {done.stderr.strip()}")
    return certificate, key


def load(folder, arguments, server, core=None, limit=120, measure=True,
         tls=False):
    """Runs the generator once; returns its figures as a dictionary."""
    generator = "ws-load-tls" if tls else "ws-load"
    command = [os.path.join(folder, generator), *arguments,
               "--port", str(server.port), "--limit", str(limit)]
    if measure:
        command += ["--pid", str(server.pid)]
    try:
        done = subprocess.run(pin(command, core), capture_output=True,
                              text=True, timeout=limit + 10, check=False)
    except subprocess.TimeoutExpired as error:
        raise BenchError("the generator hangs") from error
    if done.returncode != 0:
        raise BenchError(f"status {done.returncode}: {done.stderr.strip()}")
    return {key: float(value)
            for key, value in re.findall(r"(\w+)=(\S+)", done.stdout)}
