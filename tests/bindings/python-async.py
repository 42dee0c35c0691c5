#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The override with asyncio: clients, servers, time-outs, cancellation."""

import asyncio
import sys
import threading
import types
import unittest
import unittest.mock

import gi

gi.require_version("Ws", "1.0")
from gi.repository import GLib, Ws  # noqa: E402

DEADLINE = 120  # seconds; nothing waits for it but a hanging test


def on_glib(test):
    """A test that is a coroutine."""

    def run(self):
        async def limited():
            await asyncio.wait_for(test(self), DEADLINE)

        Ws.run(limited())

    return run


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def until(condition):
    while not condition():
        await asyncio.sleep(0.001)


class Loop(unittest.TestCase):
    @on_glib
    async def test_both_run(self):
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        GLib.idle_add(lambda: done.done() or done.set_result(None))
        await done
        self.assertEqual(await asyncio.to_thread(lambda: 5), 5)
        with self.assertRaises((TimeoutError, asyncio.TimeoutError)):
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)

    def test_in_a_thread(self):
        received = []

        async def main():
            async with Ws.serve(echo) as server:
                async with Ws.connect(server.get_url()) as socket:
                    await socket.send("hello")
                    received.append(await socket.recv())

        def work():
            context = GLib.MainContext()
            context.push_thread_default()
            Ws.run(main())
            context.pop_thread_default()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(received, ["hello"])

    def test_pygobjects_own(self):
        """PyGObject's loop is used where it has one, as from 3.50 on."""
        try:
            import gi.events
        except ImportError:
            self.try_own_loop()
            return
        self.assertIsInstance(Ws.run(self.get_loop()), gi.events.GLibEventLoop)

    def try_own_loop(self):
        made = []

        class GLibEventLoop(type(Ws.run(self.get_loop()))):
            def __init__(self, context):
                made.append(context)
                super().__init__(type(self.selector)())

            selector = Ws.run(self.get_loop())._selector

        events = types.ModuleType("gi.events")
        events.GLibEventLoop = GLibEventLoop
        with unittest.mock.patch.dict(sys.modules, {"gi.events": events}):
            self.assertIsInstance(Ws.run(self.get_loop()), GLibEventLoop)
        self.assertEqual(len(made), 1)

    def test_pygobjects_policy(self):
        """A program that has chosen PyGObject's loop itself, from 3.50 on, needs
        no Ws.run()."""
        try:
            from gi.events import GLibEventLoopPolicy
        except ImportError:
            return

        async def main():
            async with Ws.serve(echo, "localhost") as server:
                async with Ws.connect(server.get_url()) as socket:
                    await socket.send("hello")
                    received = await socket.recv()
                    with self.assertRaises(asyncio.TimeoutError):
                        await asyncio.wait_for(socket.recv(), 0.01)
            return received

        before = asyncio.get_event_loop_policy()
        policy = GLibEventLoopPolicy()
        asyncio.set_event_loop_policy(policy)
        try:
            loop = policy.get_event_loop()
            self.assertEqual(loop.run_until_complete(main()), "hello")
        finally:
            asyncio.set_event_loop_policy(before)

    @staticmethod
    async def get_loop():
        return asyncio.get_running_loop()

    def test_without_glib(self):
        async def main():
            await Ws.connect("ws://127.0.0.1:1")

        with self.assertRaisesRegex(RuntimeError, "Ws.run"):
            asyncio.run(main())


