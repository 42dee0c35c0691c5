# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python expects of Ws beyond its introspection data.

bytes stand for GLib.Bytes, mappings for Ws.Headers, strings are sent whole,
arguments have defaults, and errors are classes below Ws.Error. With asyncio
there are Ws.connect() for a client, Ws.serve() for a server and Ws.run(), which
runs asyncio on GLib's main loop; a socket has send(), recv() and is iterated
over.
"""

import atexit
import functools
import inspect

from gi.repository import Gio, GLib, GObject

from . import _ws_values
from ._ws_values import (
    ConnectionClosed,
    Ws,
    as_headers,
    as_message,
    content,
    converted,
    pack,
    send,
    translate,
    unpack,
)

__all__ = []


def public(thing):
    """Makes a class or a function a member of Ws."""
    thing.__module__ = "gi.repository.Ws"
    __all__.append(thing.__name__)
    return thing


for _error in _ws_values.errors:
    globals()[_error.__name__] = _error
    __all__.append(_error.__name__)


@functools.cache
def _asyncio():
    """What asyncio needs, which only those pay for who use it."""
    from . import _ws_asyncio

    return _ws_asyncio


def extend(target):
    """Puts what a class here defines into one of the library."""

    def put(source):
        for name, value in vars(source).items():
            if name not in ("__module__", "__dict__", "__weakref__", "__doc__"):
                setattr(target, name, value)
        return target

    return put


# --- Functions that fail, and those that take or return bytes ---


def _wrapped(function, info):
    """@function with bytes for GLib.Bytes, and its errors by class."""
    is_method = info.is_method()

    @functools.wraps(function, updated=())
    def call(*args, **kwargs):
        kwargs = {name: pack(value) for name, value in kwargs.items()}
        try:
            return unpack(function(*map(pack, args), **kwargs))
        except GLib.Error as error:
            raise translate(error, args[0] if is_method else None) from None

    return call if is_method else staticmethod(call)


_OF_BYTES = {
    "get_body",
    "get_bytes",
    "get_crl",
    "get_local_certificate",
    "get_ocsp_response",
    "get_pre_shared_key",
    "get_private_key",
    "get_session_ticket",
    "get_session_ticket_key",
    "new_binary",
    "set_body",
    "set_crl",
    "set_local_certificate",
    "set_ocsp_response",
    "set_pre_shared_key",
    "set_private_key",
    "set_session_ticket",
    "set_session_ticket_key",
    "add_local_certificate",
    "to_der",
}


def _wrap_all():
    for name in dir(Ws):
        class_ = getattr(Ws, name)
        info = getattr(class_, "__info__", None)
        if not hasattr(info, "get_methods"):
            continue
        for method in info.get_methods():
            attribute = method.get_name()
            if not (method.can_throw_gerror() or attribute in _OF_BYTES):
                continue
            function = getattr(class_, attribute, None)
            if function is not None:
                setattr(class_, attribute, _wrapped(function, method))


class _Props:
    """What props is of an object, with bytes for GLib.Bytes."""

    def __init__(self, props):
        object.__setattr__(self, "_props", props)

    def __getattr__(self, name):
        return unpack(getattr(self._props, name))

    def __setattr__(self, name, value):
        setattr(self._props, name, pack(value))

    def __dir__(self):
        return dir(self._props)

    def __iter__(self):
        return iter(self._props)

    def __len__(self):
        return len(self._props)


_object_props = inspect.getattr_static(GObject.Object, "props")


class _PropsOf:
    """The same as a member of a class, of which props are descriptions."""

    def __get__(self, instance, owner):
        props = _object_props.__get__(instance, owner)
        return props if instance is None else _Props(props)


def _convert_props():
    for name in dir(Ws):
        class_ = getattr(Ws, name)
        if not (isinstance(class_, type) and issubclass(class_, GObject.Object)):
            continue
        if any(p.value_type == GLib.Bytes.__gtype__ for p in class_.list_properties()):
            class_.props = _PropsOf()


# --- The end of the program ---

_living = []
_bound = 64


def _note(thing):
    """@thing is told when the program ends, if it is still there."""
    global _living, _bound
    # No callback of a weak reference does this: it may be called while an
    # exception is under way, which it would take the place of.
    if len(_living) >= _bound:
        _living = [reference for reference in _living if reference() is not None]
        _bound = max(64, 2 * len(_living))
    _living.append(thing.weak_ref())


@atexit.register
def _say_goodbye():
    """Peers learn that we are going away (1001), as a browser's do: what is
    still referred to now is not collected any more. The threads of pools end
    before the interpreter does."""
    for reference in _living:
        thing = reference()
        if thing is not None:
            thing.run_dispose()


_message_get_bytes = Ws.Message.get_bytes
_socket_send_data = Ws.Socket.send_data
_wrap_all()
_convert_props()


def _init_of(class_):
    """A constructor that takes what Python has for GObject's values."""
    original = class_.__init__

    def __init__(self, *args, **properties):
        original(self, *args, **converted(properties))

    class_.__init__ = __init__


