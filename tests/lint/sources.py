# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which files belong to the tree, and how a lint check ends."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _walk():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(("build", ".git", ".cache"))
            and name not in ("node_modules", "__pycache__")
        ]
        for name in names:
            yield (Path(folder) / name).relative_to(ROOT).as_posix()


def _from_git():
    """What git tracks or would track; None where there is no git."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in listing.decode().split("\0") if name]


def files(*suffixes):
    """The tree's files with these suffixes (all without any), sorted."""
    names = _from_git() if (ROOT / ".git").exists() else None
    if names is None:
        names = _walk()
    return sorted(
        name
        for name in set(names)
        if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file()
    )


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def finish(problems):
    """Prints one line for each problem and ends with what meson expects."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
