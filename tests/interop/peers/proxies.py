#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our client goes through squid and microsocks to our server."""

import os
import subprocess
import sys
from urllib.parse import quote

import foreign
import ours
from ours import Client, Gio, GLib, Ws, check

# Both hold what a URI or Basic might stumble over, as far as Basic allows.
USER = "an na@x"
PASSWORD = "s:e/c%r?t#@ü"
LOGIN = (USER, PASSWORD)
WRONG = (USER, "wrong-one")
NEEDED = Ws.SocketError.PROXY_AUTHENTICATION_REQUIRED
REFUSED = Ws.SocketError.PROXY_CONNECTION_REFUSED


def with_login(uri, login):
    scheme, rest = uri.split("://")
    return "%s://%s:%s@%s" % (scheme, quote(login[0], ""), quote(login[1], ""), rest)


def free_proxy(uri, url):
    client = Client(uri).run(url).expect_echo()
    check(client.asked, [])


def answered(uri, url, is_deferred, asks):
    """asks: scheme and realm."""
    client = Client(uri, [LOGIN], is_deferred).run(url).expect_echo()
    check(client.asked, [(*asks, uri, 0, "")])


def wrong_then_right(uri, url):
    client = Client(uri, [WRONG, LOGIN]).run(url).expect_echo()
    check([row[3:] for row in client.asked], [(0, ""), (1, USER)])


def wrong_and_unchanged(uri, url):
    client = Client(uri, [WRONG]).run(url).expect_error(NEEDED, WRONG[1], USER)
    check([row[3:] for row in client.asked], [(0, ""), (1, USER)])


def unanswered(uri, url):
    client = Client(uri).run(url).expect_error(NEEDED)
    check(len(client.asked), 1)


def login_in_uri(uri, url):
    client = Client(with_login(uri, LOGIN)).run(url).expect_echo()
    check(client.asked, [])


def wrong_login_in_uri(uri, url, asks):
    client = Client(with_login(uri, WRONG), [LOGIN]).run(url).expect_echo()
    check(client.asked, [(*asks, uri, 0, USER)])
    client = Client(with_login(uri, WRONG)).run(url).expect_error(NEEDED, WRONG[1], USER)
    check(len(client.asked), 1)


def other_case(uri, url):
    """Schemes are the same in any case; socks5h is what others say."""
    Client(uri.replace("http", "HTTP").replace("socks5", "Socks5H")).run(url).expect_echo()


def ipv6(uri):
    """An address that needs brackets, in the request of a tunnel."""
    server = ours.serve_echo(False, Gio.SocketFamily.IPV6)
    Client(uri).run("ws://[::1]:%d/" % server.get_server_port()).expect_echo()


def no_proxy(scheme, url):
    uri = "%s://127.0.0.1:%d" % (scheme, foreign.find_port())
    Client(with_login(uri, LOGIN)).run(url).expect_error(REFUSED, PASSWORD, quote(PASSWORD, ""))


def denied(uri, scheme):
    Client(uri).run(scheme + "://127.0.0.1:9/").expect_error(REFUSED)


def beyond(uri, code):
    """Nobody listens where the proxy is sent."""
    Client(uri).run("ws://127.0.0.1:%d/" % foreign.find_port()).expect_error(code)


def ignored(uri, url):
    """The ignored host is reached past a proxy that would ask."""
    resolver = Gio.SimpleProxyResolver.new(uri, ["127.0.0.1"])
    client = Client(resolver).run(url).expect_echo()
    check(client.asked, [])
    resolver = Gio.SimpleProxyResolver.new(uri, ["192.0.2.1"])
    client = Client(resolver, [LOGIN]).run(url).expect_echo()
    check(len(client.asked), 1)


def by_scheme(uri, url, is_secure):
    """Resolvers know ws as http and wss as https."""
    resolver = Gio.SimpleProxyResolver.new("direct://", None)
    resolver.set_uri_proxy("https" if is_secure else "http", uri)
    client = Client(resolver, [LOGIN]).run(url).expect_echo()
    check(len(client.asked), 1)


def from_environment(uri, url):
    """GIO chooses its resolver once, so that a process of its own has to look.

    Our servers live in this one: its loop goes on meanwhile.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy")
    }
    variable = "https_proxy" if url.startswith("wss:") else "http_proxy"
    environment.update({variable: uri, "GIO_USE_PROXY_RESOLVER": "libproxy"})
    command = [sys.executable, __file__, "--environment", uri, url]
    child = subprocess.Popen(command, env=environment)
    while child.poll() is None:
        # The child has a deadline of its own; the timer is for its end.
        timer = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
        GLib.MainContext.default().iteration(True)
        GLib.source_remove(timer)
    check(child.returncode, 0)


def from_environment_inside(uri, url):
    client = Client(None, [LOGIN]).run(url).expect_echo()
    check(client.asked, [("Basic", "shadow", uri, 0, "")])


def list_asking(name, uri, asks, scheme, url):
    return [
        ("%s/%s/%s" % (name, scheme, what), lambda test=test, rest=rest: test(uri, url, *rest))
        for what, test, *rest in [
            ("at-once", answered, False, asks),
            ("deferred", answered, True, asks),
            ("wrong-then-right", wrong_then_right),
            ("wrong-and-unchanged", wrong_and_unchanged),
            ("unanswered", unanswered),
            ("login-in-uri", login_in_uri),
            ("wrong-login-in-uri", wrong_login_in_uri, asks),
            ("ignored", ignored),
            ("by-scheme", by_scheme, scheme == "wss"),
        ]
    ]


def list_tests(programs, servers):
    squid = "http://" + programs.start_squid()
    microsocks = "socks5://" + programs.start_microsocks()
    digest = programs.start_squid(LOGIN, "digest")
    asking = [
        ("squid", "http://" + programs.start_squid(LOGIN), ("Basic", "shadow")),
        ("squid-digest", "http://" + digest, ("Digest", "shadow")),
        ("microsocks", "socks5://" + programs.start_microsocks(LOGIN), ("", "")),
    ]
    tests = [
        ("squid/beyond", lambda: beyond(squid, Ws.SocketError.PROXY_PROTOCOL)),
        ("squid/ipv6", lambda: ipv6(squid)),
        ("microsocks/beyond", lambda: beyond(microsocks, Ws.SocketError.CONNECTION_REFUSED)),
    ]
    for scheme, server in servers.items():
        url = server.props.url
        tests += [
            ("squid/%s/free" % scheme, lambda url=url: free_proxy(squid, url)),
            ("microsocks/%s/free" % scheme, lambda url=url: free_proxy(microsocks, url)),
            ("squid/%s/case" % scheme, lambda url=url: other_case(squid, url)),
            ("microsocks/%s/case" % scheme, lambda url=url: other_case(microsocks, url)),
            ("squid/%s/denied" % scheme, lambda scheme=scheme: denied(squid, scheme)),
            (
                "squid/%s/environment" % scheme,
                lambda url=url: from_environment(asking[0][1], url),
            ),
            ("none/%s/http" % scheme, lambda url=url: no_proxy("http", url)),
            ("none/%s/socks5" % scheme, lambda url=url: no_proxy("socks5", url)),
        ]
        for name, uri, asks in asking:
            tests += list_asking(name, uri, asks, scheme, url)
    return tests


def main():
    if sys.argv[1:2] == ["--environment"]:
        return from_environment_inside(*sys.argv[2:])
    servers = {"ws": ours.serve_echo(False), "wss": ours.serve_echo(True)}
    with foreign.Foreign() as programs:
        return ours.run(list_tests(programs, servers))


sys.exit(main())
