# SPDX-License-Identifier: LGPL-2.1-or-later
"""Waiting for something on GLib's default main loop."""

from gi.repository import GLib

DEADLINE = 100  # seconds; nothing waits for it but a hanging test


def wait(condition):
    """Runs the loop until @condition, a function, is true."""
    expired = []
    source = GLib.timeout_add_seconds(DEADLINE, expired.append, True)
    while not condition():
        assert not expired, f"nothing happened for {DEADLINE} s"
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(source)
