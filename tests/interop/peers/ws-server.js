// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";

// The paths of ../README.md, served by npm's ws:
// ws-server.js [--certificate FILE --key FILE], with both of them over TLS.
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const { certificate, key } = parseArgs({
  options: { certificate: { type: "string" }, key: { type: "string" } },
}).values;

const closes = [];
const waiting = [];

function tellHow() {
  while (closes.length > 0 && waiting.length > 0)
    waiting.shift().send(closes.shift());
}

function remember(socket) {
  socket.on("close", (code, reason) => {
    closes.push(`${code} ${reason}`);
    tellHow();
  });
}

const services = {
  "/echo": (socket) =>
    socket.on("message", (data, isBinary) =>
      socket.send(data, { binary: isBinary }),
    ),
  "/nul": (socket) => socket.send("a\0b"),
  "/fragments": (socket) => {
    socket.send("one ", { fin: false });
    socket.send("", { fin: false });
    socket.send("two ", { fin: false });
    socket.send("three", { fin: true });
    socket.send(Buffer.from([0, 1, 2, 3]), { fin: false });
    socket.send(Buffer.from([4, 5, 6, 7, 8]), { fin: true });
  },
  "/ping": (socket) => {
    socket.on("pong", (data) => socket.send(data.toString()));
    socket.ping("are you there");
  },
  "/headers": (socket, request) =>
    socket.send(request.headers["x-interop"] ?? "none"),
  "/close": (socket) =>
    socket.on("message", (data) => {
      const [, code, reason] = /^(\d+) (.*)$/.exec(data.toString());
      if (code === "0") socket.close();
      else socket.close(Number(code), reason);
    }),
  "/closed": remember,
  "/bad-utf8": (socket) => {
    remember(socket);
    socket._socket.write(Buffer.from([0x81, 0x02, 0xc3, 0x28]));
  },
  "/too-big": (socket) => {
    remember(socket);
    socket.send(Buffer.alloc(4096));
  },
  "/how": (socket) => {
    waiting.push(socket);
    tellHow();
  },
};

const listener = certificate
  ? https.createServer({
      cert: fs.readFileSync(certificate),
      key: fs.readFileSync(key),
    })
  : http.createServer();
const server = new WebSocketServer({
  server: listener,
  perMessageDeflate: { threshold: 0 },
  handleProtocols: (offered) =>
    [...offered].find((name) => name === "one" || name === "two") ?? false,
});
server.on("connection", (socket, request) => {
  socket.on("error", () => {});
  services[request.url](socket, request);
});
listener.listen(0, "127.0.0.1", () => {
  const scheme = certificate ? "wss" : "ws";
  console.log(`${scheme}://127.0.0.1:${listener.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
