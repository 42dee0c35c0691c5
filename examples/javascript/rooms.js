// SPDX-License-Identifier: LGPL-2.1-or-later
// A server whose paths are rooms, as /kitchen?name=anna is: gjs -m rooms.js [PORT]
import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

const SIGTERM = 15;

async function talk(socket) {
    const name = socket.get_query_parameter('name');

    socket.subscribe(socket.path);
    for await (const message of socket)
        socket.publish(socket.path, `${name}: ${message}`);
}

const server = await Ws.serve(talk, 'localhost', Number(ARGV[0] ?? 8765));
server.connect('handshake-requested', (_server, request, response) => {
    if (request.get_query_parameter('name') === null)
        response.refuse(401, 'Who are you?\n');
});
print(server.url);
await new Promise(stop => GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, SIGTERM, stop));
// Clients come back to the next server, one after the other.
await server.drain_async(2000);
