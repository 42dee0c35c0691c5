// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends a file of any size as one message: gjs -m upload.js URL FILE
import Gio from 'gi://Gio?version=2.0';
import Ws from 'gi://Ws?version=1.0';

function* parts(file) {
    const size = file.query_info('standard::size', 0, null).get_size();
    const stream = file.read(null);
    for (let part; (part = stream.read_bytes(1 << 20, null)).get_size() > 0;) {
        yield part;
        print(`${Math.floor(stream.tell() * 100 / size)} %`);
    }
}

const socket = await Ws.connect(ARGV[0]);
await socket.send(parts(Gio.File.new_for_path(ARGV[1])));
print(await socket.recv());
await socket.close();
