// SPDX-License-Identifier: LGPL-2.1-or-later
// A node of socket.io for bench/cluster: socket.io's own adapter for Redis.
// cluster-io.js SOCKET: where Redis is. The port is the first line.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

// On a busy machine its five seconds are not enough.
const publisher = createClient({
    socket: { path: process.argv[2] },
    commandOptions: { timeout: 60000 },
});
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer();
const io = new Server(http, {
    adapter: createAdapter(publisher, subscriber),
    transports: ["websocket"],
});
io.on("connection", socket => {
    socket.on("say", text => io.emit("said", text));
});
http.listen(0, "127.0.0.1", 4096, () => console.log(http.address().port));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
