# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A server that sends back what comes, and a client of it, in Perl with
# Glib::Object::Introspection. Run it without arguments, or with the URL of another
# server.

use strict;
use utf8;
use warnings;

use Encode;
use Glib;
use Glib::Object::Introspection;

Glib::Object::Introspection->setup (basename => 'Gio', version => '2.0', package => 'Gio');
Glib::Object::Introspection->setup (basename => 'Ws', version => '1.0', package => 'Ws');

my $loop = Glib::MainLoop->new;

# Who is to hear of messages is held by the program.
my %clients;
my $server = Ws::Server->new ('echo', 'non-secure');
$server->signal_connect ('client-connected' => sub {
  my (undef, $client) = @_;

  $clients{$client} = $client;
  $client->signal_connect ('message-received' => sub { $_[0]->send_message ($_[1]) });
  $client->signal_connect ('disconnected' => sub { delete $clients{$_[0]} });
});

my $url = $ARGV[0];
if (!defined $url) {
  $server->listen (undef, 0);
  $url = $server->get ('url');
}

my $socket = Ws::Socket->new;

# What fails dies, with a Glib::Error. A text is given as its bytes.
$socket->signal_connect (connected => sub {
  $_[0]->send_data ('text', [unpack 'C*', encode ('UTF-8', 'hello')]);
});
$socket->signal_connect ('text-message-received' => sub {
  my ($self, $text) = @_;

  print encode ('UTF-8', $text), "\n";
  $self->close (1000, 'bye');
});
$socket->signal_connect (disconnected => sub {
  my ($self) = @_;

  print STDERR $self->get ('error-string'), "\n" unless $self->get ('was-clean');
  $loop->quit;
});

$socket->open ($url);
$loop->run;
exit ($socket->get ('was-clean') ? 0 : 1);
