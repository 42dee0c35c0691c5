# SPDX-License-Identifier: LGPL-2.1-or-later
"""The dialog of the program in C, its texts, and the file in which it keeps what
the user has answered "always" to: whichever of the two asked, both know."""
import locale, os, sys
from pathlib import Path
from gi.repository import GLib, Gtk, Ws
HERE = Path(__file__).resolve().parent
FILE = Path(GLib.get_user_data_dir(), "gtk-chat", "trusted-servers")
BUILT = HERE.parents[1] / "build" / "examples" / "gtk-chat" / "po"
locale.bindtextdomain("gtk-chat", os.environ.get("GTK_CHAT_LOCALE_FOLDER", BUILT))

def _(text):
    return locale.dgettext("gtk-chat", text)

def read_file():
    file = GLib.KeyFile()
    if FILE.exists():
        file.load_from_file(str(FILE), GLib.KeyFileFlags.KEEP_COMMENTS)
    return file

def load(configuration):
    """Accepts what was accepted; what another hand has changed is left out."""
    try:
        file = read_file()
        for host in file.get_groups()[0]:
            for digest in file.get_keys(host)[0]:
                certificate = Ws.SslCertificate.new_from_pem(file.get_string(host, digest))
                if certificate.digest(GLib.ChecksumType.SHA256) == digest:
                    configuration.add_exception(certificate, host)
    except GLib.Error as error:
        print(f"{FILE}: {error.message}", file=sys.stderr)

def keep(configuration, certificate, host):
    configuration.add_exception(certificate, host)
    file = read_file()
    file.set_string(host, certificate.digest(GLib.ChecksumType.SHA256), certificate.to_pem())
    FILE.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = GLib.FileSetContentsFlags.CONSISTENT | GLib.FileSetContentsFlags.DURABLE
    GLib.file_set_contents_full(str(FILE), file.to_data()[0].encode(), flags, 0o600)

@Gtk.Template(filename=str(HERE / "certificate-dialog.ui"))
class CertificateDialog(Gtk.Window):
    __gtype_name__ = "CertificateDialog"
    heading, problems, fingerprint = map(
        Gtk.Template.Child, "heading problems fingerprint".split())
    def ask(self, socket, errors):
        """The socket is paused, and waits for the answer."""
        self.socket, self.is_answered = socket, False
        self.certificate = socket.props.ssl_session.get_peer_certificate()
        digest = self.certificate.digest(GLib.ChecksumType.SHA256)
        self.heading.set_label(_("%s cannot be trusted") % socket.props.peer_name)
        self.problems.set_label("\n".join("• " + error.get_text() for error in errors))
        self.fingerprint.set_label("SHA-256 " + digest)
        self.present()
    def go_on(self):
        self.is_answered = True
        is_waiting = self.socket.props.state == Ws.State.CONNECTING
        self.socket.resume() if is_waiting else self.socket.open()
        self.close()
    @Gtk.Template.Callback()
    def on_once(self, _button):
        self.socket.ignore_ssl_errors()
        self.go_on()
    @Gtk.Template.Callback()
    def on_always(self, _button):
        try:
            keep(self.socket.props.ssl_configuration, self.certificate,
                 self.socket.props.peer_name)
        except (GLib.Error, OSError) as error:
            print(f"Accepted until the program ends: {error}", file=sys.stderr)
        self.go_on()
    def do_close_request(self):
        if not self.is_answered:
            self.socket.abort()
        return Gtk.Window.do_close_request(self)
