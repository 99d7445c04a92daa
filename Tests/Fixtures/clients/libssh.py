"""libssh by ssh-python; libssh2.py says what the arguments are."""
import os
import sys

from ssh import options
from ssh.exceptions import SFTPError
from ssh.key import import_privkey_file
from ssh.session import Session

host, port, login, secret, *words = sys.argv[1:]
session = Session()
session.options_set(options.HOST, host)
session.options_set(options.USER, login)
session.options_set_port(int(port))
# Its own patience is ten seconds.
session.options_set_int_val(options.TIMEOUT, 200)
session.connect()
if secret.startswith('@'):
    session.userauth_publickey(import_privkey_file(secret[1:]))
else:
    session.userauth_password(login, secret)
sftp = session.sftp_new()
sftp.init()


def put(file, path):
    with open(file, 'rb') as source, sftp.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644) as out:
        for piece in iter(lambda: source.read(30000), b''):
            out.write(piece)


def send(file, path):
    try:
        if sftp.stat(path).size == os.path.getsize(file):
            return
    except SFTPError:
        pass
    put(file, path)


def touch(path):
    sftp.utimes(path, 1700000000, 0)
    sftp.stat(path)


def ls(folder, name):
    with sftp.opendir(folder) as listing:
        assert name.encode() in [entry.name for entry in listing]


def get(path, file):
    with sftp.open(path, os.O_RDONLY, 0) as source, open(file, 'wb') as out:
        for size, data in source:
            out.write(data[:size])


operations = {'put': (put, 2), 'send': (send, 2), 'touch': (touch, 1), 'rename': (sftp.rename, 2), 'ls': (ls, 2), 'get': (get, 2),
              'rm': (sftp.unlink, 1)}
while words:
    operation, count = operations[words[0]]
    operation(*words[1:1 + count])
    words = words[1 + count:]
