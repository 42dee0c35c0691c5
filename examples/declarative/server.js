// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat room: what one says, all hear. Prints its URL, then what was said.
//
//   node server.js [PORT]
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 3000),
});

server.on('listening', () => {
  console.log(`ws://127.0.0.1:${server.address().port}/`);
});

server.on('connection', (client) => {
  client.on('message', (data) => {
    const text = data.toString();

    console.log(text);
    for (const other of server.clients)
      if (other.readyState === other.OPEN)
        other.send(text);
  });
});
