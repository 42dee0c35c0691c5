#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/coming-from-qt.md: that each member of Qt WebSockets is in there, that what
takes its place belongs to the class it is said to, and that each number is what
the library has.

usage: qt-guide.py GUIDE
"""

import re
import sys
import unittest
from pathlib import Path

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GObject, Ws  # noqa: E402

GUIDE = Path(sys.argv.pop(1)).read_text(encoding="utf-8")

# Qt 6.9: what applications use.
MEMBERS = {
    "QWebSocket": """
abort aboutToClose alertReceived alertSent authenticationRequired
binaryFrameReceived binaryMessageReceived bytesToWrite bytesWritten close closeCode
closeReason connected continueInterruptedHandshake disconnected error errorOccurred
errorString flush handshakeInterruptedOnError handshakeOptions ignoreSslErrors
isValid localAddress localPort maskGenerator maxAllowedIncomingFrameSize
maxAllowedIncomingMessageSize maxIncomingFrameSize maxIncomingMessageSize
maxOutgoingFrameSize open origin outgoingFrameSize pauseMode peerAddress peerName
peerPort peerVerifyError ping pong preSharedKeyAuthenticationRequired proxy
proxyAuthenticationRequired readBufferSize readChannelFinished request requestUrl
resourceName resume sendBinaryMessage sendTextMessage setMaskGenerator setPauseMode
setProxy setReadBufferSize setSslConfiguration sslConfiguration sslErrors state
stateChanged subprotocol textFrameReceived textMessageReceived version""",
    "QWebSocketServer": """
acceptError alertReceived alertSent close closed error errorString handleConnection
handshakeInterruptedOnError handshakeTimeout handshakeTimeoutMS
hasPendingConnections isListening listen maxPendingConnections nativeDescriptor
newConnection nextPendingConnection originAuthenticationRequired pauseAccepting
peerVerifyError preSharedKeyAuthenticationRequired proxy resumeAccepting secureMode
serverAddress serverError serverName serverPort serverUrl setNativeDescriptor
setProxy setServerName setSocketDescriptor setSslConfiguration socketDescriptor
sslConfiguration sslErrors supportedSubprotocols supportedVersions""",
    "The small classes": """
QMaskGenerator QWebSocketCorsAuthenticator QWebSocketHandshakeOptions
QWebSocketProtocol allowed nextMask origin seed setAllowed setSubprotocols
subprotocols CloseCode OpCode Version""",
    "QML": """
accept active activeChanged binaryMessageReceived clientConnected errorString host
listen name negotiatedSubprotocol port requestedSubprotocols sendBinaryMessage
sendTextMessage status statusChanged supportedSubprotocols textMessageReceived
url""",
}

# Whose properties and signals are told of in a chapter.
OWNERS = {
    "QWebSocket": (Ws.Socket, Ws.Authenticator),
    "QWebSocketServer": (Ws.Server, Ws.SslConfiguration),
}
NO_MEMBERS = {"kebab-case"}

MIB = 1024 * 1024
# What a line says, whose property that is, and its default.
SAID = [
    ("`read-buffer-size`: how many bytes", Ws.Socket, "read-buffer-size", MIB),
    ("`max-incoming-frame-size`, 16 MiB", Ws.Socket, "max-incoming-frame-size", 16 * MIB),
    (
        "`max-incoming-message-size`, 16 MiB",
        Ws.Socket,
        "max-incoming-message-size",
        16 * MIB,
    ),
    ("16 MiB and 131 072 fragments", Ws.Socket, "max-incoming-fragments", 131072),
    ("16 MiB and 131 072 fragments", Ws.Server, "max-incoming-fragments", 131072),
    ("16 MiB and 131 072 fragments", Ws.Server, "max-incoming-message-size", 16 * MIB),
    ("`outgoing-frame-size`; 0, the default", Ws.Socket, "outgoing-frame-size", 0),
    ("16 KiB, 200, and 64 KiB in all", Ws.Socket, "max-header-line-size", 16384),
    ("16 KiB, 200, and 64 KiB in all", Ws.Socket, "max-header-count", 200),
    ("16 KiB, 200, and 64 KiB in all", Ws.Socket, "max-header-size", 65536),
    ("16 KiB, 200, and 64 KiB in all", Ws.Server, "max-header-line-size", 16384),
    ("16 KiB, 200, and 64 KiB in all", Ws.Server, "max-header-count", 200),
    ("16 KiB, 200, and 64 KiB in all", Ws.Server, "max-header-size", 65536),
    ("10 s | the same: `handshake-timeout`", Ws.Server, "handshake-timeout", 10000),
    ("| 20 s: `open-timeout`", Ws.Socket, "open-timeout", 20000),
    ("| 5 s: `close-timeout`", Ws.Socket, "close-timeout", 5000),
    ("| 30 s: `frame-timeout`", Ws.Socket, "frame-timeout", 30000),
    ("`frame-timeout`, 30 s", Ws.Server, "frame-timeout", 30000),
    ("| 10 min: `message-timeout`", Ws.Socket, "message-timeout", 600000),
    ("| 60 s: `write-timeout`", Ws.Socket, "write-timeout", 60000),
    ("30 | the same: `max-pending-conn", Ws.Server, "max-pending-connections", 30),
    ("ping after 30 s of silence", Ws.Socket, "ping-interval", 30000),
    ("ping after 30 s of silence", Ws.Server, "ping-interval", 30000),
    ("no redirects", Ws.Socket, "max-redirects", 0),
    ("no reconnecting", Ws.Socket, "reconnect", None),
    ('"" when fine', Ws.Socket, "error-string", ""),
    ("`NULL` before the first", Ws.Socket, "peer-address", None),
    ("`NULL` before the first", Ws.Socket, "local-address", None),
    ("`close-code` 1000 for parity", Ws.Socket, "close-code", 1000),
    ("a close code; 1000: fine", Ws.Server, "error", 1000),
    ("`WS_PAUSE_MODES_NEVER`", Ws.Socket, "pause-mode", Ws.PauseModes.NEVER),
    ("16 MiB unless", Ws.Connection, "max-queued-bytes", 16 * MIB),
]

# QAbstractSocket's, from 0 on.
ERRORS = """
CONNECTION_REFUSED REMOTE_HOST_CLOSED HOST_NOT_FOUND SOCKET_ACCESS SOCKET_RESOURCE
SOCKET_TIMEOUT DATAGRAM_TOO_LARGE NETWORK ADDRESS_IN_USE
SOCKET_ADDRESS_NOT_AVAILABLE UNSUPPORTED_SOCKET_OPERATION
UNFINISHED_SOCKET_OPERATION PROXY_AUTHENTICATION_REQUIRED SSL_HANDSHAKE_FAILED
PROXY_CONNECTION_REFUSED PROXY_CONNECTION_CLOSED PROXY_CONNECTION_TIMEOUT
PROXY_NOT_FOUND PROXY_PROTOCOL OPERATION SSL_INTERNAL SSL_INVALID_USER_DATA
TEMPORARY"""
STATES = "UNCONNECTED HOST_LOOKUP CONNECTING CONNECTED BOUND LISTENING CLOSING"
STATUSES = "CONNECTING OPEN CLOSING CLOSED ERROR"


def chapters():
    """What stands below each heading of the second order."""
    parts = re.split(r"^## (.*)$", GUIDE, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def rows(text):
    """The cells of each row of its tables."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def members_of(kinds):
    for kind in kinds:
        yield from (p.name for p in kind.list_properties())
        yield from GObject.signal_list_names(kind)


