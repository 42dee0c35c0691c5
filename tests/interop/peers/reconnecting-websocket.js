// SPDX-License-Identifier: LGPL-2.1-or-later
// reconnecting-websocket, written for browsers, runs unchanged on Ws.WebSocket.

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import ReconnectingWebSocket from
    '../node_modules/reconnecting-websocket/dist/reconnecting-websocket-mjs.js';

const DEADLINE = 30; // seconds; nothing waits for it but a hanging test

function checkEqual(actual, expected, what) {
    const [a, b] = [actual, expected].map(value => JSON.stringify(value));

    if (a !== b)
        throw new Error(`${what}: ${a} is not ${b}`);
}

// Each client is told its number, echoed once, and left by the server, until the
// third one.
let n = 0;
async function serve(socket) {
    await socket.send(`client ${++n}`);
    await socket.send(await socket.recv());
    if (n < 3)
        socket.close(4000, 'go away');
    else
        await socket.wait_closed();
}

async function test() {
    const server = await Ws.serve(serve, 'localhost', 0,
        {supported_subprotocols: ['chat']});
    const events = [];
    const socket = new ReconnectingWebSocket(server.url, 'chat', {
        minReconnectionDelay: 1,
        maxReconnectionDelay: 10,
        reconnectionDelayGrowFactor: 1,
        minUptime: 0,
    });

    socket.binaryType = 'arraybuffer';
    // What is sent before it is open is sent when it is.
    socket.send('early');
    socket.addEventListener('open', () => {
        events.push(`open ${socket.protocol}`);
        if (n > 1)
            socket.send(new Uint8Array([n]));
    });
    socket.addEventListener('close', event => events.push(`close ${event.code}`));
    await new Promise(resolve => {
        socket.onmessage = ({data}) => {
            events.push(typeof data === 'string' ? data : [...new Uint8Array(data)]);
            if (events.length === 11)
                resolve();
        };
    });
    checkEqual(events, [
        'open chat', 'client 1', 'early', 'close 4000',
        'open chat', 'client 2', [2], 'close 4000',
        'open chat', 'client 3', [3],
    ], 'the events');
    checkEqual(socket.retryCount, 0, 'it is open');
    socket.close(1000, 'enough');
    await new Promise(resolve => {
        socket.onclose = resolve;
    });
    checkEqual(socket.readyState, ReconnectingWebSocket.CLOSED, 'its state');

    // A server that is not there.
    const absent = new ReconnectingWebSocket('ws://127.0.0.1:1', [],
        {maxRetries: 2, minReconnectionDelay: 1, maxReconnectionDelay: 2});
    let nErrors = 0;
    await new Promise(resolve => {
        absent.onerror = () => ++nErrors === 3 && resolve();
    });
    absent.close();
    await server.close_async();
}

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
    printerr(`nothing happened for ${DEADLINE} s`);
    System.exit(1);
});
globalThis.WebSocket = Ws.WebSocket;
try {
    await test();
} catch (error) {
    printerr(`${error}\n${error.stack}`);
    System.exit(1);
}
System.exit(0);
