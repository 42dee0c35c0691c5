# SPDX-License-Identifier: LGPL-2.1-or-later
"""The errors of Ws as classes, and its values as Python has them."""

from gi.repository import GLib

from ..module import get_introspection_module

Ws = get_introspection_module("Ws")

errors = []

# The library's own functions, where each microsecond of a message counts: what
# wraps them for programs costs several.
_get_bytes = Ws.Message.get_bytes
_get_message_type = Ws.Message.get_message_type
_send_data = Ws.Socket.send_data
_send_message = Ws.Socket.send_message
_try_receive_data = Ws.Socket.try_receive_data
_TEXT = Ws.MessageType.TEXT
_BINARY = Ws.MessageType.BINARY
# Up to here a copy costs less than an object that holds the bytes.
_COPIED = 16 * 1024


def public(thing):
    """Makes a class a member of Ws."""
    thing.__module__ = "gi.repository.Ws"
    errors.append(thing)
    return thing


# --- Errors ---


@public
class Error(GLib.Error):
    """Something of this library went wrong.

    message, domain and code are those of GLib.Error; the classes below this one
    are one or several codes of Ws.SocketError each.
    """

    def __str__(self):
        return self.message

    def __repr__(self):
        return f"Ws.{type(self).__name__}({self.message!r})"


@public
class ConnectionClosed(Error):
    """There is no connection, or no more of it.

    close_code, close_reason and was_clean tell how it ended; close_code is None
    where there has never been one.
    """

    close_code = None
    close_reason = ""
    was_clean = False


@public
class ConnectionFailed(Error):
    """No connection came about: the network, the host, a proxy."""


@public
class HandshakeRejected(Error):
    """The server did not agree; status and response tell what it said."""

    status = 0
    response = None


@public
class CertificateRejected(Error):
    """The TLS handshake failed, most often by a certificate."""


@public
class TimedOut(Error):
    """It took too long."""


@public
class ProtocolViolated(Error):
    """The peer broke the WebSocket protocol."""


@public
class MessageTooBig(Error):
    """A message is beyond its limit."""


@public
class BufferFull(Error):
    """What waits to be written is at its limit."""


@public
class InvalidArgument(Error):
    """An argument cannot be used."""


@public
class WrongThread(Error):
    """The object belongs to another thread."""


_E = Ws.SocketError
_CLASSES = {
    _E.NOT_CONNECTED: ConnectionClosed,
    _E.REMOTE_HOST_CLOSED: ConnectionClosed,
    _E.CONNECTION_REFUSED: ConnectionFailed,
    _E.HOST_NOT_FOUND: ConnectionFailed,
    _E.NETWORK: ConnectionFailed,
    _E.SOCKET_ACCESS: ConnectionFailed,
    _E.SOCKET_RESOURCE: ConnectionFailed,
    _E.ADDRESS_IN_USE: ConnectionFailed,
    _E.SOCKET_ADDRESS_NOT_AVAILABLE: ConnectionFailed,
    _E.PROXY_AUTHENTICATION_REQUIRED: ConnectionFailed,
    _E.PROXY_CONNECTION_REFUSED: ConnectionFailed,
    _E.PROXY_CONNECTION_CLOSED: ConnectionFailed,
    _E.PROXY_CONNECTION_TIMEOUT: ConnectionFailed,
    _E.PROXY_NOT_FOUND: ConnectionFailed,
    _E.PROXY_PROTOCOL: ConnectionFailed,
    _E.HANDSHAKE_REJECTED: HandshakeRejected,
    _E.AUTHENTICATION_REQUIRED: HandshakeRejected,
    _E.SSL_HANDSHAKE_FAILED: CertificateRejected,
    _E.SOCKET_TIMEOUT: TimedOut,
    _E.PROTOCOL: ProtocolViolated,
    _E.INVALID_UTF8: InvalidArgument,
    _E.INVALID_ARGUMENT: InvalidArgument,
    _E.UNSUPPORTED_SOCKET_OPERATION: InvalidArgument,
    _E.SSL_INVALID_USER_DATA: InvalidArgument,
    _E.MESSAGE_TOO_BIG: MessageTooBig,
    _E.BUFFER_FULL: BufferFull,
    _E.WRONG_CONTEXT: WrongThread,
}
DOMAIN = GLib.quark_to_string(_E.quark())


def translate(error, source=None):
    """The same error by its class; @source is whose it is."""
    if error.domain != DOMAIN or isinstance(error, Error):
        return error
    made = _CLASSES.get(error.code, Error)(error.message, error.domain, error.code)
    if isinstance(source, Ws.Socket):
        if isinstance(made, ConnectionClosed) and source.get_state() == 0:
            made.close_code = source.get_close_code()
            made.close_reason = source.get_close_reason()
            made.was_clean = source.get_was_clean()
        elif isinstance(made, HandshakeRejected):
            made.response = source.get_response()
            made.status = made.response.get_status() if made.response else 0
    return made


# --- Values ---


class _Bytes(bytes):
    """bytes, with what programs that were written for GLib.Bytes ask."""

    def get_data(self):
        return bytes(self)

    def get_size(self):
        return len(self)


def pack(value):
    """bytes for a function that wants GLib.Bytes."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return GLib.Bytes.new(bytes(value))
    return value


def unpack(value):
    """The other way round."""
    return _Bytes(value.get_data() or b"") if isinstance(value, GLib.Bytes) else value


def as_headers(value):
    """Ws.Headers of a mapping or of pairs."""
    if value is None or isinstance(value, Ws.Headers):
        return value
    headers = Ws.Headers.new()
    for name, content in value.items() if hasattr(value, "items") else value:
        headers.append(name, content)
    return headers


def as_message(value):
    """Ws.Message of text or bytes."""
    if isinstance(value, Ws.Message):
        return value
    if isinstance(value, str):
        return Ws.Message.new_text_bytes(GLib.Bytes.new(value.encode()))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Ws.Message.new_binary(GLib.Bytes.new(bytes(value)))
    if isinstance(value, GLib.Bytes):
        return Ws.Message.new_binary(value)
    raise TypeError(f"a message is a str or bytes, not {type(value).__name__}")


def content(message):
    """What a message holds: str or bytes."""
    data = _get_bytes(message).get_data() or b""
    return data.decode() if _get_message_type(message) == _TEXT else _Bytes(data)


def take(socket):
    """The next message that waits, str or bytes; None if there is none."""
    is_there, kind, data = _try_receive_data(socket)
    if not is_there:
        return None
    return data.decode() if kind == _TEXT else data


def send(socket, message):
    """Sends str, bytes or Ws.Message; returns the length in bytes."""
    try:
        if isinstance(message, str):
            data, kind = message.encode(), _TEXT
        elif isinstance(message, bytes):
            data, kind = message, _BINARY
        else:
            data = None
        if data is not None and len(data) <= _COPIED:
            return _send_data(socket, kind, data)
        return _send_message(socket, as_message(message))
    except GLib.Error as error:
        raise translate(error, socket) from None


_CONVERTED = {
    "request_headers": as_headers,
    "headers": as_headers,
    "fatal_close_codes": lambda v: v
    if v is None or isinstance(v, GLib.Variant)
    else GLib.Variant("au", list(v)),
    "local_certificate": pack,
    "private_key": pack,
    "crl": pack,
    "ocsp_response": pack,
    "session_ticket": pack,
    "session_ticket_key": pack,
}


def converted(properties):
    """What a constructor may be given, as GObject wants it."""
    return {
        name: _CONVERTED[name](value) if name in _CONVERTED else value
        for name, value in properties.items()
    }
