// SPDX-License-Identifier: LGPL-2.1-or-later
#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QSet>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>
#include <cstdio>
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

static bool
secure (QWebSocketServer &server, const QCommandLineParser &parser)
{
  QSslConfiguration configuration = QSslConfiguration::defaultConfiguration ();
  QFile             certificate (parser.value ("certificate"));
  QFile             key (parser.value ("key"));

  if (!certificate.open (QIODevice::ReadOnly)
      || !key.open (QIODevice::ReadOnly))
    return false;
  configuration.setLocalCertificate (QSslCertificate (&certificate));
  configuration.setPrivateKey (QSslKey (&key, QSsl::Ec));
  configuration.setPeerVerifyMode (QSslSocket::VerifyNone);
  server.setSslConfiguration (configuration);
  return true;
}

int
main (int argc, char **argv)
{
  QCoreApplication   app (argc, argv);
  QCommandLineParser parser;

  parser.addOptions ({ { "port", "", "N", "0" },
                       { "certificate", "", "FILE" },
                       { "key", "", "FILE" } });
  parser.process (app);

  bool             isSecure = parser.isSet ("certificate");
  QWebSocketServer server (QStringLiteral ("bench"),
                           isSecure ? QWebSocketServer::SecureMode
                                    : QWebSocketServer::NonSecureMode);

  raiseFileLimit ();
  if (isSecure && !secure (server, parser))
    return 1;
  server.setMaxPendingConnections (10000);
  QObject::connect (&server, &QWebSocketServer::newConnection, &server,
                    [&server] {
                      while (QWebSocket *socket
                             = server.nextPendingConnection ())
                        addConnection (socket);
                    });
  if (!server.listen (QHostAddress::LocalHost,
                      parser.value ("port").toUShort ()))
    return 1;
  std::printf ("%s://127.0.0.1:%d/\n", isSecure ? "wss" : "ws",
               server.serverPort ());
  std::fflush (stdout);
  return app.exec ();
}
