#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles the code of README.md and doc/*.md as a reader would.

check-readme.py BUILD-FOLDER [COMPILER…]

C and Vala with a main() are compiled and linked against the build, other C is put
into a function, with the names that such a fragment takes for granted. Python is
compiled, JavaScript is parsed by Node.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sources

BLOCK = re.compile(r"^```(c|python|js|vala)\n(.*?)^```$", re.M | re.S)
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]


def blocks():
    for name in sources.files(".md"):
        if name == "README.md" or name.startswith("doc/"):
            text = sources.read(name)
            for match in BLOCK.finditer(text):
                line = text[: match.start()].count("\n") + 2
                yield "%s:%d" % (name, line), match.group(1), match.group(2)


def pkg_config(build, *wanted):
    """What a program needs, as "meson devenv" has it."""
    folder = build + "/meson-uninstalled"
    packages = ["ws-glib-1.0", "gio-unix-2.0"]
    if os.path.exists(folder + "/ws-glib-redis-1.0-uninstalled.pc"):
        packages.append("ws-glib-redis-1.0")
    output = subprocess.run(
        ["pkg-config", *wanted] + packages,
        check=True,
        env=dict(os.environ, PKG_CONFIG_PATH=folder),
        stdout=subprocess.PIPE,
    ).stdout.decode()
    return shlex.split(output)


# What a fragment may use without having made it.
FRAGMENT = """#include <glib-unix.h>
#include <ws-glib/ws-glib.h>
typedef struct { WsSocket *socket; } Program;
extern Program *self;
extern WsSocket *socket, *client;
extern WsServer *server, *watcher;
extern WsServerPool *pool;
extern WsBroker *broker;
extern WsMessage *message;
extern WsSslConfiguration *configuration;
extern GObject *label, *entry, *button;
extern GSocket *gsocket;
extern GMainLoop *loop;
extern GError *error;
void show_dialog (WsSocket *socket, GPtrArray *errors);
void echo_client_on_connected (Program *self);
void echo_client_on_text (Program *self, const char *text);
void fragment (void);
%s
void fragment (void)
{
%s
}
"""
DEFINITION = re.compile(
    r"(?:/\*(?:(?!\*/).)*\*/\n)?"
    r"(static (?!const char \*const)|typedef |struct |#include |void\n)",
    re.S,
)
EXAMPLES = str(sources.ROOT / "examples")


def complete(code):
    """A file that compiles, of definitions, of statements, or of both."""
    definitions, statements = [], []
    for part in re.split(r"\n\n(?=\S)", code):
        (definitions if DEFINITION.match(part) else statements).append(part)
    return FRAGMENT % ("\n".join(definitions), "\n".join(statements))


def run(command, **options):
    """What it complains about."""
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    return "" if result.returncode == 0 else result.stdout.decode()


def compile_c(code, tools, folder):
    if "ws-glib-redis" in code and not tools.has_redis:
        return ""
    is_program = re.search(r"^main \(", code, re.M)
    source = Path(folder) / "block.c"
    source.write_text(code if is_program else complete(code), encoding="utf-8")
    command = tools.compiler + ["-std=gnu11"] + WARNINGS + ["-I" + EXAMPLES, str(source)]
    command += tools.flags
    if is_program:
        return run(command + ["-o", str(Path(folder) / "block")] + tools.libraries)
    return run(command + ["-fsyntax-only", "-Wno-unused"])


def compile_vala(code, tools, folder):
    source = Path(folder) / "block.vala"
    source.write_text(code, encoding="utf-8")
    vapi = tools.build + "/introspection/vala/vapi"
    if not os.path.isdir(vapi):
        return ""
    command = ["valac", "-C", "-d", folder, "--vapidir", vapi, "--pkg", "ws-glib-1.0"]
    return run(command + [str(source)])


def compile_js(code, tools, folder):
    source = Path(folder) / "block.mjs"
    source.write_text(code, encoding="utf-8")
    return run(["node", "--check", str(source)])


def compile_python(code, tools, folder):
    try:
        compile(code, "block.py", "exec")
    except SyntaxError as error:
        return str(error)
    return ""


COMPILERS = {
    "c": compile_c,
    "vala": compile_vala,
    "js": compile_js,
    "python": compile_python,
}


class Tools:
    def __init__(self, build, compiler):
        self.build = os.path.abspath(build)
        self.compiler = compiler or ["cc"]
        self.flags = pkg_config(self.build, "--cflags")
        self.libraries = pkg_config(self.build, "--libs")
        self.has_redis = any("ws-glib-redis" in flag for flag in self.libraries)


def check(tools, where, language, code):
    with tempfile.TemporaryDirectory() as folder:
        problem = COMPILERS[language](code, tools, folder)
    return "%s: does not compile:\n%s" % (where, problem) if problem else None


def main():
    tools = Tools(sys.argv[1], sys.argv[2:])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda block: check(tools, *block), blocks()))
    if not results:
        results.append("no code block was found")
    sources.finish([problem for problem in results if problem])


if __name__ == "__main__":
    main()
