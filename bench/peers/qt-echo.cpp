// SPDX-License-Identifier: LGPL-2.1-or-later
#include <QtCore/QCoreApplication>
#include <QtCore/QSet>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>

// An echo server on Qt 6 WebSockets, set up as well as its API allows.

static const quint64 maxMessage = Q_UINT64_C (256) << 20;

static QSet<QWebSocket *> connections;

static void
onBinaryMessage (QWebSocket *socket, const QByteArray &message)
{
  if (!message.startsWith ('B'))
    {
      socket->sendBinaryMessage (message);
      return;
    }
  for (QWebSocket *other : std::as_const (connections))
    other->sendBinaryMessage (message);
}

static void
addConnection (QWebSocket *socket)
{
  socket->setMaxAllowedIncomingFrameSize (maxMessage);
  socket->setMaxAllowedIncomingMessageSize (maxMessage);
  connections.insert (socket);
  QObject::connect (socket, &QWebSocket::textMessageReceived, socket,
                    [socket] (const QString &message) {
                      socket->sendTextMessage (message);
                    });
  QObject::connect (socket, &QWebSocket::binaryMessageReceived, socket,
                    [socket] (const QByteArray &message) {
                      onBinaryMessage (socket, message);
                    });
  QObject::connect (socket, &QWebSocket::disconnected, socket, [socket] {
    connections.remove (socket);
    socket->deleteLater ();
  });
}

static void
raiseFileLimit ()
{
  rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
}

int
main (int argc, char **argv)
{
  QCoreApplication app (argc, argv);
  QWebSocketServer server (QStringLiteral ("bench"),
                           QWebSocketServer::NonSecureMode);
  bool             hasPort = argc == 3 && std::strcmp (argv[1], "--port") == 0;
  quint16          port = hasPort ? quint16 (std::atoi (argv[2])) : 0;

  raiseFileLimit ();
  server.setMaxPendingConnections (10000);
  QObject::connect (&server, &QWebSocketServer::newConnection, &server,
                    [&server] {
                      while (QWebSocket *socket
                             = server.nextPendingConnection ())
                        addConnection (socket);
                    });
  if (!server.listen (QHostAddress::LocalHost, port))
    return 1;
  std::printf ("ws://127.0.0.1:%d/\n", server.serverPort ());
  std::fflush (stdout);
  return app.exec ();
}