class Client(unittest.TestCase):
    @on_glib
    async def test_echo(self):
        async with Ws.serve(echo, "localhost") as server:
            async with Ws.connect(server.get_url(), headers={"X-A": "b"}) as socket:
                for message in "a\0b", "", b"\0\xff", b"", "x" * 200000:
                    await socket.send(message)
                    answer = await socket.recv()
                    self.assertEqual(answer, message)
                    self.assertIsInstance(answer, type(message))
                self.assertGreaterEqual(await socket.ping_async(), 0)
            self.assertEqual(socket.get_close_code(), 1000)
            self.assertTrue(socket.get_was_clean())

    @on_glib
    async def test_greeting(self):
        """What comes right behind the 101 waits for who asks for it."""

        async def greet(socket):
            for i in range(100):
                socket.send(f"hello {i}")

        async with Ws.serve(greet) as server:
            socket = await Ws.connect(server.get_url())
            await asyncio.sleep(0.05)
            heard = [message async for message in socket]
        self.assertEqual(heard, [f"hello {i}" for i in range(100)])

    @on_glib
    async def test_timeout_loses_nothing(self):
        async def slow(socket):
            for i in range(200):
                socket.send(str(i))
                await asyncio.sleep(0.0005)

        heard = []
        limit = None
        async with Ws.serve(slow) as server:
            async with Ws.connect(server.get_url()) as socket:
                while len(heard) < 200:
                    # Every other time, for a busy machine may never be in time.
                    limit = 0.0004 if limit is None else None
                    try:
                        heard.append(await asyncio.wait_for(socket.recv(), limit))
                    except (TimeoutError, asyncio.TimeoutError):
                        pass
        self.assertEqual(heard, [str(i) for i in range(200)])

    @on_glib
    async def test_several_receive(self):
        """Each gets one, in the order in which they asked; what was for one that
        is cancelled is for the next."""
        async with Ws.serve(echo) as server:
            async with Ws.connect(server.get_url()) as socket:
                tasks = [asyncio.create_task(socket.recv()) for _ in range(6)]
                await asyncio.sleep(0)
                tasks[0].cancel()
                tasks[3].cancel()
                for i in range(4):
                    socket.send(str(i))
                heard = await asyncio.gather(*tasks, return_exceptions=True)
                for i in 0, 3:
                    self.assertIsInstance(heard.pop(i - i // 3), asyncio.CancelledError)
                self.assertEqual(heard, ["0", "1", "2", "3"])
                late = [asyncio.create_task(socket.recv()) for _ in range(2)]
                await asyncio.sleep(0)
                await socket.close()
                for ended in await asyncio.gather(*late, return_exceptions=True):
                    self.assertIsInstance(ended, Ws.ConnectionClosed)

    @on_glib
    async def test_others_have_turns(self):
        """Who finds a message each time asks no other task to wait for all."""
        n_messages, n_turns, is_over = 2000, 0, False

        async def count_turns():
            nonlocal n_turns
            while not is_over:
                n_turns += 1
                await asyncio.sleep(0)

        async with Ws.serve(echo) as server:
            async with Ws.connect(server.get_url()) as socket:
                for _ in range(n_messages):
                    socket.send("x")
                await until(lambda: socket.get_statistics().messages_received >= 1000)
                other = asyncio.create_task(count_turns())
                await asyncio.sleep(0)
                n_turns = 0
                for _ in range(1000):
                    await socket.recv()
                self.assertGreater(n_turns, 10)
                is_over = True
                await other

    @on_glib
    async def test_parts(self):
        async def pieces():
            for _ in range(3):
                await asyncio.sleep(0)
                yield "äb"

        async with Ws.serve(echo) as server:
            async with Ws.connect(server.get_url()) as socket:
                await socket.send(pieces())
                self.assertEqual(await socket.recv(), "äb" * 3)
                await socket.send([b"x" * 100000] * 30)
                n_bytes = 0
                async for part in socket.recv_parts():
                    n_bytes += len(part)
                self.assertEqual(n_bytes, 3000000)
                with self.assertRaises(TypeError):
                    await socket.send(5)
                with self.assertRaises(ValueError):
                    await socket.send([])
                await socket.send("and on")
                self.assertEqual(await socket.recv(), "and on")

    @on_glib
    async def test_parts_fail(self):
        """Told once; before the first part nothing has happened, later the
        message cannot be completed, and the connection ends."""
        heard = []

        def failing(n_parts):
            for _ in range(n_parts):
                yield "part"
            raise KeyError("half-way")

        async def note(socket):
            async for message in socket:
                heard.append(message)
                await socket.send(message)

        async with Ws.serve(note) as server:
            socket = await Ws.connect(server.get_url())
            with self.assertRaises(KeyError):
                await socket.send(failing(0))
            await socket.send("and on")
            self.assertEqual(await socket.recv(), "and on")
            with self.assertRaises(KeyError) as caught:
                await socket.send(failing(2))
            # Whoever keeps the exception keeps no stream.
            await socket.wait_closed()
            self.assertEqual(socket.props.close_code, Ws.CloseCode.BAD_OPERATION)
            self.assertEqual(caught.exception.args, ("half-way",))
        self.assertEqual(heard, ["and on"])

    @on_glib
    async def test_back_pressure(self):
        """Who does not read holds up who sends, not its memory."""

        async def lazy(socket):
            await asyncio.sleep(0.1)
            async for _message in socket:
                pass

        peak = 0
        async with Ws.serve(lazy) as server:
            async with Ws.connect(server.get_url(), compression=None) as socket:
                for _ in range(100):
                    await socket.send(b"x" * 200000)
                    peak = max(peak, socket.get_bytes_to_write())
        self.assertLess(peak, 3 * 1024 * 1024)

    @on_glib
    async def test_lost_while_held_up(self):
        """Whoever waits for room is told that there will be none: by the first
        connection's end, whatever a reconnect policy does then."""
        ends = {"closed": 4000, "aborted": 0}
        for how, policy in ("aborted", None), ("aborted", True), ("closed", None):
            release = asyncio.Event()

            async def deaf(socket, how=how, release=release):
                socket.pause_receiving()
                await release.wait()
                socket.abort() if how == "aborted" else socket.close(ends[how])
                socket.resume_receiving()
                await socket.wait_closed()

            async with Ws.serve(deaf) as server:
                options = {"compression": None, "reconnect": bool(policy)}
                async with Ws.connect(server.get_url(), **options) as socket:
                    tasks = []
                    while not tasks or tasks[-1].done():
                        tasks.append(asyncio.create_task(socket.send(b"x" * 1000000)))
                        await asyncio.sleep(0)
                    release.set()
                    if how == "aborted":
                        with self.assertRaises(Ws.ConnectionClosed):
                            await tasks[-1]
                    else:
                        await tasks[-1]

    @on_glib
    async def test_tasks(self):
        """What is awaited can be a task, as what a coroutine function returns."""
        async with Ws.serve(echo) as server:
            socket = await asyncio.create_task(Ws.connect(server.get_url()))
            sent = asyncio.create_task(socket.send("a"))
            self.assertEqual(await asyncio.create_task(socket.recv()), "a")
            await sent
            cancelled = asyncio.create_task(socket.send("b"))
            cancelled.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await cancelled
            self.assertEqual(await socket.recv(), "b")
            await asyncio.create_task(socket.close(4001))
        other = await asyncio.create_task(Ws.serve(echo))
        self.assertTrue(other.get_listening())
        await other.close_async()

    @on_glib
    async def test_errors(self):
        with self.assertRaises(Ws.ConnectionFailed):
            await Ws.connect("ws+unix:/nonexistent/socket:/")
        with self.assertRaises(Ws.InvalidArgument):
            await Ws.connect("http://localhost")

        async def leave(socket):
            socket.close(4000, "enough")

        async with Ws.serve(leave) as server:
            socket = await Ws.connect(server.get_url())
            with self.assertRaises(Ws.ConnectionClosed) as caught:
                async for _message in socket:
                    pass
            self.assertEqual(caught.exception.close_code, 4000)
            self.assertEqual(caught.exception.close_reason, "enough")
            self.assertTrue(caught.exception.was_clean)
            with self.assertRaises(Ws.ConnectionClosed):
                await socket.send("too late")
            await socket.close()

    @on_glib
    async def test_refused(self):
        async with Ws.serve(echo) as server:
            server.connect("handshake-requested", lambda _s, _q, r: r.refuse(401))
            for target in server.get_url(), Ws.Request.new(server.get_url()):
                with self.assertRaises(Ws.HandshakeRejected) as caught:
                    await Ws.connect(target)
                self.assertEqual(caught.exception.status, 401)

    @on_glib
    async def test_request(self):
        async with Ws.serve(echo) as server:
            request = Ws.Request.new(server.get_url())
            async with Ws.connect(request) as socket:
                await socket.send("asked")
                self.assertEqual(await socket.recv(), "asked")

    @on_glib
    async def test_cancelled(self):
        async def silent(socket):
            await socket.wait_closed()

        async with Ws.serve(silent) as server:
            socket = await Ws.connect(server.get_url())
            task = asyncio.ensure_future(socket.recv())
            await asyncio.sleep(0.01)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertTrue(socket.is_valid())
            await socket.close(4001)
            self.assertEqual(socket.get_close_code(), 4001)

    @on_glib
    async def test_reconnect(self):
        n_clients = []

        async def short(socket):
            n_clients.append(socket)
            await socket.send(f"client {len(n_clients)}")
            socket.close(1012)

        policy = Ws.ReconnectPolicy(minimum=1, maximum=2)
        heard = []
        async with Ws.serve(short) as server:
            async with Ws.connect(server.get_url(), reconnect=policy) as socket:
                async for message in socket:
                    heard.append(message)
                    if len(heard) == 3:
                        break
        self.assertEqual(heard, ["client 1", "client 2", "client 3"])


class Server(unittest.TestCase):
    @on_glib
    async def test_broadcast(self):
        async with Ws.serve(lambda socket: socket.wait_closed()) as server:
            sockets = [await Ws.connect(server.get_url()) for _ in range(3)]
            await until(lambda: len(server) == 3)
            server.broadcast("to all")
            server.broadcast(b"bytes")
            for socket in sockets:
                self.assertEqual(await socket.recv(), "to all")
                self.assertEqual(await socket.recv(), b"bytes")
        for socket in sockets:
            with self.assertRaises(Ws.ConnectionClosed):
                await socket.recv()
            self.assertEqual(socket.get_close_code(), 1001)

    @on_glib
    async def test_handler_fails(self):
        told = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: told.append(context))

        async def fail(socket):
            raise KeyError(await socket.recv())

        async with Ws.serve(fail) as server:
            socket = await Ws.connect(server.get_url())
            await socket.send("x")
            with self.assertRaises(Ws.ConnectionClosed) as caught:
                await socket.recv()
        self.assertEqual(caught.exception.close_code, 1011)
        self.assertEqual(len(told), 1)
        self.assertIsInstance(told[0]["exception"], KeyError)

    @on_glib
    async def test_asynchronous_door(self):
        told = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: told.append(context))

        async def look_up(_server, request, response):
            await asyncio.sleep(0.001)
            name = request.get_headers()["X-Name"]
            if name != "anna":
                response.refuse(401)

        async with Ws.serve(echo) as server:
            server.connect("handshake-requested", look_up)
            url = server.get_url()
            async with Ws.connect(url, headers={"X-Name": "anna"}) as socket:
                await socket.send("in")
                self.assertEqual(await socket.recv(), "in")
            for headers, status in ({"X-Name": "bob"}, 401), ({}, 500):
                with self.assertRaises(Ws.HandshakeRejected) as caught:
                    await Ws.connect(url, headers=headers)
                self.assertEqual(caught.exception.status, status)
        self.assertEqual([type(c["exception"]) for c in told], [KeyError])

    @on_glib
    async def test_port_taken(self):
        async with Ws.serve(echo, "127.0.0.1") as server:
            with self.assertRaises(Ws.ConnectionFailed):
                await Ws.serve(echo, "127.0.0.1", server.get_port())

    @on_glib
    async def test_serve_forever(self):
        async with Ws.serve(echo) as server:
            waiting = asyncio.ensure_future(server.serve_forever())
            await asyncio.sleep(0)
            self.assertFalse(waiting.done())
            server.close()
            await waiting

    @on_glib
    async def test_nothing_left(self):
        async with Ws.serve(echo) as server:
            async with Ws.connect(server.get_url()) as socket:
                await socket.send("hello")
        # This one; up to Python 3.11 its limit is one, too.
        n_tasks = 1 if sys.version_info >= (3, 12) else 2
        self.assertEqual(len(asyncio.all_tasks()), n_tasks)


if __name__ == "__main__":
    unittest.main()
