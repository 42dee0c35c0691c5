// SPDX-License-Identifier: LGPL-2.1-or-later
// Servers that a Redis joins, from GJS.
import Gio from "gi://Gio";
import GLib from "gi://GLib";
import Ws from "gi://Ws?version=1.0";
import WsRedis from "gi://WsRedis?version=1.0";

const DEADLINE = 20; // seconds; nothing waits for it but a hanging test

function until(condition, what) {
    let expired = false;
    const timer = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
        expired = true;
        return GLib.SOURCE_CONTINUE;
    });
    while (!condition()) {
        if (expired)
            throw new Error(`${what} did not come`);
        GLib.MainContext.default().iteration(true);
    }
    GLib.source_remove(timer);
}

function check(condition, what) {
    if (!condition)
        throw new Error(what);
}

const folder = GLib.dir_make_tmp("ws-redis-XXXXXX");
const redis = Gio.Subprocess.new(
    ["setpriv", "--pdeathsig", "KILL", "redis-server", "--port", "0", "--unixsocket", `${folder}/socket`,
        "--dir", folder, "--save", ""],
    Gio.SubprocessFlags.STDOUT_PIPE);
function hasSubscriber(topic) {
    const cli = Gio.Subprocess.new(
        ["redis-cli", "-s", `${folder}/socket`, "PUBSUB", "CHANNELS", `*${topic}`],
        Gio.SubprocessFlags.STDOUT_PIPE);
    return cli.communicate_utf8(null, null)[1].includes(topic);
}

try {
    const lines = Gio.DataInputStream.new(redis.get_stdout_pipe());
    for (;;) {
        const [line] = lines.read_line_utf8(null);
        check(line !== null, "redis-server has ended");
        if (line.includes("eady to accept connections"))
            break;
    }

    const url = `redis+unix://${folder}/socket`;
    const brokers = [WsRedis.Broker.new(url), new WsRedis.Broker({urls: [url]})];
    const servers = brokers.map(broker => {
        const server = Ws.Server.new("", Ws.SslMode.NON_SECURE);
        server.broker = broker;
        server.connect("client-connected", (_server, client) => client.subscribe("news"));
        server.listen(null, 0);
        return server;
    });
    const texts = [];
    const client = Ws.Socket.new();
    client.connect("text-message-received", (_client, text) => texts.push(text));
    client.open(`ws://127.0.0.1:${servers[1].get_server_port()}`);
    until(() => servers[1].get_n_items() === 1, "the client");
    until(() => brokers.every(b => b.state === Ws.BrokerState.CONNECTED), "Redis");
    // What is published before the subscription is there is gone.
    until(() => hasSubscriber("news"), "the subscription");
    servers[0].publish("news", Ws.Message.new_text("hello"));
    until(() => texts.length === 1, "the message");
    check(texts[0] === "hello", texts[0]);

    let message = "";
    try {
        WsRedis.Broker.new("http://localhost");
    } catch (error) {
        message = error.message;
    }
    check(message.includes("redis://"), message);
    client.abort();
} finally {
    redis.force_exit();
    redis.wait(null);
    GLib.unlink(`${folder}/socket`);
    GLib.rmdir(folder);
}
