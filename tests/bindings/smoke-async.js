// SPDX-License-Identifier: LGPL-2.1-or-later
// What a GJS program does that awaits each step.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import {run} from './harness.js';

// Pairs of GIO's, which a binding makes promises of.
for (const name of ['open', 'close', 'ping', 'send_message', 'receive_message',
    'send_stream', 'receive_stream'])
    Gio._promisify(Ws.Socket.prototype, `${name}_async`, `${name}_finish`);
Gio._promisify(Gio.OutputStream.prototype, 'splice_async', 'splice_finish');

function checkEqual(actual, expected, what) {
    if (actual !== expected)
        throw new Error(`${what}: ${actual} is not ${expected}`);
}

function serveEcho() {
    const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
    server.connect('client-connected', (_server, peer) => {
        peer.connect('message-received',
            (_peer, message) => peer.send_message(message));
    });
    server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);
    return server;
}

async function talk(server) {
    const socket = new Ws.Socket({url: server.url, pull: true});

    await socket.open_async(null, null);
    if (await socket.ping_async(null, null) < 0)
        throw new Error('no ping takes less than nothing');
    await socket.send_message_async(Ws.Message.new_text('grüße 🦊'), null);
    const message = await socket.receive_message_async(null);
    checkEqual(message.get_text(), 'grüße 🦊', 'the text');

    const bytes = new GLib.Bytes(new Uint8Array(200000));
    await socket.send_stream_async(Ws.MessageType.BINARY,
        Gio.MemoryInputStream.new_from_bytes(bytes), null);
    const stream = await socket.receive_stream_async(null);
    checkEqual(stream.message_type, Ws.MessageType.BINARY, 'the type');
    const n = await Gio.MemoryOutputStream.new_resizable().splice_async(stream,
        Gio.OutputStreamSpliceFlags.CLOSE_TARGET, GLib.PRIORITY_DEFAULT, null);
    checkEqual(n, 200000, 'the length');

    const writer = socket.begin_message(Ws.MessageType.TEXT);
    writer.write_all('written', null);
    writer.close(null);
    checkEqual((await socket.receive_message_async(null)).get_text(), 'written',
        'the written text');
    await socket.close_async(1000, 'bye', null);
    checkEqual(socket.was_clean, true, 'the end was clean');
    checkEqual(await socket.receive_message_async(null), null, 'the end');
}

const loop = new GLib.MainLoop(null, false);
let failed = true;
const server = serveEcho();
talk(server).then(() => {
    failed = false;
}).catch(error => {
    printerr(`${error}\n${error.stack}`);
}).finally(() => loop.quit());
run(loop);
server.close();
System.exit(failed ? 1 : 0);
