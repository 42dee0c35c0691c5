# SPDX-License-Identifier: LGPL-2.1-or-later
"""asyncio for Ws: the loop, and what is awaited."""

import asyncio
import inspect
import selectors
from collections import deque
from collections.abc import Coroutine

from gi.repository import Gio, GLib

from . import _ws_values as values
from ._ws_values import Ws

# --- The loop ---


# What the clock of a source can hold.
_FAR = 1 << 62


class _Selector(selectors.DefaultSelector):
    """asyncio's descriptors, which one of their own stands for in the main
    context; to wait for them is to run that. GLib's own sources watch: one in
    Python would cost each round of the loop more than what it waits for."""

    def __init__(self):
        super().__init__()
        default = GLib.MainContext.default()
        self.context = GLib.MainContext.get_thread_default() or default
        self.is_ready = False
        self.is_timed = False
        self.watch = GLib.unix_fd_source_new(self.fileno(), GLib.IOCondition.IN)
        self.watch.set_callback(self._on_ready)
        self.timer = GLib.timeout_source_new(GLib.MAXUINT)
        self.timer.set_callback(self._on_time)
        for source in (self.watch, self.timer):
            source.attach(self.context)

    def _on_ready(self, *_args):
        self.is_ready = True
        return GLib.SOURCE_CONTINUE

    def _on_time(self, *_args):
        return GLib.SOURCE_CONTINUE

    def _set_timer(self, timeout):
        """The context wakes up after @timeout seconds; None: never."""
        if timeout is not None:
            moment = GLib.get_monotonic_time() + int(timeout * 1e6) + 1
            self.timer.set_ready_time(min(moment, _FAR))
        elif self.is_timed:
            self.timer.set_ready_time(-1)
        self.is_timed = timeout is not None

    def select(self, timeout=None):
        may_block = timeout is None or timeout > 0
        if may_block:
            self._set_timer(timeout)
        self.is_ready = False
        self.context.iteration(may_block)
        return super().select(0) if self.is_ready else []

    def close(self):
        self.watch.destroy()
        self.timer.destroy()
        super().close()


def _new_loop():
    try:
        from gi.events import GLibEventLoop
    except ImportError:
        return asyncio.SelectorEventLoop(_Selector())
    return GLibEventLoop(GLib.MainContext.ref_thread_default())


def run(main, *, debug=None):
    if hasattr(asyncio, "Runner"):
        with asyncio.Runner(debug=debug, loop_factory=_new_loop) as runner:
            return runner.run(main)
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _running_loop():
    """The loop, which has to run the main context, too."""
    loop = asyncio.get_running_loop()
    selector = getattr(loop, "_selector", None)
    if type(loop).__module__.startswith("asyncio.") and not isinstance(
        selector, _Selector
    ):
        raise RuntimeError(
            "asyncio runs without GLib's main loop: use Ws.run(main()) instead of"
            " asyncio.run(main())"
        )
    return loop


# --- Calls ---


async def call(begin, finish, source=None, undone=None):
    """Awaits a call of GIO's kind: begin(cancellable, callback), then
    finish(result). What came when nobody waited any more goes to @undone."""
    future = _running_loop().create_future()
    cancellable = Gio.Cancellable()

    def on_done(_source, result):
        try:
            value = finish(result)
        except GLib.Error as error:
            if not future.done():
                future.set_exception(values.translate(error, source))
            return
        if not future.done():
            future.set_result(values.unpack(value))
        elif undone is not None:
            undone(value)

    begin(cancellable, on_done)
    try:
        return await future
    except asyncio.CancelledError:
        has_value = future.done() and not future.cancelled()
        if has_value and future.exception() is None and undone is not None:
            undone(future.result())
        cancellable.cancel()
        raise