for _class in (Ws.ReconnectPolicy, Ws.SslConfiguration):
    _init_of(_class)


# --- Headers and messages ---


@extend(Ws.Headers)
class _Headers:
    """The fields of an HTTP head, in their order; a mapping without regard to
    case. What occurs several times is joined with commas, except for
    get_all()."""

    def __len__(self):
        return sum(1 for _name in self)

    def __iter__(self):
        seen = set()
        for name, _value in self.pairs():
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name

    def pairs(self):
        """All fields as (name, value)."""
        return [
            (self.get_name(i), self.get_value(i)) for i in range(self.get_length())
        ]

    def get_all(self, name):
        """The values of all fields of this name."""
        return [v for n, v in self.pairs() if n.lower() == name.lower()]

    def __contains__(self, name):
        return isinstance(name, str) and self.get_one(name) is not None

    def __getitem__(self, name):
        if name not in self:
            raise KeyError(name)
        return self.get_list(name)

    def get(self, name, default=None):
        """The value of a field, or @default."""
        return self[name] if name in self else default

    def __setitem__(self, name, value):
        self.replace(name, value)

    def __delitem__(self, name):
        if not self.remove(name):
            raise KeyError(name)

    def keys(self):
        return list(self)

    def values(self):
        return [self[name] for name in self]

    def items(self):
        return [(name, self[name]) for name in self]

    def __eq__(self, other):
        if not isinstance(other, Ws.Headers):
            return NotImplemented
        return self.pairs() == other.pairs()

    __hash__ = None

    def __repr__(self):
        return f"<Ws.Headers {self.pairs()!r}>"


@extend(Ws.Message)
class _Message:
    """A whole message: text or binary."""

    @property
    def data(self):
        """The message as str or bytes."""
        return content(self)

    @staticmethod
    def new_text(text):
        """Makes a text message; all of @text, U+0000 too."""
        if not isinstance(text, str):
            raise TypeError(f"text is a str, not {type(text).__name__}")
        return as_message(text)

    def get_text(self):
        """All of the text; None for a binary message."""
        is_text = self.get_message_type() == Ws.MessageType.TEXT
        return content(self) if is_text else None

    def __len__(self):
        return _message_get_bytes(self).get_size()

    def __bool__(self):
        return True

    def __eq__(self, other):
        if not isinstance(other, Ws.Message):
            return NotImplemented
        return content(self) == content(other)

    def __hash__(self):
        return hash(content(self))

    def __repr__(self):
        data = repr(content(self))
        return f"<Ws.Message {data if len(data) <= 60 else data[:57] + '…'}>"


# --- Signals ---

_WITH_BYTES = {
    "binary-frame-received",
    "binary-message-received",
    "ping-received",
    "pong",
}
_WITH_ERROR = {"accept-error", "error", "peer-failed", "reload-failed"}
# Their handlers decide who gets in: a coroutine puts the answer off.
_DOORS = {"handshake-requested", "http-request"}


class _Handler:
    """A handler whose arguments are Python's; equal to the function itself, by
    which GObject's functions find it."""

    def __init__(self, function):
        self.function = function

    def __call__(self, source, *args):
        args = [
            translate(arg, source) if isinstance(arg, GLib.Error) else unpack(arg)
            for arg in args
        ]
        result = self.function(source, *args)
        if inspect.iscoroutine(result):
            _asyncio().answer_later(args[1], result)
        return None

    def __eq__(self, other):
        return self.function == getattr(other, "function", other)

    def __hash__(self):
        return hash(self.function)


def _converting(name):
    original = getattr(GObject.Object, name)

    @functools.wraps(original)
    def connect(self, signal, handler, *args):
        plain = signal.replace("_", "-")
        if plain in _WITH_BYTES | _WITH_ERROR | _DOORS:
            handler = _Handler(handler)
        return original(self, signal, handler, *args)

    return connect


for _name in ("connect", "connect_after"):
    for _class in (Ws.Broker, Ws.Server, Ws.Socket, Ws.SslConfiguration):
        setattr(_class, _name, _converting(_name))


# --- Sockets ---

