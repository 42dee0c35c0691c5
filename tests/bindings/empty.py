# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program finds in objects that it has made of nothing.

Some are made to be handed out by the library, but a binding can make one of every
class. It says nothing then, and all that can be called does no harm.
"""

import unittest

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, GObject, Ws  # noqa: E402

# What is tried as each argument of a method.
ARGUMENTS = ("text", 1, True, GLib.Bytes.new(b"bytes"), None)


def classes():
    for name in dir(Ws):
        kind = getattr(Ws, name, None)
        if isinstance(kind, type) and issubclass(kind, GObject.Object):
            if not kind.__gtype__.is_abstract():
                yield kind


def methods(kind):
    """The methods of @kind itself, with how they are called."""
    for name, info in vars(kind).items():
        if hasattr(info, "is_method") and info.is_method():
            yield name, info


class Empty(unittest.TestCase):
    def test_getters(self):
        for kind in classes():
            for name, info in methods(kind):
                if not name.startswith("get_") or info.get_arguments():
                    continue
                with self.subTest(kind=kind.__name__, name=name):
                    value = getattr(kind(), name)()
                    if not info.may_return_null():
                        self.assertIsNotNone(value)

    def test_setters(self):
        for kind in classes():
            for name, info in methods(kind):
                if not name.startswith("set_") or len(info.get_arguments()) != 1:
                    continue
                for argument in ARGUMENTS:
                    with self.subTest(kind=kind.__name__, name=name):
                        try:
                            getattr(kind(), name)(argument)
                        except (TypeError, GLib.Error, OverflowError):
                            pass

    def test_properties(self):
        for kind in classes():
            for spec in kind.list_properties():
                if spec.flags & GObject.ParamFlags.READABLE:
                    with self.subTest(kind=kind.__name__, name=spec.name):
                        kind().get_property(spec.name)

    def test_login(self):
        """Nobody waits for it, but it can be filled in."""
        login = Ws.Authenticator()
        self.assertEqual((login.get_realm(), login.get_user()), ("", ""))
        login.set_user("user")
        login.set_password("password")
        login.defer()
        login.done()
        self.assertEqual(login.get_user(), "user")
        self.assertEqual(login.get_password(), "password")


if __name__ == "__main__":
    unittest.main()
