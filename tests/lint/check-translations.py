#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that po/ has every text, in every language, and as it is now.

Needs gettext's tools; the arguments of xgettext are those of po/meson.build.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import sources

MARKED = re.compile(r"[^\w\"](?:N?_|ws_translate_plural) \(")


def listed(name):
    """The lines of a file that are no comments."""
    return [line for line in sources.read(name).split("\n") if line and line[0] != "#"]


def run(*command):
    """What a command complains about."""
    result = subprocess.run(
        command, cwd=sources.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return result.stdout.decode().splitlines() if result.returncode else []


def check_potfiles():
    potfiles = listed("po/POTFILES")
    marked = [
        name
        for name in sources.files(".c")
        if name.startswith("ws-glib/") and MARKED.search(sources.read(name))
        # Where the functions are, nothing is marked with them.
        and not name.endswith("ws-translate.c")
    ]
    for name in sorted(set(potfiles) ^ set(marked)):
        yield "po/POTFILES: %s is missing, or has nothing to translate" % name


def check_catalogue(language, template):
    """That it is right in form, and has the texts of @template and no others."""
    catalogue = "po/%s.po" % language
    yield from run("msgfmt", "--check", "-o", "/dev/null", catalogue)
    yield from run("msgcmp", catalogue, template)
    # The other way round: what is in the catalogue only is not needed any more.
    yield from run("msgcmp", "--use-untranslated", template, catalogue)
    if "#~" in sources.read(catalogue):
        yield "%s: has texts that are not used any more" % catalogue


def main():
    problems = list(check_potfiles())
    arguments = re.findall(r"'(--[^']+)'", sources.read("po/meson.build"))
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "texts.pot")
        problems += run("xgettext", *arguments, "--output", template, *listed("po/POTFILES"))
        for language in listed("po/LINGUAS"):
            problems += check_catalogue(language, template)
    sources.finish(problems)


if __name__ == "__main__":
    main()
