-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- A server that sends back what comes, and a client of it, in Lua with LGI. Run it
-- without arguments, or with the URL of another server.

local lgi = require 'lgi'
local GLib, Ws = lgi.GLib, lgi.Ws

local loop = GLib.MainLoop()

-- Who is to hear of messages is held by the program.
local clients = {}
local server = Ws.Server.new('echo', Ws.SslMode.NON_SECURE)

function server:on_client_connected(client)
  clients[client] = client
  function client:on_message_received(message)
    self:send_message(message)
  end
  function client:on_disconnected()
    clients[client] = nil
  end
end

local url = arg[1]
if not url then
  assert(server:listen(nil, 0))
  url = server.url
end

local socket = Ws.Socket.new()

-- A text of any length, zero bytes too; nil and why it did not go, if it did not.
function socket:on_connected()
  if self:send_data('TEXT', 'hello') < 0 then
    self:abort()
  end
end

function socket:on_text_message_received(text)
  print(text)
  self:close(1000, 'bye')
end

function socket:on_disconnected()
  if not self.was_clean then
    io.stderr:write(self.error_string, '\n')
  end
  loop:quit()
end

local opened, why = socket:open(url)
if not opened then
  error(why.message)
end
loop:run()
os.exit(socket.was_clean)
