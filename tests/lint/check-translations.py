#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that the folders of catalogues have every text, in every language, and as
it is now.

Needs gettext's tools; the arguments of xgettext are those of the meson.build there.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import sources

# Where catalogues are -> what they are for.
FOLDERS = {"po": "ws-glib/", "examples/gtk-chat/po": "examples/gtk-chat/"}
READ = re.compile(
    r'<(?:property|attribute) name="(label|title|tooltip-text|placeholder-text)">'
    r"([^<]*[A-Za-z][^<]*)<"
)
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


def is_marked(name):
    text = sources.read(name)
    if name.endswith(".ui"):
        return 'translatable="yes"' in text
    if name.endswith(".py"):
        return ' _("' in text or '(_("' in text
    # Where the functions are, nothing is marked with them.
    return MARKED.search(text) and not name.endswith("ws-translate.c")


def check_potfiles(folder, source):
    potfiles = listed(folder + "/POTFILES")
    marked = [
        name
        for ending in (".c", ".py", ".ui")
        for name in sources.files(ending)
        if name.startswith(source) and is_marked(name)
    ]
    for name in sorted(set(potfiles) ^ set(marked)):
        yield "%s/POTFILES: %s is missing, or has nothing to translate" % (folder, name)


def check_windows(source):
    """That what can be read in a .ui file is marked."""
    for name in sources.files(".ui"):
        if name.startswith(source):
            for kind, text in READ.findall(sources.read(name)):
                yield '%s: the %s "%s" is not translatable' % (name, kind, text)


def check_catalogue(catalogue, template):
    """That it is right in form, and has the texts of @template and no others."""
    yield from run("msgfmt", "--check", "-o", "/dev/null", catalogue)
    yield from run("msgcmp", catalogue, template)
    # The other way round: what is in the catalogue only is not needed any more.
    yield from run("msgcmp", "--use-untranslated", template, catalogue)
    if "#~" in sources.read(catalogue):
        yield "%s: has texts that are not used any more" % catalogue


def check_folder(folder, source):
    yield from check_potfiles(folder, source)
    arguments = re.findall(r"'(--[^']+)'", sources.read(folder + "/meson.build"))
    with tempfile.TemporaryDirectory() as scratch:
        template = str(Path(scratch) / "texts.pot")
        names = listed(folder + "/POTFILES")
        yield from run("xgettext", *arguments, "--output", template, *names)
        for language in listed(folder + "/LINGUAS"):
            yield from check_catalogue("%s/%s.po" % (folder, language), template)


def main():
    problems = list(check_windows("examples/gtk-chat/"))
    for folder, source in FOLDERS.items():
        problems += check_folder(folder, source)
    sources.finish(problems)


if __name__ == "__main__":
    main()
