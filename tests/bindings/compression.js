// SPDX-License-Identifier: LGPL-2.1-or-later
// Compression from GJS: options of both ends, and what they agree on.

import GLib from "gi://GLib";
import Ws from "gi://Ws?version=1.0";

const loop = new GLib.MainLoop(null, false);
const TEXT = "again and ".repeat(100);

function check(condition, what) {
  if (!condition) throw new Error(what);
}

const options = new Ws.DeflateOptions();
options.set_threshold(0);
options.set_server_max_window_bits(12);

const server = new Ws.Server({ compression: options });
server.listen(null, 0);
server.connect("client-connected", (_server, client) =>
  client.connect("text-message-received", (socket, text) =>
    socket.send_text_message(text),
  ),
);

const socket = new Ws.Socket();
check(socket.compression.get_threshold() === 256, "default");
socket.connect("connected", () => socket.send_text_message(TEXT));
let got = null;
socket.connect("text-message-received", (_socket, text) => {
  got = text;
  loop.quit();
});
socket.open(server.url);
GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 100, () => loop.quit());
loop.run();
check(got === TEXT, "text");
check(socket.extensions.includes("server_max_window_bits=12"), "extensions");
check(socket.statistics.compression_ratio_received < 0.1, "ratio");
socket.compression = null;
check(socket.get_compression() === null, "none");
socket.abort();
