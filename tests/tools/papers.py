#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is said about the tool: help, manual page, completion, documentation."""

import pathlib
import re
import subprocess
import unittest

from support import OK, USAGE, TestCase

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "tools" / "ws-glib.1"
COMPLETIONS = ROOT / "tools" / "completions"
COMMANDS = ("connect", "serve", "bench", "frames")
OPTION = re.compile(r"^  (?:-(.), )?--([a-z-]+)", re.M)
ROWS, COLUMNS = 24, 80


class Papers(TestCase):
    def help(self, command, option="--help-all"):
        return self.run_tool(command, option)[0].decode()

    def options(self, command):
        return [
            (short, name)
            for short, name in OPTION.findall(self.help(command))
            if not name.startswith("help")
        ]

    def test_help_fits_a_screen(self):
        for command in COMMANDS:
            text = self.help(command, "--help")
            pages = [text] + [
                self.help(command, "--" + page)
                for page in re.findall(r"--(help-(?!all)\w+)", text)
            ]
            for page in pages:
                lines = page.splitlines()
                self.assertLessEqual(len(lines), ROWS, page)
                self.assertLessEqual(max(map(len, lines)), COLUMNS, page)

    def test_commands(self):
        output, _ = self.run_tool("--help")
        for command in COMMANDS:
            self.assertIn("\n  " + command, output.decode())
        self.assertRegex(self.run_tool("--version")[0].decode(), r"^ws-glib \d+\.\d+\.\d+\n$")
        for arguments in ((), ("what",), ("--what",)):
            _, errors = self.run_tool(*arguments, status=USAGE)
            self.assertIn("Usage: ws-glib", errors)

    def test_manual_page(self):
        result = subprocess.run(
            ["mandoc", "-Tlint", PAGE], stdout=subprocess.PIPE, check=False, text=True
        )
        # There is no need for a date and a system that mandoc likes.
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.returncode, OK)

    def test_manual_page_is_complete(self):
        page = PAGE.read_text(encoding="utf-8").replace("\\-", "-")
        for command in COMMANDS:
            for short, name in self.options(command):
                self.assertRegex(page, r"--%s\b" % name, command)
                if short:
                    self.assertRegex(page, r'-%s ", " --%s\b' % (short, name), command)

    def complete(self, *words):
        script = """
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        compopt () { :; }
        . "$COMPLETION"
        _ws_glib
        printf '%s\\n' "${COMPREPLY[@]}"
        """
        environment = dict(self.environment, COMPLETION=str(COMPLETIONS / "ws-glib.bash"))
        return subprocess.run(
            ["bash", "-eu", "-c", script, "bash", *words],
            env=environment, stdout=subprocess.PIPE, check=True, text=True, cwd=self.folder,
        ).stdout.split()

    def test_completion(self):
        tool = __import__("os").environ["WS_GLIB_TOOL"]
        self.assertEqual(self.complete(tool, "c"), ["connect"])
        self.assertEqual(self.complete(tool, "frames", "--he"),
                         ["--help", "--help-all", "--help-http", "--help-tls", "--header",
                          "--hex"])
        self.path("root.pem", b"")
        self.assertEqual(self.complete(tool, "connect", "--ca", "ro"), ["root.pem"])
        self.assertEqual(self.complete(tool, "connect", "--ca", "=", "ro"), ["root.pem"])
        for command in COMMANDS:
            words = self.complete(tool, command, "--")
            for _, name in self.options(command):
                self.assertIn("--" + name, words)

    def test_completions_know_files(self):
        """Each option that takes a file, in all three shells."""
        for command in COMMANDS:
            for name in re.findall(r"--([a-z-]+)=(?:FILE|DIR|PATH)\b", self.help(command)):
                for shell in ("ws-glib.bash", "_ws-glib"):
                    text = (COMPLETIONS / shell).read_text(encoding="utf-8")
                    self.assertRegex(text, r"\b%s\b" % name)


if __name__ == "__main__":
    unittest.main()
