// SPDX-License-Identifier: LGPL-2.1-or-later
// Listens, and comes back whenever the connection is lost: gjs -m reconnect.js URL
import Ws from 'gi://Ws?version=1.0';

const socket = await Ws.connect(ARGV[0], {reconnect: true});
socket.connect('reconnecting', (_socket, attempt, delay) =>
    print(`attempt ${attempt} in ${delay} ms`));
for await (const message of socket)
    print(message);
