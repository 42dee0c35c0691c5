#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make-calls.py OUTPUT SOURCE-ROOT [redis]: writes a C table of all public functions,
those of the Redis library included if it is built.

Every function that the public headers declare becomes a row with a caller, which
takes each argument out of the pool of its kind (values.h) by number.  So a new
function is tried with everything from the day it is declared; where an argument
has a type that no pool knows, this program says so.
"""

import glob
import os
import re
import sys

# The pool of each type of argument; names win over types.
KINDS_BY_NAME = {
    ("const char *", "url"): "url",
    ("const char *", "uri"): "url",
    ("int", "socket_descriptor"): "descriptor",
    ("gpointer", "user_data"): "data",
    ("gsize", "length"): "n_items",
    ("gsize", "n_codes"): "n_items",
    ("gsize", "n_characters"): "n_items",
    ("gssize", "length"): "length",
}
KINDS_BY_TYPE = {
    "GAsyncReadyCallback": "async_callback",
    "GAsyncResult *": "result",
    "GBytes *": "bytes",
    "GCallback": "callback",
    "GCancellable *": "cancellable",
    "GClosure *": "closure",
    "GDestroyNotify": "destroy",
    "GError **": "error",
    "GIOStream *": "io_stream",
    "GInetAddress *": "inet_address",
    "GInputStream *": "input_stream",
    "GListModel *": "list_model",
    "GObject *": "object",
    "GProxyResolver *": "proxy_resolver",
    "GPtrArray *": "pointers",
    "GSocket *": "socket_fd",
    "GSocketAddress *": "socket_address",
    "GTlsCertificate *": "tls_certificate",
    "char **": "string_out",
    "WsServerPoolFunc": "pool_func",
    "WsSocketMessageFunc": "message_func",
    "const GError *": "error_in",
    "const char *": "string",
    "const char *const *": "strings",
    "WsMessageType *": "message_type_out",
    "const gunichar *": "characters",
    "const guint8 *": "octets",
    "const guint8 **": "octets_out",
    "const guint *": "codes",
    "double": "double",
    "gboolean": "boolean",
    "gboolean *": "boolean_out",
    "gint64": "int64",
    "gpointer": "data",
    "gsize": "size",
    "gsize *": "size_out",
    "guint": "uint",
    "guint *": "uint_out",
    "guint16": "port",
    "guint64": "uint64",
    "guint64 *": "uint64_out",
    "int": "int",
}
RELEASE = {
    "GArray *": "g_array_unref",
    "GBytes *": "g_bytes_unref",
    "GDateTime *": "g_date_time_unref",
    "GHashTable *": "g_hash_table_unref",
    "GPtrArray *": "g_ptr_array_unref",
    "WsBrokerStatistics *": "ws_broker_statistics_free",
    "WsDeflateOptions *": "ws_deflate_options_free",
    "WsHeaders *": "ws_headers_unref",
    "WsMessage *": "ws_message_unref",
    "WsPublication *": "ws_publication_unref",
    "WsServerStatistics *": "ws_server_statistics_free",
    "WsStatistics *": "ws_statistics_free",
    "char *": "g_free",
    "char **": "g_strfreev",
}
# These take a reference away from their instance: the caller gives one more.
REFERENCE = {
    "ws_broker_statistics_free": "ws_broker_statistics_copy",
    "ws_deflate_options_free": "ws_deflate_options_copy",
    "ws_headers_unref": "ws_headers_ref",
    "ws_message_unref": "ws_message_ref",
    "ws_publication_unref": "ws_publication_ref",
    "ws_server_statistics_free": "ws_server_statistics_copy",
    "ws_statistics_free": "ws_statistics_copy",
}


def read(path):
    """The text of a file."""
    with open(path, encoding="utf-8") as file:
        return file.read()


# Of each library: where its sources are, its public headers, and what a program
# includes.
LIBRARIES = {
    "ws-glib": ("ws-glib", "ws-glib", "ws-glib/ws-glib.h"),
    "redis": ("redis", "redis/ws-glib-redis", "ws-glib-redis/ws-glib-redis.h"),
}


def headers(root, libraries):
    """The paths of the public headers."""
    return sorted(path for name in libraries
                  for path in glob.glob(os.path.join(root, LIBRARIES[name][1], "*.h")))


def owned_returns(root, libraries):
    """The functions whose caller owns what they return, by their comments."""
    owned = set()
    for path in (path for name in libraries for path in glob.glob(
            os.path.join(root, LIBRARIES[name][0], "**", "*.c"), recursive=True)):
        for name, text in re.findall(r"/\*\*\n \* (ws_\w+):(.*?)\*/",
                                     read(path), re.S):
            returns = re.search(r"\n \* Returns:(.*?)(?:\n \*\n|$)", text,
                                re.S)
            if returns and re.search(r"\(transfer (full|container)\)",
                                     returns.group(1)):
                owned.add(name)
    return owned


def split_argument(text):
    """Type and name of a parameter."""
    found = re.match(r"(.*?)(\w+)$", text.strip())
    return re.sub(r"\s+", " ", found.group(1)).strip(), found.group(2)


def declarations(root, libraries):
    """Yields (return type, name, [(type, name)]) for each public function."""
    for path in headers(root, libraries):
        text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
        for found in re.finditer(
                r"^WS_AVAILABLE_IN_\w+\s+(?!G_DECLARE)([^;]*?)\b(ws_\w+) "
                r"\(([^;]*?)\)[^;()]*(?:\([^;()]*\))*;", text, re.M):
            returns, name, arguments = found.groups()
            arguments = re.sub(r"\s+", " ", arguments).strip()
            pairs = ([] if arguments == "void"
                     else [split_argument(a) for a in arguments.split(",")])
            yield re.sub(r"\s+", " ", returns).strip(), name, pairs


def enums(root, libraries):
    """The names of the public enumerations."""
    names = {"GChecksumType"}
    for path in headers(root, libraries):
        names.update(re.findall(r"^\} (Ws\w+);", read(path), re.M))
    return names


def is_instance(kind, position, name):
    """Whether the argument is what the function is a method of."""
    return position == 0 and name == "self" and "Ws" in kind


def expression(argument, position, names):
    """C that makes an argument, and how many values there are."""
    kind, name = argument
    choice = f"choices[{position}]"
    if (kind, name) in KINDS_BY_NAME:
        pool = KINDS_BY_NAME[kind, name]
    elif kind in KINDS_BY_TYPE:
        pool = KINDS_BY_TYPE[kind]
    elif kind in names:
        return f"({kind}) value_enum (values, {choice})", "VALUES_enum"
    elif kind.endswith(" *"):
        bare = kind.replace("const ", "")[:-2]
        which = "self" if is_instance(kind, position, name) else "other"
        return (f"({kind}) value_{which} (values, \"{bare}\", {choice})",
                "VALUES_instance")
    else:
        return None, None
    return f"value_{pool} (values, {choice})", f"VALUES_{pool}"


def caller(returns, name, made, owned):
    """The C function that calls a public one with chosen arguments."""
    call = f"{name} ({', '.join(made)})"
    if name in REFERENCE:
        lines = [f"  gpointer self = {made[0]};", "",
                 f"  {name} (self ? {REFERENCE[name]} (self) : NULL);"]
    elif returns == "void":
        lines = [f"  {call};"]
    elif name in owned:
        release = RELEASE.get(returns, "g_object_unref")
        lines = [f"  {returns} result = {call};", "",
                 f"  g_clear_pointer (&result, {release});"]
    else:
        lines = [f"  (void) !{call};" if not returns.startswith("Ws")
                 and "*" not in returns and returns != "double"
                 else f"  values_touch ({call});" if "*" in returns
                 else f"  (void) {call};"]
    return "\n".join([f"static void\ncall_{name} (Values *values, "
                      "const guint *choices)", "{"] + lines + ["}", ""])


def main():
    """Writes the table."""
    output, root, *more = sys.argv[1:]
    libraries = ["ws-glib", *more]
    owned = owned_returns(root, libraries)
    names = enums(root, libraries)
    callers, rows, unknown = [], [], []
    for returns, name, arguments in declarations(root, libraries):
        made, sizes = [], []
        for position, argument in enumerate(arguments):
            made_one, size = expression(argument, position, names)
            if made_one is None:
                unknown.append(f"{name}(): {' '.join(argument)}")
                continue
            made.append(made_one)
            sizes.append(size)
        instance = "NULL"
        if arguments and is_instance(*arguments[0][:1], 0, arguments[0][1]):
            instance = '"%s"' % arguments[0][0].replace("const ", "")[:-2]
        callers.append(caller(returns, name, made, owned))
        rows.append(f'  {{ "{name}", {instance}, {len(sizes)}, '
                    f'{{ {", ".join(sizes) or "0"} }}, call_{name} }},')
    if unknown:
        sys.exit("make-calls.py: no pool of values (values.h) is for\n  "
                 + "\n  ".join(unknown))
    with open(output, "w", encoding="utf-8") as file:
        file.write('#include "calls.h"\n\n')
        for name in more:
            file.write(f"#include <{LIBRARIES[name][2]}>\n\n")
        file.write("G_GNUC_BEGIN_IGNORE_DEPRECATIONS\n\n")
        file.write("\n".join(callers))
        file.write("\nconst Call calls[] = {\n" + "\n".join(rows)
                   + "\n};\nconst guint n_calls = G_N_ELEMENTS (calls);\n")


if __name__ == "__main__":
    main()
