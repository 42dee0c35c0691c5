#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a command on a display of its own: with-display.py COMMAND…"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bindings"))
import display  # noqa: E402

if __name__ == "__main__":
    sys.exit(display.run(lambda: subprocess.call(sys.argv[1:])))
