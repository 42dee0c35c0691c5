#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our server behind nginx and HAProxy: who its clients are."""

import sys

from gi.repository import GLib

import foreign
import ours
from ours import Client, Ws, check

FAR = "203.0.113.9"  # an address that a proxy before the proxy tells

NGINX_RULES = """      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host chat.example;
      proxy_set_header Forwarded "";"""

HAPROXY = """global
  maxconn 100
defaults
  mode {mode}
  timeout connect 10s
  timeout client 30s
  timeout server 30s
  timeout tunnel 30s
listen ws
  bind 127.0.0.1:{port}
  {rules}
  server one 127.0.0.1:{target} {options}
"""
HTTP_RULES = """option forwardfor
  http-request set-header X-Forwarded-Proto https
  http-request del-header Forwarded"""

CASES = {
    # name: (is TLS ours, HAProxy's mode, rules, options of its server)
    "haproxy/http": (False, "http", HTTP_RULES, ""),
    "haproxy/proxy-v1": (False, "tcp", "", "send-proxy check check-send-proxy inter 50"),
    "haproxy/proxy-v2": (False, "tcp", "", "send-proxy-v2 check inter 50"),
    "haproxy/proxy-v2-tls": (True, "tcp", "", "send-proxy-v2 check inter 50"),
}


class Seen:
    """What the server sees of the one client that comes."""

    def __init__(self, server):
        self.failures = []
        server.connect("handshake-requested", self.on_requested)
        server.connect("peer-failed", lambda *args: self.failures.append(args[1:]))

    def on_requested(self, _server, request, _response):
        self.client = request.dup_client_address_string()
        self.peer = request.dup_peer_address_string()
        self.is_secure = request.get_is_secure()
        self.url = request.get_url()


def start_nginx(programs, target):
    return programs.run_nginx(programs.make_folder(), target, NGINX_RULES)


def start_haproxy(programs, target, mode, rules, options):
    path = programs.make_folder() / "haproxy.cfg"

    def make_command(port):
        path.write_text(
            HAPROXY.format(
                port=port, target=target, mode=mode, rules=rules, options=options
            )
        )
        return [foreign.find_program("haproxy"), "-db", "-f", str(path)]

    return programs.start(make_command)


def visit(address, is_secure, tells_far):
    """Returns the client's own address."""
    client = Client()
    own = []
    client.socket.connect(
        "connected", lambda peer: own.append(peer.dup_local_address_string())
    )
    if tells_far:
        client.socket.get_request_headers().append("X-Forwarded-For", FAR)
    client.run("%s://%s/" % ("wss" if is_secure else "ws", address)).expect_echo()
    return own[0]


def look(programs, start, is_secure, tells_far, *options):
    server = ours.serve_echo(is_secure)
    seen = Seen(server)
    address = start(programs, server.get_server_port(), *options)
    # Its checks of our health are no failures.
    context = GLib.MainContext.default()
    GLib.timeout_add(300, context.wakeup)
    for _ in range(20):
        context.iteration(False)
    if is_secure:
        address = address.replace("127.0.0.1", "localhost")
    seen.own = visit(address, is_secure, tells_far)
    check(seen.failures, [])
    assert seen.peer != seen.own, "there is a proxy"
    return seen


def check_nginx(programs):
    seen = look(programs, start_nginx, False, True)
    check((seen.client, seen.is_secure), (FAR, True))
    check(seen.url, "wss://chat.example/")


def check_haproxy(programs, name):
    is_secure, mode, *options = CASES[name]
    is_http = mode == "http"
    seen = look(programs, start_haproxy, is_secure, is_http, mode, *options)
    # HAProxy writes a field of its own behind the client's.
    check(seen.client, FAR if is_http else seen.own)
    check(seen.is_secure, is_http or is_secure)


def list_tests(programs):
    yield "nginx", lambda: check_nginx(programs)
    for name in CASES:
        yield name, lambda name=name: check_haproxy(programs, name)


def main():
    with foreign.Foreign() as programs:
        return ours.run(list(list_tests(programs)))


if __name__ == "__main__":
    sys.exit(main())
