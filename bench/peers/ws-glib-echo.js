// SPDX-License-Identifier: LGPL-2.1-or-later
// An echo server on our JavaScript binding:
// gjs -m ws-glib-echo.js [--signals yes] [--port N]
import Ws from 'gi://Ws?version=1.0';
import GLib from 'gi://GLib';

const options = {};
for (let i = 0; i + 1 < ARGV.length; i += 2)
    options[ARGV[i].slice(2)] = ARGV[i + 1];

const port = Number(options.port ?? 0);
const isForAll = message => typeof message !== 'string'
    && message[0] === 'B'.charCodeAt(0);
const clients = new Set();

async function serve() {
    const server = await Ws.serve(async socket => {
        socket.max_incoming_message_size = 256 << 20;
        for await (const message of socket) {
            if (isForAll(message))
                server.broadcast(message);
            else
                await socket.send(message);
        }
    }, '127.0.0.1', port);

    print(server.url);
}

function serveBySignals() {
    const server = new Ws.Server();

    server.connect('new-connection', () => {
        const socket = server.next_pending_connection();

        clients.add(socket);
        socket.max_incoming_message_size = 256 << 20;
        socket.connect('text-message-received',
            (_socket, text) => socket.send_text_message(text));
        socket.connect('binary-message-received', (_socket, bytes) => {
            if (isForAll(bytes))
                server.broadcast(bytes);
            else
                socket.send_binary_message(bytes);
        });
        socket.connect('disconnected', () => clients.delete(socket));
    });
    server.listen('127.0.0.1', port);
    print(server.url);
}

if (options.signals)
    serveBySignals();
else
    serve().catch(logError);
new GLib.MainLoop(null, false).run();
