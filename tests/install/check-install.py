#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the tree as a part of another project, installs it, and uses what is
installed as C, Python, JavaScript, Vala and C++ do. Prints TAP.

check-install.py MESON [COMPILER…]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
SKIPPED = "SKIP"
# What each of Meson's tags installs, as ends of names. From 1.2 on Meson compiles
# what is Python's.
TAGGED = {
    "runtime": [".so.0"],
    "devel": [".so", ".a", ".h", ".pc", ".gir", ".vapi", ".deps"],
    "typelib": [".typelib"],
    "python-runtime": [".py", ".pyi", ".typed"],
    "gjs-runtime": [".js"],
    "i18n": [".mo"],
}


def run(*command, **options):
    """Runs a command and returns what it says; it must end well."""
    result = subprocess.run(
        [str(argument) for argument in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        **options
    )
    output = result.stdout.decode(errors="replace")
    if result.returncode:
        raise AssertionError("%s: %d\n%s" % (command, result.returncode, output[-4000:]))
    return output


class Install:
    def __init__(self, folder, meson, compiler):
        self.meson = meson
        self.compiler = compiler
        self.source = folder / "consumer"
        self.build = folder / "build"
        self.prefix = folder / "prefix"
        self.folder = folder
        library = self.prefix / "lib"
        # As a user's shell has it: nothing of a build folder.
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": str(library),
            "PKG_CONFIG_PATH": str(library / "pkgconfig"),
            "XDG_DATA_DIRS": "%s:/usr/local/share:/usr/share" % (self.prefix / "share"),
        }

    def user(self, *command, **more):
        return run(
            *command, cwd=self.folder, env=dict(self.environment, **more)
        )

    def pkg_config(self, *arguments):
        return self.user("pkg-config", "ws-glib-1.0", *arguments).split()

    def compile(self, *flags):
        program = self.folder / "hello"
        self.user(
            *self.compiler, *WARNINGS, HERE / "consumer" / "hello.c",
            "-o", program, *self.pkg_config("--cflags"), *flags
        )
        return program

    # The tests, in their order.

    def subproject(self):
        """dependency () finds what lies in subprojects/, and it works."""
        shutil.copytree(HERE / "consumer", self.source)
        subprojects = self.source / "subprojects"
        subprojects.mkdir()
        (subprojects / "ws-glib").symlink_to(ROOT)
        shutil.copy(ROOT / "doc" / "ws-glib.wrap", subprojects)
        run(
            self.meson, "setup", "--prefix", self.prefix, "--libdir", "lib",
            "-Ddefault_library=both", "-Doptimization=0",
            self.build, self.source
        )
        run("ninja", "-C", self.build)
        assert run(self.build / "hello") == "hello\n"

    def tags(self):
        """Each file has its tag, and no tag has files it should not have."""
        everything = self.install("everything")
        tagged = set()
        for tag, ends in TAGGED.items():
            names = self.install(tag, "--tags", tag)
            for name in names:
                assert name.endswith((*ends, ".pyc")) or ".so." in name, (tag, name)
            for end in ends:
                assert any(name.endswith(end) for name in names), (tag, end)
            tagged |= names
        assert tagged == everything, tagged ^ everything

    def install(self, name, *options):
        root = self.folder / name
        run(
            self.meson, "install", "-C", self.build, "--no-rebuild",
            "--destdir", root, *options
        )
        return {
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if not path.is_dir()
        }

    def c(self):
        run(self.meson, "install", "-C", self.build, "--no-rebuild")
        program = self.compile(*self.pkg_config("--libs"))
        assert self.user(program) == "hello\n"

    def python(self):
        # PyGObject belongs to the system's Python.
        self.bindings("/usr/bin/python3", "smoke.py")
        overrides = next(self.prefix.glob("lib/python3*/*-packages"))
        self.user(
            "/usr/bin/python3",
            "-c",
            "from gi.repository import Ws; Ws.serve",
            GI_TYPELIB_PATH=str(self.prefix / "lib" / "girepository-1.0"),
            PYTHONPATH=str(overrides),
        )

    def gjs(self):
        if shutil.which("gjs") is None:
            return SKIPPED
        self.bindings("gjs", "-m", "smoke.js")
        return None

    def bindings(self, *command):
        typelibs = self.pkg_config("--variable=typelibdir")[0]
        program = self.folder / command[-1]
        shutil.copy(ROOT / "introspection" / command[-1], program)
        self.user(*command[:-1], program, GI_TYPELIB_PATH=typelibs)

    def redis(self):
        """The library for several machines, from C, Python and Vala."""
        package = "ws-glib-redis-1.0"
        if not (self.prefix / "lib" / "pkgconfig" / (package + ".pc")).exists():
            return SKIPPED
        program = self.folder / "redis"
        flags = self.user("pkg-config", package, "--cflags", "--libs").split()
        self.user(
            *self.compiler, *WARNINGS, HERE / "consumer" / "redis.c", "-o", program, *flags
        )
        assert self.user(program) == "WsRedisBroker\n"
        self.user(
            "/usr/bin/python3",
            "-c",
            "from gi.repository import WsRedis; WsRedis.Broker.new('redis://127.0.0.1:1')",
            GI_TYPELIB_PATH=self.pkg_config("--variable=typelibdir")[0],
        )
        if shutil.which("valac") is not None:
            source = self.folder / "redis.vala"
            source.write_text(
                'void main () { try { new WsRedis.Broker ("redis://127.0.0.1:1"); }'
                " catch (Error error) { assert_not_reached (); } }"
            )
            self.user(
                "valac", "--pkg", package, "-X", "-w", source, "-o", self.folder / "vala"
            )
            self.user(self.folder / "vala")
        return None

    def german(self):
        """The catalogues are where the library looks for them.

        In C.UTF-8, the one locale that is everywhere, newer systems translate
        nothing: here it has another name.
        """
        locales = self.folder / "locales"
        locales.mkdir()
        (locales / "de_DE.UTF-8").symlink_to("/usr/lib/locale/C.utf8")
        said = self.user(
            "/usr/bin/python3",
            "-c",
            "import locale; locale.setlocale(locale.LC_ALL, '');"
            "from gi.repository import Ws; print(Ws.Socket().props.status_text)",
            GI_TYPELIB_PATH=str(self.prefix / "lib" / "girepository-1.0"),
            LOCPATH=str(locales),
            LC_ALL="de_DE.UTF-8",
        )
        assert said.endswith("Nicht verbunden\n"), said

    def vala(self):
        if shutil.which("valac") is None:
            return SKIPPED
        for source in ("introspection/smoke.vala", "examples/vala/echo-pair.vala"):
            self.user(
                "valac", "--pkg", "ws-glib-1.0", "-X", "-w", ROOT / source,
                "-o", self.folder / "vala"
            )
            self.user(self.folder / "vala")
        return None

    def c_plus_plus(self):
        """The headers are to be used as they are, without a warning."""
        compilers = [name for name in ("g++", "clang++") if shutil.which(name)]
        program = self.folder / "c++"
        for compiler in compilers:
            self.user(
                compiler, "-std=c++17", *WARNINGS, "-Wpedantic",
                ROOT / "examples" / "cpp" / "echo.cpp", "-o", program,
                *self.pkg_config("--cflags", "--libs")
            )
            assert self.user(program) == "hello\n"
        return None if compilers else SKIPPED

    def static(self):
        """The archive, with what it needs itself; that may be shared.

        --static would be for GnuTLS's needs, too, which Debian does not install.
        """
        for path in (self.prefix / "lib").glob("*.so*"):
            path.unlink()
        needs = self.pkg_config("--print-requires-private")
        names = [word for word in needs if word[0].isalpha()]
        program = self.compile(*self.pkg_config(*names, "--libs"))
        assert self.user(program) == "hello\n"
        assert "ws-glib" not in self.user("ldd", program)


def main():
    meson, *compiler = sys.argv[1:]
    names = ["subproject", "tags", "c", "python", "gjs", "redis", "german", "vala", "c_plus_plus",
             "static"]
    failed = False
    print("1..%d" % len(names), flush=True)
    with tempfile.TemporaryDirectory(prefix="ws-install-") as folder:
        install = Install(Path(folder), meson, compiler or ["cc"])
        for number, name in enumerate(names, 1):
            try:
                verdict = "ok %d %s" % (number, name)
                if getattr(install, name)() == SKIPPED:
                    verdict += " # SKIP not installed here"
            except AssertionError as error:
                failed = True
                verdict = "not ok %d %s\n# " % (number, name)
                verdict += str(error).replace("\n", "\n# ")
            print(verdict, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
