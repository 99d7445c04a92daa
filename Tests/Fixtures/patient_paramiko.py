"""paramiko without its own haste: it gives up a server whose greeting, key exchange or answer to a login takes 15 s or 30 s, which a
machine that runs two hundred tests at once may take.
"""
import paramiko

_begin = paramiko.Transport.__init__


def _begin_patiently(self, *arguments, **options):
    _begin(self, *arguments, **options)
    self.banner_timeout = self.handshake_timeout = self.auth_timeout = self.clear_to_send_timeout = 200


paramiko.Transport.__init__ = _begin_patiently
