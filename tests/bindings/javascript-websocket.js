// SPDX-License-Identifier: LGPL-2.1-or-later
// Ws.WebSocket behaves as the browser's
// (https://websockets.spec.whatwg.org/).

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import {check, checkEqual, checkThrows, run, until} from './javascript-test.js';

const {WebSocket} = Ws;

function next(target, type) {
    return new Promise(resolve =>
        target.addEventListener(type, resolve, {once: true}));
}

async function serve(handler, options = {}) {
    return await Ws.serve(handler, 'localhost', 0, options);
}

async function echo(socket) {
    for await (const message of socket)
        await socket.send(message);
}

await run({
    constants() {
        checkEqual([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING,
            WebSocket.CLOSED], [0, 1, 2, 3], 'the constants');
        checkEqual(WebSocket.prototype.OPEN, 1, 'on the prototype');
    },

    arguments() {
        for (const url of ['ftp://a', 'localhost', 'ws://a/#b', 'ws://a b/'])
            checkThrows(() => new WebSocket(url), 'SyntaxError', url);
        for (const protocols of ['a b', ['a', 'a'], [''], 'ä'])
            checkThrows(() => new WebSocket('ws://localhost:1', protocols),
                'SyntaxError', `the subprotocols ${protocols}`);
    },

    async life() {
        const server = await serve(echo, {supported_subprotocols: ['chat']});
        const socket = new WebSocket(server.url.replace('ws:', 'http:'),
            ['other', 'chat']);
        const events = [];

        for (const type of ['open', 'message', 'error', 'close']) {
            socket[`on${type}`] = event => {
                check(event.target === socket, 'the target');
                events.push(type);
            };
        }
        checkEqual(socket.readyState, WebSocket.CONNECTING, 'the state');
        checkEqual([socket.protocol, socket.extensions], ['', ''], 'nothing yet');
        checkThrows(() => socket.send('early'), 'InvalidStateError', 'send');
        await next(socket, 'open');
        checkEqual([socket.readyState, socket.protocol], [1, 'chat'], 'open');
        checkEqual(socket.url, server.url, 'the URL');
        socket.send('a\0b');
        checkEqual((await next(socket, 'message')).data, 'a\0b', 'the text');
        socket.send(5);
        checkEqual((await next(socket, 'message')).data, '5', 'a number');
        for (const data of [Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 2),
            new Uint8Array([0, 1, 2]).subarray(1)]) {
            socket.send(data);
            const event = await next(socket, 'message');
            check(event.data instanceof ArrayBuffer, 'the type');
            checkEqual(new Uint8Array(event.data), Uint8Array.of(1, 2), 'bytes');
        }
        socket.close(3000, 'enough');
        checkEqual(socket.readyState, WebSocket.CLOSING, 'closing');
        socket.send('late');
        checkEqual(socket.bufferedAmount >= 4, true, 'what is discarded counts');
        const end = await next(socket, 'close');
        checkEqual([end.code, end.reason, end.wasClean], [3000, 'enough', true],
            'the end');
        checkEqual(socket.readyState, WebSocket.CLOSED, 'closed');
        checkEqual(events, ['open', ...Array(5).fill('message'), 'close'],
            'the events');
        socket.close();
        await server.close_async();
    },

    async ends() {
        for (const [code, reason, expected] of
            [[1000, '', 1000], [4001, 'why', 4001], [1011, '', 1011]]) {
            const server = await serve(socket => socket.close(code, reason));
            const end = await next(new WebSocket(server.url), 'close');
            checkEqual([end.code, end.reason, end.wasClean],
                [expected, reason, true], `${code}`);
            await server.close_async();
        }
    },

    async failures() {
        const server = await serve(echo);
        const refused = new WebSocket('ws://127.0.0.1:1');
        const events = [];

        refused.onerror = () => events.push('error');
        refused.onclose = event => events.push(event.code, event.wasClean);
        await next(refused, 'close');
        checkEqual(events, ['error', 1006, false], 'a refused one');

        const given = new WebSocket(server.url);
        given.onopen = () => check(false, 'it was given up');
        given.close();
        checkEqual(given.readyState, WebSocket.CLOSING, 'closing');
        checkEqual((await next(given, 'close')).code, 1006, 'given up');

        const open = new WebSocket(server.url);
        await next(open, 'open');
        for (const code of [1001, 999, 5000, 2000])
            checkThrows(() => open.close(code), 'InvalidAccessError', `${code}`);
        checkThrows(() => open.close(1000, 'ä'.repeat(62)), 'SyntaxError',
            'a long reason');
        open.close();
        checkEqual((await next(open, 'close')).code, 1000, 'after all');
        await server.close_async();
    },

    async listeners() {
        const server = await serve(socket => socket.send('hello'));
        const socket = new WebSocket(server.url);
        const order = [];
        const twice = () => order.push('twice');

        GLib.log_set_writer_func(() => GLib.LogWriterOutput.HANDLED);
        socket.addEventListener('message', () => {
            throw new Error('unlucky');
        });
        socket.addEventListener('message', twice);
        socket.addEventListener('message', twice);
        socket.onmessage = () => order.push('first');
        socket.onmessage = () => order.push('on');
        socket.addEventListener('message', {handleEvent: () => order.push('object')});
        socket.removeEventListener('message', () => {});
        await next(socket, 'close');
        checkEqual(order, ['twice', 'on', 'object'], 'the order');
        await server.close_async();
    },

    // One that nobody holds goes on, as long as somebody listens.
    async collected() {
        const server = await serve(async socket => {
            for (let i = 0; i < 10; i++) {
                await new Promise(resolve => setTimeout(resolve, 5));
                await socket.send(`${i}`);
            }
        });
        const heard = [];

        (() => {
            new WebSocket(server.url).onmessage = event => heard.push(event.data);
        })();
        const timer = setInterval(() => System.gc(), 5);
        await until(() => heard.length === 10);
        clearInterval(timer);
        checkEqual(heard.join(''), '0123456789', 'the messages');
        await server.close_async();
    },

    binaryType() {
        const socket = new WebSocket('ws://127.0.0.1:1');

        checkEqual(socket.binaryType, 'arraybuffer', 'the type');
        socket.binaryType = 'nonsense';
        checkEqual(socket.binaryType, 'arraybuffer', 'nonsense');
        socket.binaryType = 'blob';
        checkEqual(socket.binaryType, 'arraybuffer', 'no blobs');
    },
});
