// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";

// npm's ws echoes with the permessage-deflate options that the JSON of each
// request's X-Interop has. Prints its URL.
const http = require("node:http");
const { WebSocketServer } = require("ws");

const listener = http.createServer();
listener.on("upgrade", (request, stream, head) => {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: JSON.parse(request.headers["x-interop"]),
  });
  server.handleUpgrade(request, stream, head, (socket) => {
    socket.on("error", (error) => console.error(error));
    socket.on("message", (data, isBinary) =>
      socket.send(data, { binary: isBinary }),
    );
  });
});
listener.listen(0, "127.0.0.1", () => {
  console.log(`ws://127.0.0.1:${listener.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
