# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proxies and web servers of others, each in a folder of its own."""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

TRIES = 5
DEADLINE = 20  # seconds

SQUID = """
http_port 127.0.0.1:{port}
visible_hostname localhost
pid_filename {folder}/pid
cache_log {folder}/cache.log
access_log stdio:{folder}/access.log
coredump_dir {folder}
netdb_filename none
pinger_enable off
cache deny all
shutdown_lifetime 0 seconds
acl forbidden port 9
http_access deny forbidden
{access}
"""
SQUID_LOGIN = """
auth_param {scheme} program {folder}/helper
auth_param {scheme} children 1
auth_param {scheme} realm shadow
acl known proxy_auth REQUIRED
http_access deny !known
http_access allow known
"""
SQUID_HELPERS = {
    "basic": """#!/usr/bin/python3
import sys
from urllib.parse import unquote
for line in sys.stdin:
    login = [unquote(part) for part in line.split()]
    print("OK" if login == {login!r} else "ERR", flush=True)
""",
    # It is asked for the hash that the password is a part of (RFC 7616, 3.4.2).
    "digest": """#!/usr/bin/python3
import hashlib, sys
user, password = {login!r}
for line in sys.stdin:
    secret = hashlib.md5(":".join((user, "shadow", password)).encode()).hexdigest()
    is_known = line.startswith('"%s":"shadow"' % user)
    print('OK ha1="%s"' % secret if is_known else "ERR", flush=True)
""",
}

# One location; {secure} and {rules} are what differs.
NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port}{secure};
    location / {{
      proxy_pass http://127.0.0.1:{target};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
{rules}
    }}
  }}
}}
"""
NGINX_LOGIN = """      auth_basic "shadow";
      auth_basic_user_file {folder}/logins;
      proxy_set_header Authorization "";"""
NGINX_SECURE = """ ssl;
    ssl_certificate {certificates}/server-chain.pem;
    ssl_certificate_key {certificates}/server.key"""


def find_port():
    """A port of 127.0.0.1 where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def find_program(name):
    """Debian keeps servers out of the PATH of users."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if path is None:
        raise FileNotFoundError("%s is not installed" % name)
    return path


def listens(program, port):
    """Whether the program takes connections at the port before it ends."""
    end = time.monotonic() + DEADLINE
    while program.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


class Foreign:
    """What was started, each to be ended with its folder."""

    def __init__(self):
        self.running = []
        self.folders = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.running:
            program.terminate()
            try:
                program.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)

    def make_folder(self):
        folder = Path(tempfile.mkdtemp(prefix="ws-foreign-"))
        self.folders.append(folder)
        return folder

    def start(self, make_command):
        """Returns its address when the program takes connections.

        @make_command: the command for a port.  A port that somebody else took
        after it was found free ends the program, which then gets another one.
        """
        for _ in range(TRIES):
            port = find_port()
            command = make_command(port)
            program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.running.append(program)
            if listens(program, port):
                return "127.0.0.1:%d" % port
        raise RuntimeError("%s does not listen (%s)" % (command, program.poll()))

    def start_squid(self, login=None, scheme="basic"):
        """login: a pair of user and password; None lets everybody through."""
        folder = self.make_folder()
        access = SQUID_LOGIN.format(folder=folder, scheme=scheme) if login else "http_access allow all"
        configuration = folder / "squid.conf"
        helper = folder / "helper"
        helper.write_text(SQUID_HELPERS[scheme].format(login=list(login or ("", ""))))
        helper.chmod(0o755)
        # Started by root it becomes Debian's user for it.
        if os.getuid() == 0:
            shutil.chown(folder, "proxy")

        def make_command(port):
            configuration.write_text(SQUID.format(folder=folder, port=port, access=access))
            return [find_program("squid"), "-N", "-f", str(configuration)]

        return self.start(make_command)

    def start_microsocks(self, login=None):
        options = ["-u", login[0], "-P", login[1]] if login else []
        return self.start(
            lambda port: [find_program("microsocks"), "-i", "127.0.0.1", "-p", str(port)] + options
        )

    def run_nginx(self, folder, target, rules, secure=""):
        """Leads to the port @target; @rules: lines of its location."""
        configuration = folder / "nginx.conf"

        def make_command(port):
            configuration.write_text(
                NGINX.format(
                    folder=folder, port=port, target=target, rules=rules, secure=secure
                )
            )
            return [find_program("nginx"), "-p", str(folder), "-c", str(configuration)]

        return self.start(make_command)

    def start_nginx(self, target, login, certificates=None):
        """One that wants a login; certificates: the folder, for TLS."""
        folder = self.make_folder()
        secure = NGINX_SECURE.format(certificates=certificates) if certificates else ""
        # A colon would end a password in the clear.
        digest = base64.b64encode(hashlib.sha1(login[1].encode()).digest()).decode()
        (folder / "logins").write_text("%s:{SHA}%s\n" % (login[0], digest))
        rules = NGINX_LOGIN.format(folder=folder)
        return self.run_nginx(folder, target, rules, secure)
