#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests the checks themselves, and the sums of tests/report.py."""

import importlib.util
import io
import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import sources


def load(name):
    path = sources.ROOT / "tests/lint" / (name + ".py")
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Layers(unittest.TestCase):
    layers = load("check-layers")

    def test_library(self):
        for name, include, good in [
            ("protocol/ws-frame.c", '"protocol/ws-frame.h"', True),
            ("protocol/ws-frame.c", "<glib.h>", True),
            ("protocol/ws-frame.c", "<zlib.h>", True),
            ("protocol/ws-frame.c", "<gio/gio.h>", False),
            ("protocol/ws-frame.c", "<glib-object.h>", False),
            ("protocol/ws-frame.c", '"ws-frame.h"', False),
            ("protocol/ws-frame.c", '"net/ws-poller.h"', False),
            ("net/ws-poller.c", "<sys/epoll.h>", True),
            ("net/ws-poller.c", '"protocol/ws-frame.h"', True),
            ("net/ws-poller.c", '"engine/ws-engine.h"', False),
            ("net/ws-poller.c", "<ws-glib/ws-socket.h>", False),
            ("engine/ws-engine.c", '"net/ws-poller.h"', True),
            ("engine/ws-engine.c", "<gnutls/gnutls.h>", False),
            ("engine/ws-engine.c", '"ws-socket.h"', False),
            ("socket/ws-socket.c", '"engine/ws-engine.h"', True),
            ("socket/ws-socket.c", '"signal/ws-signal-link.h"', True),
            ("socket/ws-socket.c", '"ws-message.h"', True),
            ("socket/ws-socket.c", '"server/ws-server-private.h"', False),
            ("socket/ws-socket.c", '"ws-server.h"', False),
            ("socket/ws-socket.c", '"ws-server-async.h"', False),
            ("socket/ws-socket.c", '"ws-config.h"', True),
            ("socket/ws-socket.c", "<sys/socket.h>", False),
            ("ssl/ws-ssl-error.c", '"http/ws-headers-private.h"', False),
            ("ws-socket.h", "<ws-glib/ws-message.h>", True),
            ("ws-message.h", "<ws-glib/ws-socket.h>", False),
            ("ws-socket.h", '"ws-message.h"', False),
            ("ws-socket.h", '"engine/ws-engine.h"', False),
            ("ws-socket.h", "<ws-glib/engine/ws-engine.h>", False),
            ("ws-socket.h", '"ws-config.h"', False),
        ]:
            with self.subTest(name=name, include=include):
                problem = self.layers.check_library(name, include[0], include[1:-1])
                self.assertEqual(problem == "", good, problem)

    def test_tests_and_users(self):
        for folder, include, good in [
            ("protocol", '"protocol/ws-frame.h"', True),
            ("protocol", '"net/ws-poller.h"', False),
            ("net", '"engine/ws-engine.h"', False),
            ("engine", '"net/ws-poller.h"', True),
            ("engine", "<ws-glib/ws-glib.h>", False),
            ("api", "<ws-glib/ws-glib.h>", True),
            ("api", "<ws-glib/ws-socket.h>", False),
            ("api", '"engine/ws-engine.h"', False),
            ("api", '"support/ws-test.h"', True),
        ]:
            with self.subTest(folder=folder, include=include):
                problem = self.layers.check_test(folder, include[0], include[1:-1])
                self.assertEqual(problem == "", good, problem)
        self.assertTrue(self.layers.check_user('"', "net/ws-poller.h"))
        self.assertFalse(self.layers.check_user("<", "ws-glib/ws-glib.h"))


