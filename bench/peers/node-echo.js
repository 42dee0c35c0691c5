// SPDX-License-Identifier: LGPL-2.1-or-later
// An echo server on the npm package ws: node node-echo.js --port N
const { WebSocketServer } = require('ws');

const port = process.argv[2] === '--port' ? Number(process.argv[3]) : 0;
const server = new WebSocketServer({
  host: '127.0.0.1', port, backlog: 4096, maxPayload: 256 << 20,
  perMessageDeflate: false,
});

server.on('listening', () => {
  console.log(`ws://127.0.0.1:${server.address().port}/`);
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, binary) => {
    if (binary && data[0] === 'B'.charCodeAt(0))
      for (const client of server.clients)
        client.send(data, { binary });
    else
      socket.send(data, { binary });
  });
});
