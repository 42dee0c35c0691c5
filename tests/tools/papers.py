#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is said about the tool: help, manual page, completion, documentation."""

import contextlib
import os
import pathlib
import pty
import re
import shutil
import subprocess
import threading
import unittest

from support import OK, TOOL, USAGE, TestCase, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "tools" / "ws-glib.1"
COMPLETIONS = ROOT / "tools" / "completions"
COMMANDS = ("connect", "serve", "bench", "frames")
OPTION = re.compile(r"^  (?:-(.), )?--([a-z-]+)", re.M)
ROWS, COLUMNS = 24, 80


def drain(terminal):
    """Until nobody has its other end open any more."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass


def count_lines(path):
    with open(path, "rb") as file:
        return file.read().count(b"\n")


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
        self.assertEqual(self.complete(TOOL, "c"), ["connect"])
        self.assertEqual(self.complete(TOOL, "frames", "--he"),
                         ["--help", "--help-all", "--help-http", "--help-tls", "--header",
                          "--hex"])
        self.path("root.pem", b"")
        self.assertEqual(self.complete(TOOL, "connect", "--ca", "ro"), ["root.pem"])
        self.assertEqual(self.complete(TOOL, "connect", "--ca", "=", "ro"), ["root.pem"])
        for command in COMMANDS:
            words = self.complete(TOOL, command, "--")
            for _, name in self.options(command):
                self.assertIn("--" + name, words)

    def complete_in_zsh(self, lines):
        """What a tab makes of each of @lines in an interactive zsh."""
        master, slave = pty.openpty()
        environment = dict(
            self.environment, FPATH_HERE=str(COMPLETIONS), OUT=self.path("out", b""),
            PATH=os.path.dirname(TOOL) + ":" + self.environment["PATH"], PS1="", TERM="dumb",
        )
        setup = """
        fpath=($FPATH_HERE $fpath)
        autoload -Uz compinit && compinit -D -u
        note () { print -r -- "$BUFFER" >>$OUT; BUFFER=; }
        zle -N note
        bindkey '^I' complete-word '^X' note
        """
        shell = subprocess.Popen(
            ["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, env=environment,
            cwd=self.folder, start_new_session=True,
        )
        os.close(slave)
        reader = threading.Thread(target=drain, args=(master,), daemon=True)
        reader.start()
        path = self.path("out")
        os.write(master, setup.replace("\n", ";").encode() + b"\n")
        os.write(master, b"print ready >>$OUT\n")
        wait_until(lambda: count_lines(path) == 1)
        for n, line in enumerate(lines, 2):
            os.write(master, line.encode() + b"\t\x18")
            wait_until(lambda n=n: count_lines(path) == n)
        os.write(master, b"exit\n")
        shell.wait()
        reader.join()
        os.close(master)
        with open(path, encoding="utf-8") as file:
            return [line.rstrip() for line in file.read().splitlines()[1:]]

    @unittest.skipUnless(shutil.which("zsh"), "there is no zsh")
    def test_zsh(self):
        self.path("root.pem", b"")
        expected = {
            "ws-glib conn": "ws-glib connect",
            "ws-glib connect --ca ro": "ws-glib connect --ca root.pem",
            "ws-glib serve --passphrase-file ro": "ws-glib serve --passphrase-file root.pem",
        }
        for command in COMMANDS:
            names = sorted(name for _, name in self.options(command))
            unique = [name for name in names
                      if sum(other.startswith(name[:-1]) for other in names) == 1]
            for name in unique[:2] + unique[-2:]:
                whole = "ws-glib %s --%s" % (command, name)
                expected[whole[:-1]] = whole
        self.assertEqual(self.complete_in_zsh(expected), [*expected.values()])

    def test_completions_know_files(self):
        """Each option that takes a file, in all three shells."""
        for command in COMMANDS:
            for name in re.findall(r"--([a-z-]+)=(?:FILE|DIR|PATH)\b", self.help(command)):
                for shell in ("ws-glib.bash", "_ws-glib"):
                    text = (COMPLETIONS / shell).read_text(encoding="utf-8")
                    self.assertRegex(text, r"\b%s\b" % name)


if __name__ == "__main__":
    unittest.main()