class Rooms(unittest.TestCase):
    rooms = load("check-rooms")

    ROOF = """#include "ws-a.h"\n#include "den/ws-a-core.h"
void
ws_a_close (int a)
{
  /* ws_a_start() is not called here. */
  ws_a_note (a, "ws_a_start ()");
}
"""
    CORE = """#include "den/ws-a-core.h"
void
ws_a_note (int a, const char *what)
{
}
static void
ws_a_start (void)
{
}
"""

    def problems(self, **changes):
        texts = {
            "ws-glib/den/ws-a.c": self.ROOF,
            "ws-glib/den/ws-a-core.c": self.CORE,
            "ws-glib/den/ws-a-core.h": "void ws_a_note (int a, const char *what);",
        }
        for name, text in changes.items():
            name = {"roof": "ws-a.c", "core": "ws-a-core.c", "header": "ws-a-core.h"}[name]
            texts["ws-glib/den/" + name] += text
        room = self.rooms.Room("den", texts)
        return [*room.circles(), *room.strangers(), *room.peeks()]

    def test_order(self):
        self.assertEqual(self.problems(), [])

    def test_circle_of_calls(self):
        back = "void\nws_a_end (void)\n{\n  ws_a_close (1);\n}\n"
        found = self.problems(core=back)
        self.assertEqual(len(found), 3, found)
        self.assertIn("ws-a-core -> ws-a: ws_a_close", found[2])

    def test_circle_of_includes(self):
        found = self.problems(header='\n#include "den/ws-a.h"\n')
        self.assertIn("ws-a-core -> ws-a: an include", found[2])

    def test_strangers_and_peeks(self):
        found = self.problems(header="\nvoid ws_a_close (int a);\n")
        self.assertIn("ws_a_close() stands in ws-a.c", found[-1])
        self.assertEqual(len(self.problems(roof="int b = ws_socket_peek (1);\n")), 1)


class Style(unittest.TestCase):
    style = load("check-style")

    def test_function_length(self):
        lines = ["static int", "f (int a,", "   int b)", "{"] + ["  a++;"] * 3 + ["}"]
        struct = ["struct S", "{", "  int a;", "};"]
        self.assertEqual(list(self.style.functions(struct + lines)), [("f", 8, 5)])

    def test_lines(self):
        for line, good in [
            ("  return 1;", True),
            ("  return 1; ", False),
            ("\treturn 1;", False),
            ("  go" + "to out;", False),
            ('  path = "/ho' + 'me/me";', False),
            ('  say ("\u201chi\u201d");', False),
            ("  return " + "a" * 70 + ";", True),
            ("  return " + "a" * 71 + ";", False),
            ("  /* " + "\u00b5" * 72 + " */", True),
            (" * https://example.org/" + "a" * 80, True),
            (" * See https://example.org/" + "a" * 80, False),
        ]:
            with self.subTest(line=line):
                problems = list(self.style.check_lines("a.c", [line]))
                self.assertEqual(not problems, good, problems)


    def test_accessors(self):
        for function, text, good in [
            ("ws_a_get_b", "Gets the b.", True),
            ("ws_a_dup_b", "Gets the b.", True),
            ("ws_a_set_b", "Sets the b.", True),
            ("ws_a_get_b", "The b.", False),
            ("ws_a_set_b", "Gets the b.", False),
            ("ws_a_is_b", "Whether it is b.", True),
        ]:
            with self.subTest(function=function, text=text):
                block = "/**\n * %s:\n * @self: an a\n *\n * %s\n */\n"
                problems = list(
                    self.style.check_accessors("ws-glib/a.c", block % (function, text))
                )
                self.assertEqual(not problems, good, problems)

    def test_last_return(self):
        for body, good in [
            ("  a++;\n  return a;", True),
            ("  a++;\n\n  return a;", False),
            ("  int a = 1;\n\n  return a;", True),
            ("  int a = 1;\n  A   *b;\n\n  a++;\n\n  return a;", False),
            ("  A *const *b\n      = c (d,\n         e);\n\n  return b;", True),
            ("  struct A a = {\n    1\n  };\n\n  return f (a);", True),
            ("  g_autoptr (A) a = b ();\n\n  return a->c;", True),
            ("  g_autofree char *a = b ();\n\n  return c (a);", True),
            ("  g_return_val_if_fail (a, 1);\n\n  return a;", True),
            ("  if (a)\n    return 1;\n\n  return 2;", False),
            ("  while (a)\n    a--;\n\n  a++;\n  return a;", True),
            ("  return 1;", True),
        ]:
            with self.subTest(body=body):
                lines = ["int", "f (void)", "{", *body.split("\n"), "}"]
                problems = list(self.style.check_last_return("a.c", lines))
                self.assertEqual(not problems, good, problems)

    def test_references(self):
        for line, good in [
            ("/* See doc/overview.md and ws-socket.c. */", True),
            ("/* rules.md, Closing: in order. */", False),
            ("/* As ws-socket-old.c does. */", False),
            ('#include "ws-config.h"', True),
            ('#include "engine/ws-socket-old.h"', False),
        ]:
            with self.subTest(line=line):
                names = {"overview.md", "ws-socket.c"}
                problems = list(self.style.check_references("a.c", [line], names))
                self.assertEqual(not problems, good, problems)
        self.assertTrue(list(self.style.check_lines("a.c", ["/* Pitfall" + " 9 */"])))

    def test_purpose(self):
        licence = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n"
        for rest, good in [
            ("/* Reads frames. */\n#include <glib.h>\n", True),
            ("/* Reads frames, and\n * more.\n *\n * Much more. */\n", True),
            ("#include <glib.h>\n\n/* Reads frames. */\n", False),
            ("\n/* Reads frames. */\n", False),
            ("/* Reads frames */\n\n/* Whole. */\n", False),
            ("/**\n * ws_frame_new:\n */\n", False),
            ("/* What ws-frame.c is for. */\n", False),
        ]:
            with self.subTest(rest=rest):
                name = "ws-glib/protocol/ws-frame.c"
                problems = list(self.style.check_purpose(name, licence + rest))
                self.assertEqual(not problems, good, problems)
        self.assertEqual(list(self.style.check_purpose("tests/a.c", "")), [])

    def test_hashes(self):
        for name, line, good in [
            ("ws-glib/a.c", "g_hash_table_new (ws_name_hash, g_str_equal);", True),
            ("ws-glib/a.c", "g_hash_table_new (g_str_hash, g_str_equal);", False),
            ("redis/a.c", "g_hash_table_new (g_bytes_hash, NULL);", False),
            ("ws-glib/a.c", "return g_bytes_hash (self->der);", True),
            ("tests/a.c", "g_hash_table_new (g_str_hash, g_str_equal);", True),
        ]:
            problems = list(self.style.check_hashes(name, [line]))
            self.assertEqual(not problems, good, (name, line))


