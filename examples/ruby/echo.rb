# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server that sends back what comes, and a client of it, in Ruby with
# gobject-introspection. Run it without arguments, or with the URL of another server.

require 'gio2'
require 'gobject-introspection'

module Ws
  GObjectIntrospection::Loader.load('Ws', self)
end

loop = GLib::MainLoop.new

# Who is to hear of messages is held by the program.
clients = {}
server = Ws::Server.new('echo', :non_secure)
server.signal_connect('client-connected') do |_, client|
  clients[client] = client
  client.signal_connect('message-received') { |peer, message| peer.send_message(message) }
  client.signal_connect('disconnected') { |peer| clients.delete(peer) }
end

url = ARGV[0]
unless url
  server.listen(nil, 0)
  url = server.url
end

socket = Ws::Socket.new

# What fails raises. A text is given as its bytes.
socket.signal_connect('connected') { |peer| peer.send_data(:text, 'hello'.bytes) }
socket.signal_connect('text-message-received') do |peer, text|
  puts text
  peer.close(1000, 'bye')
end
socket.signal_connect('disconnected') do |peer|
  warn peer.error_string unless peer.was_clean?
  loop.quit
end

socket.open(url)
loop.run
exit socket.was_clean?