async def wait_for_signal(source, names, is_wanted):
    """Waits for a signal, as long as it is to be expected."""
    future = _running_loop().create_future()
    names = [names] if isinstance(names, str) else names

    def on_signal(*_args):
        if not future.done():
            future.set_result(None)

    handlers = [source.connect(name, on_signal) for name in names]
    try:
        if is_wanted():
            await future
    finally:
        for handler in handlers:
            source.disconnect(handler)


class _Coroutine(Coroutine):
    """Can be awaited, and be a task like what a coroutine function returns."""

    _steps = None

    def send(self, value):
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.send(value)

    def throw(self, *error):
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.throw(*error)

    def close(self):
        if self._steps is not None:
            self._steps.close()


class Closing(_Coroutine):
    """What close() returns: true, and over with the connection."""

    def __init__(self, socket, code, reason):
        self.socket, self.code, self.reason = socket, code, reason

    def __await__(self):
        return self.socket.close_async(self.code, self.reason).__await__()


async def wait_closed(socket):
    await wait_for_signal(
        socket, "disconnected", lambda: socket.get_state() != Ws.State.UNCONNECTED
    )


# --- Sending ---


def _is_full(socket):
    n_bytes = socket.get_bytes_to_write()
    return (
        n_bytes > 0
        and n_bytes > socket.get_write_high_water_mark()
        and socket.get_state() == Ws.State.CONNECTED
    )


async def _wait_until_drained(socket):
    """Raises why if the connection is lost meanwhile, and what waits with it."""
    errors = []

    def on_disconnected(_socket):
        # A reconnect policy may have begun anew when the task has its turn.
        if not socket.get_was_clean():
            error = socket.get_error()
            errors.append(
                _closed(socket) if error is None else values.translate(error, socket)
            )

    handler = socket.connect("disconnected", on_disconnected)
    try:
        while not errors and _is_full(socket):
            await wait_for_signal(
                socket, ("drained", "disconnected"), lambda: _is_full(socket)
            )
    finally:
        socket.disconnect(handler)
    if errors:
        raise errors[0]


class _Sent(_Coroutine):
    """A message is on its way; to be awaited by who sends a lot."""

    def __init__(self, socket):
        self.socket = socket

    def __await__(self):
        return _wait_until_drained(self.socket).__await__()


class _Done(_Coroutine):
    """What is over already."""

    def __await__(self):
        return iter(())

    def send(self, _value):
        raise StopIteration

    def throw(self, kind, *_more):
        raise kind


_DONE = _Done()


def send(socket, message):
    if isinstance(message, (str, bytes, bytearray, memoryview, GLib.Bytes, Ws.Message)):
        values.send(socket, message)
        return _Sent(socket) if _is_full(socket) else _DONE
    if hasattr(message, "__iter__") or hasattr(message, "__aiter__"):
        return _send_parts(socket, message)
    raise TypeError(f"a message is a str or bytes, not {type(message).__name__}")


async def _each(parts):
    if hasattr(parts, "__aiter__"):
        async for part in parts:
            yield part
    else:
        for part in parts:
            yield part


async def _send_parts(socket, parts):
    """The first part decides whether it is text; an exception of @parts leaves
    the message incomplete, which ends the connection."""
    streams = []
    try:
        await _write_parts(socket, parts, streams)
    except BaseException:
        # Now, and not when the exception is forgotten, whose frames hold it.
        for stream in streams:
            stream.run_dispose()
        raise


async def _write_parts(socket, parts, streams):
    """Appends the stream to @streams when there is one."""
    stream = None
    async for part in _each(parts):
        if stream is None:
            is_text = isinstance(part, str)
            kind = Ws.MessageType.TEXT if is_text else Ws.MessageType.BINARY
            stream = socket.begin_message(kind)
            streams.append(stream)
        elif isinstance(part, str) != is_text:
            raise TypeError("the parts of a message are all str, or all bytes")
        data = GLib.Bytes.new(part.encode() if is_text else bytes(part))
        while data.get_size() > 0:
            n_written = await _write(socket, stream, data)
            data = data.new_from_bytes(n_written, data.get_size() - n_written)
    if stream is None:
        raise ValueError("a message in parts needs one")
    await call(
        lambda cancellable, done: stream.close_async(
            GLib.PRIORITY_DEFAULT, cancellable, done
        ),
        stream.close_finish,
        socket,
    )


