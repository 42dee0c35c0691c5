// SPDX-License-Identifier: LGPL-2.1-or-later
// Trusts one self-signed certificate and no other:
// gjs -m pinned.js URL CERTIFICATE.PEM
import Ws from 'gi://Ws?version=1.0';

const ssl = new Ws.SslConfiguration({system_trust: false, ca_certificates_file: ARGV[1]});
const socket = await Ws.connect(ARGV[0], {ssl});
await socket.send('Hello, world!');
print(await socket.recv());
await socket.close();
