#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every #include points down or sideways, never up.

The rooms of the public objects stand above the layers, in the order of LAYERS.
What each of them may take from outside the tree is part of its meaning, so that
is checked too.
"""

import re

import sources

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
# From the top down: a room or layer may include those behind it, and itself.
ROOMS = ["pool", "server", "broker", "view", "socket", "signal", "http", "ssl", "message", "value", "base"]
LAYERS = ROOMS + ["engine", "net", "protocol"]
# The folder of tests -> the highest layer that its tests may look into.
TEST_LAYERS = {
    "protocol": "protocol",
    "fuzz": ROOMS[0],
    "net": "net",
    "engine": "engine",
}

C_HEADERS = re.compile(
    r"^(assert|ctype|errno|float|inttypes|limits|math|stdalign|stdarg|stdbool"
    r"|stddef|stdint|stdio|stdlib|string|time|(\w*intrin)|arm_neon)\.h$"
)
GLIB = re.compile(r"^(glib|glib-unix|glib-object)\.h$|^glib/|^gobject/")
GIO = re.compile(r"^gio/")
SYSTEM = {
    **{room: [C_HEADERS, GLIB, GIO] for room in ROOMS},
    "engine": [C_HEADERS, GLIB, GIO],
    # Sockets and GnuTLS live in net/ and nowhere else.
    "net": [
        C_HEADERS,
        GLIB,
        GIO,
        re.compile(r"^(gnutls|sys|net|netinet|arpa|linux)/"),
        re.compile(r"^(unistd|fcntl|poll|netdb|ifaddrs|pthread|signal|pwd|grp|malloc|libintl)\.h$"),
    ],
    # arpa/inet.h reads and writes addresses as text, which is no I/O.
    "protocol": [C_HEADERS, re.compile(r"^(glib|zlib|libdeflate|sys/mman|arpa/inet)\.h$")],
}

REDIS_SYSTEM = [C_HEADERS, GLIB, GIO, re.compile(r"^netinet/|^hiredis\.h$")]


def layer_of(name):
    """The room or layer of a path below ws-glib/.

    A public header counts as one of the room where the .c of its name stands, or
    of the longest beginning of its name; one that has none belongs to all, and
    the umbrella to the roof.
    """
    parts = name.split("/")
    if len(parts) > 1:
        return parts[0]
    if name == "ws-glib.h":
        return ROOMS[0]
    stem = name.split(".")[0]
    while stem:
        for room in ROOMS:
            if (sources.ROOT / "ws-glib" / room / (stem + ".c")).is_file():
                return room
        stem = stem.rpartition("-")[0]
    return ROOMS[-1]


def exists(name):
    """Whether ws-glib/@name is there, or made from a template."""
    path = sources.ROOT / "ws-glib" / name
    return path.is_file() or path.with_name(path.name + ".in").is_file()


def is_private(name):
    return "/" in name


def check_library(name, bracket, header):
    """Judges one #include of ws-glib/@name; returns what is wrong with it."""
    layer = layer_of(name)
    if header == "ws-config.h":
        return "a header needs ws-config.h" if name.endswith(".h") else ""
    if bracket == "<" and not header.startswith("ws-glib/"):
        if any(pattern.search(header) for pattern in SYSTEM[layer]):
            return ""
        return "%s does not include <%s>" % (layer, header)
    target = header[len("ws-glib/") :] if bracket == "<" else header
    if not exists(target):
        return "there is no ws-glib/%s (private includes name the room)" % target
    if bracket == "<" and is_private(target):
        return 'a private header is included as "%s"' % target
    if LAYERS.index(layer_of(target)) < LAYERS.index(layer):
        return "%s includes upwards, from %s" % (layer, layer_of(target))
    if not is_private(name) and name.endswith(".h") and bracket == '"':
        return "a public header includes only <ws-glib/...>, GLib and GIO"
    return ""


def is_library_secret(bracket, header):
    return bracket == '"' and is_private(header) and exists(header)


def check_test(folder, bracket, header):
    """Judges an #include of tests/@folder: its own layer and below."""
    if bracket == "<" and header.startswith("ws-glib/"):
        if TEST_LAYERS.get(folder, ROOMS[0]) not in ROOMS:
            return "tests of %s do not see the public API" % folder
        return "" if header == "ws-glib/ws-glib.h" else "include <ws-glib/ws-glib.h>"
    if folder == "support" or not is_library_secret(bracket, header):
        return ""
    if folder == "api" and layer_of(header) in ROOMS:
        return ""
    if folder not in TEST_LAYERS:
        return "these tests see the library as a user does"
    if LAYERS.index(layer_of(header)) < LAYERS.index(TEST_LAYERS[folder]):
        return "tests of %s include upwards" % folder
    return ""


def check_user(bracket, header):
    """Judges an #include of an example or a benchmark: a user's view."""
    if header.startswith("ws-glib/") and header != "ws-glib/ws-glib.h":
        return "include <ws-glib/ws-glib.h>"
    if is_library_secret(bracket, header):
        return "private headers are not for users"
    return ""


def check_redis(name, bracket, header):
    """Judges an #include of redis/@name, which sees ws-glib as a user does."""
    if header.startswith("ws-glib-redis/") or (bracket == '"' and header.startswith("ws-redis-")):
        path = sources.ROOT / "redis" / header
        return "" if path.is_file() else "there is no redis/%s" % header
    if header == "ws-glib/ws-glib.h" or bracket == "<" and any(
        pattern.search(header) for pattern in REDIS_SYSTEM
    ):
        return ""
    return "redis/ does not include %s" % header


def check_file(name):
    for match in INCLUDE.finditer(sources.read(name)):
        bracket, header = match.groups()
        top, _, rest = name.partition("/")
        if top == "ws-glib":
            problem = check_library(rest, bracket, header)
        elif top == "tests":
            problem = check_test(rest.split("/")[0], bracket, header)
        elif top == "redis":
            problem = check_redis(rest, bracket, header)
        else:
            problem = check_user(bracket, header)
        if problem:
            line = sources.read(name)[: match.start()].count("\n") + 1
            yield "%s:%d: %s" % (name, line, problem)


def main():
    problems = []
    for name in sources.files(".c", ".h", ".h.in"):
        problems += check_file(name)
    sources.finish(problems)


if __name__ == "__main__":
    main()