_socket_init = Ws.Socket.__init__
_socket_close = Ws.Socket.close
_socket_ping = Ws.Socket.ping
_socket_set_message_handler = Ws.Socket.set_message_handler
_socket_publish = Ws.Socket.publish
_socket_set_request_headers = Ws.Socket.set_request_headers


@extend(Ws.Socket)
class _Socket:
    def __init__(self, *args, **properties):
        """Makes an unconnected socket; any property may be given by name.

        As in browsers it lives on while it is active and somebody listens.
        """
        properties.setdefault("stays_alive", True)
        _socket_init(self, *args, **converted(properties))
        _note(self)

    def __bool__(self):
        return True

    def __repr__(self):
        state = self.get_state().value_nick
        where = self.get_url() or self.get_peer_name() or ""
        return f"<Ws.Socket {where + ' ' if where else ''}{state}>"

    def set_request_headers(self, headers):
        """Sets further header fields: a mapping, pairs, or Ws.Headers."""
        _socket_set_request_headers(self, as_headers(headers))

    def send_text_message(self, message):
        """Sends a text message: all of the string, U+0000 too."""
        if not isinstance(message, str):
            raise TypeError(f"text is a str, not {type(message).__name__}")
        return send(self, message)

    def send_message(self, message):
        """Sends a message: str, bytes or Ws.Message."""
        return send(self, message)

    def send_binary_message(self, message):
        """Sends a binary message: bytes."""
        if isinstance(message, str):
            raise TypeError("a binary message is bytes, not str")
        return send(self, message)

    def send_data(self, kind, data):
        """Sends the bytes of a message of this type."""
        try:
            return _socket_send_data(self, kind, data)
        except GLib.Error as error:
            raise translate(error, self) from None

    def set_message_handler(self, handler, *user_data):
        """Calls @handler with the socket and each message, str or bytes, before
        any signal: when it returns True, there is none. None takes it away."""
        if handler is None:
            _socket_set_message_handler(self, None)
            return
        text = Ws.MessageType.TEXT

        # PyGObject tells the length of an array, too.
        def call(socket, kind, data, _length):
            message = data.decode() if kind == text else data
            return bool(handler(socket, message, *user_data))

        _socket_set_message_handler(self, call)

    def publish(self, topic, message):
        """Sends str, bytes or a Ws.Message to the others who subscribe to
        @topic."""
        return _socket_publish(self, topic, as_message(message))

    def ping(self, payload=None):
        """Sends a ping; the signal pong tells when it came back."""
        return _socket_ping(self, payload)

    def close(self, code=1000, reason=None):
        """Begins the closing handshake; what is returned may be awaited."""
        if reason is not None:
            # A C string ends there, and nothing is to be cut off.
            reason = reason.replace("\0", "\ufffd")
        _socket_close(self, code, reason)
        return _asyncio().Closing(self, code, reason)

    def send(self, message):
        """Sends str as text and bytes as binary; for an iterable, or an
        asynchronous one, a message in parts. To be awaited: that is over at
        once unless much waits to be written already."""
        return _asyncio().send(self, message)

    def recv(self):
        """Waits for the next message and returns it, str or bytes.

        Raises Ws.ConnectionClosed at the end. The socket is one of
        Ws.connect(), Ws.serve() or Server.accept_async(), or has pull set.
        """
        return _asyncio().receive(self)

    def recv_parts(self):
        """The next message in parts, as an asynchronous iterator: for those
        that are larger than memory should hold."""
        return _asyncio().receive_parts(self)

    async def wait_closed(self):
        """Waits until the connection is over."""
        await _asyncio().wait_closed(self)

    async def __aiter__(self):
        """All messages, until the connection ends in order."""
        while True:
            try:
                message = await self.recv()
            except ConnectionClosed as closed:
                if closed.was_clean and closed.close_code in (1000, 1001):
                    return
                raise
            yield message

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error):
        await self.close()


# --- Servers ---

_server_init = Ws.Server.__init__
_server_broadcast = Ws.Server.broadcast
_server_publish = Ws.Server.publish
_server_listen = Ws.Server.listen
_listening = set()


def _on_listening(server, _pspec):
    """Who listens is not garbage."""
    if server.get_listening():
        _listening.add(server)
    else:
        _listening.discard(server)


def _inet_address(address):
    """Of an address that may be a text."""
    if not isinstance(address, str):
        return address
    parsed = Gio.InetAddress.new_from_string(address)
    if parsed is None:
        raise ValueError("the address of a server is numeric")
    return parsed


