// SPDX-License-Identifier: LGPL-2.1-or-later
// An echo server on the npm package ws:
// node node-echo.js [--certificate FILE --key FILE] [--port N]
//   [--deflate yes]
const { readFileSync } = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');

const options = {};
for (let i = 2; i + 1 < process.argv.length; i += 2)
  options[process.argv[i].slice(2)] = process.argv[i + 1];

const listener = options.certificate
  ? https.createServer({
    cert: readFileSync(options.certificate), key: readFileSync(options.key),
  })
  : http.createServer();
const server = new WebSocketServer({
  server: listener, maxPayload: 256 << 20,
  perMessageDeflate: options.deflate ? { threshold: 0 } : false,
});

listener.listen(
  { host: '127.0.0.1', port: Number(options.port || 0), backlog: 4096 },
  () => {
    const scheme = options.certificate ? 'wss' : 'ws';
    console.log(`${scheme}://127.0.0.1:${listener.address().port}/`);
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