GIR = """<repository xmlns="http://www.gtk.org/introspection/core/1.0"
  xmlns:c="http://www.gtk.org/introspection/c/1.0"
  xmlns:glib="http://www.gtk.org/introspection/glib/1.0"><namespace name="Ws">
<class name="Socket" c:type="WsSocket" glib:get-type="ws_socket_get_type">
<method name="open" c:identifier="ws_socket_open"><doc/></method>
<method name="%s" c:identifier="ws_socket_other"><doc/></method>
<property name="close-code"><doc/></property>
<glib:signal name="pong"><doc/></glib:signal><doc/></class>
<enumeration name="Flag" c:type="WsFlag"><doc/>
<member name="one" c:identifier="WS_FLAG_ONE"><doc/></member></enumeration>
</namespace></repository>"""


class Gir(unittest.TestCase):
    doc_links = load("check-doc-links")
    guide = load("check-guide")
    introspectable = load("check-introspectable")

    def test_hidden(self):
        for method, n_problems in [("other", 0), ("connect", 1), ("emit", 1)]:
            with self.subTest(method=method):
                root = ElementTree.fromstring(GIR % method)
                found = list(self.introspectable.problems(root))
                self.assertEqual(len(found), n_problems, found)

    def test_doc_links(self):
        for link, good in [
            ("[method@Socket.open]", True),
            ("[`method@Ws.Socket.open`]", True),
            ("[method@Socket.close]", False),
            ("[method@Sockets.open]", False),
            ("[ctor@Socket.open]", False),
            ("[property@Socket:close-code]", True),
            ("[property@Socket:pong]", False),
            ("[signal@Socket::pong]", True),
            ("[enum@Ws.Flag.one]", True),
            ("[enum@Flag.two]", False),
            ("[flags@Flag]", False),
            ("[type@Flag]", True),
            ("[class@Gio.Socket]", True),
        ]:
            with self.subTest(link=link):
                text = (GIR % "other").replace("<doc/>", "<doc>%s</doc>" % link, 1)
                root = ElementTree.fromstring(text)
                found = list(self.doc_links.check([root[0]]))
                self.assertEqual(not found, good, found)

    def test_guide(self):
        names = self.guide.Names([io.StringIO(GIR % "other")])
        for text, problems in [
            ("`ws_socket_open (url)`, `_open ()`, `WsSocket`, `WS_FLAG_ONE`", []),
            ("`ws_socket_close ()`", ["ws_socket_close"]),
            ("WsServer", ["WsServer"]),
            ("`WS_FLAG_TWO`, `_TWO`", ["WS_FLAG_TWO", "_TWO"]),
            ("`WS_TYPE_SOCKET`, `Ws.Flag.ONE`", []),
            ("`Ws.Flag.TWO`, `Ws.Server`", ["Ws.Flag.TWO", "Ws.Server"]),
            ("`close-code` `notify::close-code` `closed`", []),
            ("`was-clean`", ["was-clean"]),
            ("| `closed ()` | `pong` or `closed` |", ["closed"]),
            ("```c\nws_nothing ();\n```", ["ws_nothing"]),
        ]:
            with self.subTest(text=text):
                found = self.guide.check(names, "## Members\n" + text, True)
                self.assertEqual([name for _line, name in found], problems)


