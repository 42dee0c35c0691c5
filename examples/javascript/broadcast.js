// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that tells everybody what anybody says: gjs -m broadcast.js [PORT]
import Ws from 'gi://Ws?version=1.0';

async function talk(socket) {
    for await (const message of socket)
        server.broadcast(message);
}

const server = await Ws.serve(talk, 'localhost', Number(ARGV[0] ?? 8765));
print(server.url);
await server.wait_closed();