class Guide(unittest.TestCase):
    # A class has its signals from its first instance on.
    instances = [kind() for kind in (Ws.Server, Ws.Socket, Ws.SslConfiguration)]

    def test_every_member(self):
        for chapter, members in MEMBERS.items():
            left = "\n".join(row[0] for row in rows(chapters()[chapter]))
            known = set(re.findall(r"\w+", left))
            for member in members.split():
                setter = "set" + member[:1].upper() + member[1:]
                self.assertTrue({member, setter} & known, f"{chapter}: {member}")

    def test_every_owner(self):
        n_looked_up = 0
        for chapter, kinds in OWNERS.items():
            members = set(members_of(kinds)) | NO_MEMBERS
            for cell in (row[1] for row in rows(chapters()[chapter])):
                for name in re.findall(r"`([a-z]+(?:-[a-z]+)+)(?: \(\w+\))?`", cell):
                    self.assertIn(name, members, chapter)
                    n_looked_up += 1
        self.assertGreater(n_looked_up, 60)

    def test_every_default(self):
        for text, kind, name, expected in SAID:
            self.assertIn(text, GUIDE)
            if kind is Ws.Connection:
                default = kind.find_property(name).default_value
            else:
                default = kind().get_property(name)
            self.assertEqual(default, expected, f"{kind.__name__}:{name}")

    def test_every_number(self):
        self.assertIn("up to 22 are `QAbstractSocket`'s", GUIDE)
        names = ERRORS.split()
        self.assertEqual(len(names), 23)
        for kind, words in (
            (Ws.SocketError, names),
            (Ws.State, STATES.split()),
            (Ws.Status, STATUSES.split()),
            (Ws.SslMode, ["SECURE", "NON_SECURE"]),
        ):
            numbers = [int(getattr(kind, word)) for word in words]
            self.assertEqual(numbers, list(range(len(words))), kind.__name__)
        for number in 1012, 1013, 1014:
            self.assertIsNotNone(Ws.CloseCode(number).value_nick)

    def test_slots(self):
        """What is called a slot is an action."""
        for name in "send-text-message", "send-binary-message", "ping", "open":
            flags = GObject.signal_query(name, Ws.Socket).signal_flags
            self.assertTrue(flags & GObject.SignalFlags.ACTION, name)

    def test_clients_come_first(self):
        """A server's signals about TLS say about whom."""
        self.assertIn("each has the client's socket as its first argument", GUIDE)
        for name in (
            "alert-received",
            "alert-sent",
            "handshake-interrupted-on-error",
            "peer-verify-error",
            "pre-shared-key-authentication-required",
            "ssl-errors",
        ):
            types = GObject.signal_query(name, Ws.Server).param_types
            self.assertEqual(types[0], Ws.Socket.__gtype__, name)

    def test_examples(self):
        root = Path(__file__).resolve().parents[2]
        for name in re.findall(r"`(examples/[\w./-]+)`", GUIDE):
            self.assertTrue((root / name).exists(), name)
        interface = (root / "examples/declarative/chat.ui").read_text(encoding="utf-8")
        squeezed = re.sub(r"\s+", " ", interface)
        # What stands behind the properties is left out.
        for shown in re.findall(r"^    (<object.*?)^    </object>$", GUIDE, re.M | re.S):
            self.assertIn(re.sub(r"\s+", " ", shown.strip()), squeezed)


if __name__ == "__main__":
    unittest.main()
