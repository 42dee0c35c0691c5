// SPDX-License-Identifier: LGPL-2.1-or-later
// Connects, says hello, and prints what comes back: gjs -m echo.js URL
import Ws from 'gi://Ws?version=1.0';

const socket = await Ws.connect(ARGV[0]);
await socket.send('Hello, world!');
print(await socket.recv());
await socket.close();