@extend(Ws.Server)
class _Server:
    def __init__(self, *args, **properties):
        """Makes a server; any property may be given by name.

        It lives on while it listens.
        """
        _server_init(self, *args, **converted(properties))
        _note(self)
        self.connect("notify::listening", _on_listening)
        _on_listening(self, None)

    def __bool__(self):
        return True

    def __repr__(self):
        where = self.get_url() if self.get_listening() else "not listening"
        return f"<Ws.Server {where}, {self.get_n_items()} clients>"

    def listen(self, address=None, port=0):
        """Begins to listen at an address, given as text too; None: at all."""
        return _server_listen(self, _inet_address(address), port)

    def broadcast(self, message):
        """Sends str, bytes or a Ws.Message to all clients."""
        return _server_broadcast(self, as_message(message))

    def publish(self, topic, message):
        """Sends str, bytes or a Ws.Message to all who subscribe to @topic."""
        return _server_publish(self, topic, as_message(message))

    async def serve_forever(self):
        """Waits until the server is closed."""
        await _asyncio().wait_for_signal(self, "closed", lambda: self.get_listening())


_pool_listen = Ws.ServerPool.listen


@extend(Ws.ServerPool)
class _ServerPool:
    def listen(self, address=None, port=0):
        """Starts the threads, whose servers listen at an address, given as text
        too; None: at all."""
        _note(self)
        return _pool_listen(self, _inet_address(address), port)


_broker_set_state = Ws.Broker.set_state


@extend(Ws.Broker)
class _Broker:
    def set_state(self, state, error=None):
        """Sets how it is with the connection; PyGObject takes no None for an error."""
        _broker_set_state(self, state, *([] if error is None else [error]))


_response_refuse = Ws.Response.refuse


@extend(Ws.Response)
class _Response:
    def refuse(self, status=403, message=None):
        """Refuses; @message is the content."""
        _response_refuse(self, status, message)

    def set_text(self, text):
        """Sets the content to a plain text: all of it, U+0000 too."""
        self.set_body("text/plain; charset=utf-8", text.encode())


# --- Asynchronous calls ---


def _awaitable(class_, method, defaults):
    """@method without a callback is awaited."""
    name = method.get_name()
    function = getattr(class_, name)
    finish = getattr(class_, name[: -len("_async")] + "_finish")
    n_args = len(method.get_arguments()) - 3

    @functools.wraps(function, updated=())
    def call(self, *args):
        args = [pack(arg) for arg in args]
        if len(args) > n_args:
            return function(self, *args)
        args += [defaults.get(name)] * (n_args > len(args) == 0)
        args += [None] * (n_args - len(args))
        return _asyncio().call(
            lambda cancellable, done: function(self, *args, cancellable, done),
            lambda result: finish(self, result),
            self,
        )

    setattr(class_, name, call)


for _class in (Ws.Broker, Ws.Server, Ws.ServerPool, Ws.Socket):
    for _method in _class.__info__.get_methods():
        if _method.get_name().endswith("_async"):
            _awaitable(_class, _method, {"close_async": 1000, "drain_async": 2000})


# --- asyncio ---

_connect_signal = Ws.connect
_connect_slot = Ws.connect_slot


@public
def connect(target, *args, **properties):
    """Opens a connection, or connects a signal.

    With a URL or a Ws.Request, to be awaited or used with async with:

        async with Ws.connect("wss://example.org/chat") as socket:
            await socket.send("hello")
            async for message in socket:
                print(message)

    @properties are those of Ws.Socket; headers, ssl and reconnect=True are short
    for request_headers, ssl_configuration and a Ws.ReconnectPolicy.

    With an object, as in C: connect(sender, signal, receiver, slot, flags).
    """
    if isinstance(target, GObject.Object) and not isinstance(target, Ws.Request):
        try:
            return _connect_signal(target, *args, **properties)
        except GLib.Error as error:
            raise translate(error) from None
    return _asyncio().Connecting(target, *args, **properties)


@public
def connect_slot(*args, **kwargs):
    """connect_slot(sender, signal, receiver, slot, flags): as in C."""
    try:
        return _connect_slot(*args, **kwargs)
    except GLib.Error as error:
        raise translate(error) from None


@public
def serve(handler, host="localhost", port=0, **properties):
    """Serves clients: a coroutine handler(socket) for each.

        async with Ws.serve(handler, "localhost", 8765) as server:
            await server.serve_forever()

    @properties are those of Ws.Server; ssl is short for ssl_configuration, and
    makes it a server of wss: URLs. When the block is left all clients are closed
    with 1001. What @handler raises is told as asyncio tells it, and closes its
    client with 1011.
    """
    return _asyncio().Serving(handler, host, port, **properties)


@public
def run(main, *, debug=None):
    """Runs a coroutine as asyncio.run() does, on GLib's main loop."""
    return _asyncio().run(main, debug=debug)
