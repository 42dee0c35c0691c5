# SPDX-License-Identifier: LGPL-2.1-or-later
"""A display for a test: Xvfb, which nobody sees."""

import os
import subprocess


def start_display():
    """Returns the process of an X server, which chose its own number."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1024x768x24"]
    process = subprocess.Popen(
        command + ["-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as number:
        os.environ["DISPLAY"] = ":" + number.readline().strip()
    os.environ["GDK_BACKEND"] = "x11"
    os.environ["GSK_RENDERER"] = "cairo"
    # Accessibility would ask for a session bus.
    os.environ["GTK_A11Y"] = "none"
    return process


def run(test):
    """Calls @test while there is a display, and returns what it does."""
    process = start_display()
    try:
        return test()
    finally:
        process.terminate()
        process.wait()