async def _write(socket, stream, data):
    return await call(
        lambda cancellable, done: stream.write_bytes_async(
            data, GLib.PRIORITY_DEFAULT, cancellable, done
        ),
        stream.write_bytes_finish,
        socket,
    )


# --- Receiving ---


def _closed(socket):
    code, reason = socket.get_close_code(), socket.get_close_reason()
    error = values.ConnectionClosed(
        f"The connection was closed with {code}" + (f": {reason}" if reason else ""),
        values.DOMAIN,
        int(Ws.SocketError.REMOTE_HOST_CLOSED),
    )
    error.close_code, error.close_reason = code, reason
    error.was_clean = socket.get_was_clean()
    return error


# So many messages a receiver takes before the other tasks have their turn.
_AT_ONCE = 64


def _is_over(socket):
    """Whether no more will come, from a reconnect policy at work either."""
    return socket.get_state() == Ws.State.UNCONNECTED and not socket.get_active()


class _Inbox:
    """Those who wait for messages of a socket, in their order. Nobody is given
    a message before being about to return it, so that none gets lost with a
    task that is cancelled."""

    def __init__(self, socket):
        self.waiting = deque()
        self.n_at_once = 0
        for name in ("ready-read", "state-changed", "notify::active"):
            socket.connect(name, self._wake)

    def _wake(self, *_args):
        future = self.waiting[0].future if self.waiting else None
        if future is not None and not future.done():
            future.set_result(None)

    def take_at_once(self, socket):
        """The next message, if one waits and its receiver need not."""
        if self.waiting or self.n_at_once == _AT_ONCE:
            return None
        self.n_at_once += 1
        return values.take(socket)

    async def take(self, socket):
        """The next message; None when all is over."""
        if self.n_at_once == _AT_ONCE:
            await asyncio.sleep(0)
        self.n_at_once = 0
        turn = _Turn()
        self.waiting.append(turn)
        try:
            while True:
                if self.waiting[0] is turn:
                    message = values.take(socket)
                    if message is not None or _is_over(socket):
                        return message
                turn.future = _running_loop().create_future()
                await turn.future
        finally:
            self.waiting.remove(turn)
            self._wake()


class _Turn:
    """One of those who wait."""

    future = None


async def _receive_end(socket):
    """Asks for a message where none is to come: that tells why."""
    message = await call(
        lambda cancellable, done: socket.receive_message_async(cancellable, done),
        lambda result: socket.receive_message_finish(result),
        socket,
    )
    if message is None:
        raise _closed(socket)
    return values.content(message)


def _inbox_of(socket):
    """Who waits for messages; None if they are signalled."""
    inbox = getattr(socket, "_inbox", None)
    if inbox is None and socket.get_pull():
        inbox = socket._inbox = _Inbox(socket)
    return inbox


async def receive(socket):
    inbox = _inbox_of(socket)
    message = None
    if inbox is not None:
        message = inbox.take_at_once(socket)
        if message is None:
            message = await inbox.take(socket)
    return await _receive_end(socket) if message is None else message


async def receive_parts(socket, size=64 * 1024):
    stream = await call(
        lambda cancellable, done: socket.receive_stream_async(cancellable, done),
        lambda result: socket.receive_stream_finish(result),
        socket,
    )
    if stream is None:
        raise _closed(socket)
    while True:
        part = await call(
            lambda cancellable, done: stream.read_bytes_async(
                size, GLib.PRIORITY_DEFAULT, cancellable, done
            ),
            stream.read_bytes_finish,
            socket,
        )
        if not part:
            return
        yield part


# --- Clients ---

_SHORT = {"headers": "request_headers", "ssl": "ssl_configuration"}


