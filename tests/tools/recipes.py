#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What doc/recipes.md says, done: a service of systemd's, and a Unix socket behind
nginx. What is not installed here is skipped."""

import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import unittest

from support import DEADLINE, OK, TOOL, TestCase, wait_until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "doc" / "recipes.md"
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
INSTALLED = "/usr/bin/ws-glib"


def block(after):
    """The block of code behind these words, as it is in the page."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(re.escape(after) + r"\n\n((?:(?: {4}.*)?\n)+)", text)
    return re.sub(r"^ {4}", "", found[1], flags=re.M)


def free_port():
    """One below those that connections of other tests get by themselves."""
    limits = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    first = int(limits.split()[0])
    while True:
        port = random.randrange(first // 2, first)
        with contextlib.suppress(OSError):
            with socket.create_server(("127.0.0.1", port)):
                return port


def is_listening(port):
    """Whether somebody listens there; others' connections may have that port too."""
    listens = re.compile(r":%04X [0-9A-F]+:0000 0A " % port)
    tables = (pathlib.Path("/proc/net", name) for name in ("tcp", "tcp6"))
    return any(listens.search(table.read_text()) for table in tables)


class Systemd(TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze")
    def test_units(self):
        """systemd understands both units, and has nothing to say."""
        unit = block("`chat.service`:").replace(INSTALLED, TOOL)
        self.assertIn(TOOL, unit)
        service = self.path("chat.service", unit.encode())
        self.path("chat.socket", block("`chat.socket`:").encode())
        result = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", service],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            env=dict(self.environment, SYSTEMD_UNIT_PATH=self.folder + ":"),
        )
        said = [line for line in result.stdout.splitlines() if "chat." in line]
        self.assertEqual(said, [], result.stdout)

    def listen_for_notes(self):
        """What NOTIFY_SOCKET names."""
        notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notes.close)
        notes.settimeout(DEADLINE)
        notes.bind(self.path("notify"))
        return notes

    @unittest.skipUnless(shutil.which("systemd-socket-activate"),
                         "there is no systemd-socket-activate")
    def test_activation(self):
        """The manager listens, is told of the beginning and of the end."""
        notes = self.listen_for_notes()
        command = block("Try it without installing anything:").split()
        port = free_port()
        command[command.index("9000")] = str(port)
        command[command.index("ws-glib")] = TOOL
        manager = subprocess.Popen(
            [command[0], "-E", "NOTIFY_SOCKET", "-E", "LD_LIBRARY_PATH", *command[1:]],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=dict(self.environment, NOTIFY_SOCKET=self.path("notify")),
        )
        self.addCleanup(manager.stdout.close)
        self.addCleanup(manager.wait)
        self.addCleanup(manager.kill)
        wait_until(lambda: is_listening(port))
        output, _ = self.run_tool("connect", "ws://127.0.0.1:%d" % port, "-1x", "hello")
        self.assertEqual(output, b"hello\n")
        self.assertEqual(notes.recv(100), b"READY=1")
        # The manager has become the program.
        manager.send_signal(signal.SIGTERM)
        self.assertEqual(notes.recv(100), b"STOPPING=1")
        self.assertEqual(manager.wait(DEADLINE), OK)


class Nginx(TestCase):
    @unittest.skipUnless(NGINX, "there is no nginx")
    def test_unix_socket(self):
        """The two lines of the page, around what behind-a-proxy.md has."""
        command, upstream = block("and its file's mode\nsays who may connect:").strip().split(
            "\n\n")
        path = self.path("chat.sock")
        arguments = command.replace("/run/chat/chat.sock", path).split()[1:]
        server = self.start(*arguments, stdout=subprocess.PIPE)
        server.stdout.readline()
        port = free_port()
        configuration = """
        daemon off; %(user)s pid %(folder)s/nginx.pid; error_log stderr; worker_processes 1;
        events {}
        http {
          access_log off;
          client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b;
          fastcgi_temp_path %(folder)s/c; uwsgi_temp_path %(folder)s/d;
          scgi_temp_path %(folder)s/e;
          %(upstream)s
          server {
            listen 127.0.0.1:%(port)d;
            location / {
              proxy_pass http://chat;
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection "upgrade";
            }
          }
        }
        """ % {
            "folder": self.folder, "port": port,
            # Else its worker may not enter the folder.
            "user": "user root;" if os.getuid() == 0 else "",
            "upstream": upstream.replace("/run/chat/chat.sock", path),
        }
        nginx = subprocess.Popen(
            [NGINX, "-p", self.folder, "-c", self.path("nginx.conf", configuration.encode())],
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        wait_until(lambda: is_listening(port))
        url = "ws://127.0.0.1:%d" % port
        self.assertEqual(self.run_tool("connect", url, "-1x", "hello")[0], b"hello\n")


if __name__ == "__main__":
    unittest.main()
