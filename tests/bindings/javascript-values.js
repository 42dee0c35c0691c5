// SPDX-License-Identifier: LGPL-2.1-or-later
// The override: bytes, headers, defaults, promises, and handlers that fail.

import Gio from 'gi://Gio?version=2.0';
import GIRepository from 'gi://GIRepository?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import {check, checkEqual, checkThrows, run, until} from './javascript-test.js';

async function echo(socket) {
    for await (const message of socket)
        await socket.send(message);
}

// How a handshake or a request ends that a handler of the server judges.
async function statusOf(signal, handler) {
    const server = new Ws.Server({server_name: 'values'});

    server.connect(signal, handler);
    server.listen('127.0.0.1');
    const socket = new Ws.Socket();
    const error = await socket.open_async(server.url).catch(e => e);
    const status = socket.response.get_status();
    check(status === 101 || error.matches(Ws.SocketError,
        Ws.SocketError.HANDSHAKE_REJECTED), `the error is ${error}`);
    socket.abort();
    server.close();
    return status;
}

await run({
    headers() {
        const socket = new Ws.Socket({request_headers: {'X-One': '1', 'x-two': '2'}});
        const headers = socket.get_request_headers();

        checkEqual([...headers], [['X-One', '1'], ['x-two', '2']], 'the pairs');
        checkEqual(headers.get('X-TWO'), '2', 'a field');
        checkEqual(headers.get('none'), null, 'no field');
        check(headers.has('x-one') && !headers.has('x-three'), 'has');
        headers.set('X-One', '3');
        headers.delete('x-two');
        checkEqual([...headers], [['X-One', '3']], 'what is left');
        socket.set_request_headers([['Cookie', 'a=1'], ['Cookie', 'b=2']]);
        checkEqual([...socket.get_request_headers()].length, 2, 'both');
        checkThrows(() => new Ws.Socket({request_headers: {'a b': 'c'}}),
            'Ws.SocketError', 'a name with a blank');
    },

    // A generator that throws is told once, and at once.
    async partsFail() {
        const server = new Ws.Server({server_name: 'values'});

        function* failing(nParts) {
            for (let i = 0; i < nParts; i++)
                yield 'part';
            throw new RangeError('half-way');
        }

        server.connect('client-connected', (_server, peer) => {
            peer.pull = true;
            echo(peer).catch(() => {});
        });
        server.listen('127.0.0.1');
        const socket = await Ws.connect(server.url);
        checkEqual((await socket.send(failing(0)).catch(e => e)).name, 'RangeError',
            'before the first part');
        await socket.send('and on');
        checkEqual(await socket.recv(), 'and on', 'the socket is usable');
        checkEqual((await socket.send(failing(2)).catch(e => e)).name, 'RangeError',
            'after two parts');
        await socket.wait_closed();
        checkEqual(socket.close_code, Ws.CloseCode.BAD_OPERATION, 'the code');
        server.close();
    },

    // None is cut where a C string would end.
    async closeReason() {
        const server = new Ws.Server({server_name: 'values'});
        const peers = [];

        server.connect('client-connected', (_server, peer) => peers.push(peer));
        server.listen('127.0.0.1');
        const socket = new Ws.Socket();
        await socket.open_async(server.url);
        await socket.close(4000, 'no\0pe');
        checkEqual(peers[0].close_reason, 'no\ufffdpe', 'the reason');
        server.close();
    },

    messages() {
        const text = Ws.Message.new_text('a\0ä');

        checkEqual(text.data, 'a\0ä', 'the text');
        checkEqual(text.get_text(), 'a\0ä', 'all of it');
        checkEqual(text.get_bytes(), Uint8Array.of(97, 0, 195, 164), 'its bytes');
        const binary = Ws.Message.new_binary(Uint8Array.of(0, 255));
        checkEqual(binary.data, Uint8Array.of(0, 255), 'the bytes');
        checkEqual(binary.get_text(), null, 'no text');
    },

    lists() {
        const policy = new Ws.ReconnectPolicy({fatal_close_codes: [4000, 4001]});

        checkEqual(policy.get_fatal_close_codes(), [4000, 4001], 'the codes');
    },

    async bytes() {
        const server = await Ws.serve(socket => socket.wait_closed());
        const socket = await Ws.connect(server.url, {pull: false});
        const peer = server.get_item(0);
        const heard = [];

        socket.connect('binary-message-received', (_s, bytes) => heard.push(bytes));
        socket.connect('ping-received', (_s, bytes) => heard.push(bytes));
        server.broadcast(Uint8Array.of(0, 1));
        peer.send_message(new Uint8Array([9, 2, 3]).subarray(1));
        peer.send_message(Uint8Array.of(4).buffer);
        peer.send_binary_message(new Uint16Array([0]));
        peer.ping(Uint8Array.of(5));
        await until(() => heard.length === 5);
        checkEqual(heard.map(bytes => [...bytes]).sort(),
            [[0, 0], [0, 1], [2, 3], [4], [5]], 'the bytes');
        check(heard.every(bytes => bytes instanceof Uint8Array), 'their type');
        checkThrows(() => peer.send_message(5), 'TypeError', 'a number');
        await socket.close();
        await server.close_async();
    },

    async promises() {
        const server = await Ws.serve(echo);
        const socket = await Ws.connect(server.url, {headers: {'X-A': 'b'}});

        for (const message of ['a\0b', '', 'x'.repeat(200000)]) {
            await socket.send(message);
            checkEqual(await socket.recv(), message, 'the echo');
        }
        await socket.send(['ä', 'b', 'c']);
        checkEqual(await socket.recv(), 'äbc', 'the parts');
        await socket.send((async function* () {
            yield Uint8Array.of(1);
            yield Uint8Array.of(2, 3);
        })());
        checkEqual(await socket.recv(), Uint8Array.of(1, 2, 3), 'their bytes');
        check(await socket.ping_async() >= 0, 'a ping');
        await socket.close();
        checkEqual([socket.close_code, socket.was_clean], [1000, true], 'the end');
        checkEqual(await socket.recv(), null, 'nothing more');
        const error = await Ws.connect('http://localhost').catch(e => e);
        check(error.matches(Ws.SocketError,
            Ws.SocketError.UNSUPPORTED_SOCKET_OPERATION), `${error}`);
        await server.close_async();
    },

    // What comes right behind the 101 waits for who asks for it.
    async greeting() {
        const server = await Ws.serve(socket => {
            for (let i = 0; i < 100; i++)
                socket.send(`hello ${i}`);
        });
        const socket = await Ws.connect(server.url);
        const heard = [];

        await new Promise(resolve => setTimeout(resolve, 50));
        for await (const message of socket)
            heard.push(message);
        checkEqual(heard, [...Array(100).keys()].map(i => `hello ${i}`), 'all');
        await server.close_async();
    },

    // Each gets one, in the order in which they asked, and at the end none.
    async severalReceive() {
        const server = await Ws.serve(echo);
        const socket = await Ws.connect(server.url);
        const asked = [1, 2, 3, 4].map(() => socket.recv());

        for (const text of ['', 'a\0b', 'c'])
            socket.send(text);
        checkEqual(await Promise.all(asked.slice(0, 3)), ['', 'a\0b', 'c'], 'order');
        socket.close();
        checkEqual(await asked[3], null, 'the end');
        checkEqual(await socket.recv(), null, 'after the end');
        await server.close_async();
    },

    // Who finds a message each time lets the main loop go on.
    async othersHaveTurns() {
        const server = await Ws.serve(echo);
        const socket = await Ws.connect(server.url);
        let turns = 0, isOver = false;

        for (let i = 0; i < 2000; i++)
            socket.send('x');
        await until(() => socket.get_statistics().messages_received >= 1000);
        GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
            turns++;
            return !isOver;
        });
        let n = 0;
        for await (const _message of socket) {
            if (++n === 1000)
                break;
        }
        check(turns > 10, `${turns} turns`);
        isOver = true;
        await socket.close();
        await server.close_async();
    },

    // Whoever waits for room is told that there will be none; who does not is told
    // by the next message alone.
    async lostWhileHeldUp() {
        let peer = null;
        const server = await Ws.serve(socket => {
            peer = socket;
            socket.pause_receiving();
            return new Promise(resolve => socket.connect('disconnected', resolve));
        });
        const socket = await Ws.connect(server.url, {compression: null});
        const promises = [];
        const isFull = () =>
            socket.bytes_to_write > socket.write_high_water_mark;

        await until(() => peer !== null);
        while (!isFull()) {
            promises.push(socket.send(new Uint8Array(1000000)));
            await new Promise(resolve => setTimeout(resolve, 1));
        }
        promises.push(socket.send('behind it'));
        peer.abort();
        const error = await promises.at(-1).catch(e => e);
        check(error?.matches?.(Ws.SocketError, Ws.SocketError.REMOTE_HOST_CLOSED),
            `the error is ${error}`);
        checkThrows(() => socket.send('too late'), 'Ws.SocketError', 'a late message');
        await server.close_async();
    },

    async reconnect() {
        let n = 0;
        const server = await Ws.serve(async socket => {
            await socket.send(`client ${++n}`);
            socket.close(1012);
        });
        const reconnect = new Ws.ReconnectPolicy({minimum: 1, maximum: 2});
        const socket = await Ws.connect(server.url, {reconnect});
        const heard = [];

        for await (const message of socket) {
            heard.push(message);
            if (heard.length === 3)
                break;
        }
        checkEqual(heard, ['client 1', 'client 2', 'client 3'], 'the messages');
        await socket.close();
        await server.close_async();
    },

    async doors() {
        const open = () => {};
        const thrown = () => {
            throw new Error('unlucky');
        };
        const rejected = async () => {
            await null;
            throw new Error('unlucky');
        };
        const asked = async (_server, _request, response) => {
            await new Promise(resolve => setTimeout(resolve, 5));
            response.refuse(401);
        };
        const expected = [
            ['handshake-requested', open, 101],
            ['handshake-requested', async () => {}, 101],
            ['handshake-requested', asked, 401],
            ['handshake-requested', (_s, _q, response) => response.refuse(), 403],
        ];

        for (const [signal, handler, status] of expected)
            checkEqual(await statusOf(signal, handler), status, signal);
        GLib.log_set_writer_func(() => GLib.LogWriterOutput.HANDLED);
        checkEqual(await statusOf('handshake-requested', thrown), 500, 'thrown');
        checkEqual(await statusOf('handshake-requested', rejected), 500, 'rejected');
        checkEqual(await statusOf('origin-authentication-required', thrown), 403,
            'an origin');
    },

    async keptAlive() {
        const heard = [];
        let url = null;

        (() => {
            const server = new Ws.Server({server_name: 'kept'});
            server.listen('127.0.0.1');
            server.connect('client-connected', (_server, client) => {
                setTimeout(() => client.send_message('hello'), 20);
            });
            url = server.url;
        })();
        System.gc();
        (() => {
            const socket = new Ws.Socket({url, active: true});
            socket.connect('message-received', (_s, m) => heard.push(m.data));
        })();
        System.gc();
        await until(() => heard.length > 0);
        checkEqual(heard, ['hello'], 'what was heard');
    },

    // What is asynchronous returns a promise, whatever class it is of.
    promises() {
        const repository = GIRepository.Repository.get_default();
        const methods = [];

        for (let i = 0; i < repository.get_n_infos('Ws'); i++) {
            const info = repository.get_info('Ws', i);
            if (info.get_type() !== GIRepository.InfoType.OBJECT)
                continue;
            for (let m = 0; m < GIRepository.object_info_get_n_methods(info); m++)
                methods.push([info, GIRepository.object_info_get_method(info, m)]);
        }
        const found = methods.map(([info, method]) =>
            [info.get_name(), method.get_name()]).filter(([, name]) =>
            name.endsWith('_async'));
        check(found.length > 15, `${found}`);
        for (const [class_, name] of found) {
            check(!String(Ws[class_].prototype[name]).includes('native'),
                `${class_}.${name} returns no promise`);
        }
    },

    legacy() {
        check(imports.gi.Ws.Socket === Ws.Socket, 'imports.gi');
        check(Gio.ListModel !== undefined, 'Gio');
    },
});