def _spelled_out(properties):
    properties = {_SHORT.get(name, name): v for name, v in properties.items()}
    if properties.get("reconnect") is True:
        properties["reconnect"] = Ws.ReconnectPolicy()
    elif properties.get("reconnect") is False:
        del properties["reconnect"]
    return properties


class Connecting(_Coroutine):
    """What connect() returns: awaited, or entered with async with."""

    def __init__(self, target, **properties):
        self.target = target
        self.properties = _spelled_out(properties)
        self.socket = None

    async def _open(self):
        _running_loop()
        socket = Ws.Socket(pull=True, **self.properties)
        if not isinstance(self.target, Ws.Request):
            await socket.open_async(self.target)
            return socket
        await wait_for_opening(socket, self.target)
        return socket

    def __await__(self):
        return self._open().__await__()

    async def __aenter__(self):
        self.socket = await self._open()
        return self.socket

    async def __aexit__(self, *_error):
        await self.socket.close()


async def wait_for_opening(socket, request):
    errors = []
    handler = socket.connect("error", lambda _socket, error: errors.append(error))
    socket.open_request(request)
    try:
        await wait_for_signal(
            socket,
            ("connected", "notify::active"),
            lambda: socket.get_state() == Ws.State.CONNECTING,
        )
    except asyncio.CancelledError:
        socket.abort()
        raise
    finally:
        socket.disconnect(handler)
    if errors and socket.get_state() != Ws.State.CONNECTED:
        raise errors[-1]


# --- Servers ---

# asyncio holds no tasks.
_answering = set()


def answer_later(response, coroutine):
    """Sends @response when @coroutine is done; 500 if that fails."""
    try:
        loop = _running_loop()
    except RuntimeError:
        coroutine.close()
        raise

    async def answer():
        try:
            await coroutine
        except Exception as error:
            response.refuse(500)
            loop.call_exception_handler(
                {"message": "A handler has failed", "exception": error}
            )
        except asyncio.CancelledError:
            response.refuse(503)
            raise
        finally:
            response.done()

    response.defer()
    task = loop.create_task(answer())
    _answering.add(task)
    task.add_done_callback(_answering.discard)



class Serving(_Coroutine):
    """What serve() returns: awaited, or entered with async with."""

    def __init__(self, handler, host, port, **properties):
        properties = _spelled_out(properties)
        if properties.get("ssl_configuration") is not None:
            properties.setdefault("ssl_mode", Ws.SslMode.SECURE)
        self.handler = handler
        self.server = Ws.Server(host=host, port=port, **properties)
        self.tasks = set()
        self.accepting = None

    async def _start(self):
        loop = _running_loop()
        self.server.set_listening(True)
        await wait_for_signal(
            self.server,
            ("notify::listening", "server-error"),
            lambda: not self.server.get_listening(),
        )
        if not self.server.get_listening():
            raise values.ConnectionFailed(
                self.server.get_error_string(),
                values.DOMAIN,
                int(Ws.SocketError.ADDRESS_IN_USE),
            )
        self.accepting = loop.create_task(self._accept())
        return self.server

    async def _accept(self):
        loop = asyncio.get_running_loop()
        while self.server.get_listening():
            try:
                socket = await self.server.accept_async()
            except GLib.Error:
                return
            socket.set_pull(True)
            task = loop.create_task(self._handle(socket))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _handle(self, socket):
        try:
            if inspect.isawaitable(result := self.handler(socket)):
                await result
        except values.ConnectionClosed:
            pass
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"The handler of {socket!r} failed", "exception": error}
            )
            socket.close(1011)
        finally:
            socket.close()

    async def _stop(self):
        self.accepting.cancel()
        await self.server.close_async(1001)
        if self.tasks:
            await asyncio.wait(self.tasks)

    def __await__(self):
        return self._start().__await__()

    async def __aenter__(self):
        return await self._start()

    async def __aexit__(self, *_error):
        await self._stop()