class Report(unittest.TestCase):
    def write_log(self, path, tests):
        with open(path, "w", encoding="utf-8") as log:
            for result, stdout in tests:
                test = {"name": "t", "result": result, "stdout": stdout}
                log.write(json.dumps(test) + "\n")

    def report(self, tests, broken="", again=()):
        """Runs report.py over a log of @tests; returns status and lines."""
        with tempfile.TemporaryDirectory() as folder:
            self.write_log(folder + "/log.json", tests)
            for turn, test in enumerate(again, 1):
                self.write_log(folder + "/again-%d-stacks.json" % turn, [test])
            with open(folder + "/broken", "w", encoding="utf-8") as file:
                file.write(broken)
            script = str(sources.ROOT / "tests/report.py")
            command = [sys.executable, script, "--broken", folder + "/broken"]
            result = subprocess.run(
                command + [folder + "/log.json"], stdout=subprocess.PIPE
            )
        return result.returncode, result.stdout.decode().splitlines()

    def test_sums(self):
        tap = "1..3\nok 1 /a\n# Start of b\nok 2 /b # SKIP no\nok 3 /c\n"
        for tests, broken, status, line in [
            ([("OK", tap)], "", 0, "2 passed, 0 failed, 1 skipped"),
            ([("OK", tap), ("OK", "")], "", 0, "3 passed, 0 failed, 1 skipped"),
            ([("OK", tap)], "building\n", 1, "2 passed, 1 failed, 1 skipped"),
            ([("ERROR", tap)], "", 1, "2 passed, 1 failed, 1 skipped"),
            ([("FAIL", "not ok 1 /a\n")], "", 1, "0 passed, 1 failed, 0 skipped"),
            ([("TIMEOUT", "")], "", 1, "0 passed, 1 failed, 0 skipped"),
            ([("SKIP", "")], "", 1, "0 passed, 0 failed, 1 skipped"),
            ([], "", 1, "0 passed, 0 failed, 0 skipped"),
        ]:
            with self.subTest(tests=tests, broken=broken):
                found, lines = self.report(tests, broken)
                self.assertEqual((found, lines[-1]), (status, line))

    def test_again(self):
        tap = "ok 1 /a\n** ERROR: no answer\nnot ok 2 /b\n"
        well, badly = ("OK", "ok 1 /a\n"), ("ERROR", tap)
        status, lines = self.report([badly], again=[well, well, well])
        self.assertEqual((status, lines[-1]), (0, "2 passed, 0 failed, 0 skipped"))
        self.assertTrue(lines[0].startswith("UNSTEADY t: /b"))
        self.assertEqual(lines[1], "    ** ERROR: no answer")
        status, lines = self.report([badly], again=[well, well])
        self.assertEqual(status, 1)
        status, lines = self.report([badly], again=[well, badly])
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertTrue(lines[0].startswith("FAILED   t: /b"))

    def test_failed(self):
        script = str(sources.ROOT / "tests/report.py")
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/log.json", "w", encoding="utf-8") as log:
                for name, result in [("a", "OK"), ("b", "ERROR"), ("c", "SKIP")]:
                    test = {"name": "ws-glib:unit+api / " + name, "result": result}
                    log.write(json.dumps(test) + "\n")
            for option, log, expected in [
                ("--failed", "/log.json", b"b\n"),
                ("--failed", "/none.json", b""),
                ("--passed", "/log.json", b"a\nc\n"),
            ]:
                command = [sys.executable, script, option, folder + log]
                result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                self.assertEqual(result.stdout, expected)


if __name__ == "__main__":
    unittest.main()
