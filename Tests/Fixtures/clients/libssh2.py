"""libssh2 by ssh2-python. Arguments of every client here: HOST PORT LOGIN SECRET OPERATION…; a secret is a password, or @ and a
private key's file. Operations: put FILE PATH, send FILE PATH (unless what is there has that size), touch PATH, rename FROM TO,
ls FOLDER NAME (fails if it isn't there), get PATH FILE, rm PATH. Exits with another status than 0 at the first that fails.
"""
import os
import socket
import sys

from ssh2.exceptions import SFTPError, SFTPProtocolError
from ssh2.session import Session
from ssh2.sftp import LIBSSH2_FXF_CREAT, LIBSSH2_FXF_READ, LIBSSH2_FXF_TRUNC, LIBSSH2_FXF_WRITE
from ssh2.sftp_handle import SFTPAttributes

host, port, login, secret, *words = sys.argv[1:]
session = Session()
session.handshake(socket.create_connection((host, int(port))))
if secret.startswith('@'):
    session.userauth_publickey_fromfile(login, secret[1:], '', secret[1:] + '.pub')
else:
    session.userauth_password(login, secret)
sftp = session.sftp_init()


def put(file, path):
    flags = LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC
    with open(file, 'rb') as source, sftp.open(path, flags, 0o644) as out:
        for piece in iter(lambda: source.read(1 << 20), b''):
            out.write(piece)


def send(file, path):
    try:
        if sftp.stat(path).filesize == os.path.getsize(file):
            return
    except (SFTPError, SFTPProtocolError):
        pass
    put(file, path)


def touch(path):
    attributes = SFTPAttributes()
    attributes.flags, attributes.atime, attributes.mtime = 8, 1700000000, 1700000000
    sftp.setstat(path, attributes)
    assert sftp.stat(path).mtime == 1700000000


def ls(folder, name):
    with sftp.opendir(folder) as handle:
        assert name.encode() in [entry[1] for entry in handle.readdir()]


def get(path, file):
    with sftp.open(path, LIBSSH2_FXF_READ, 0) as source, open(file, 'wb') as out:
        for _, data in source:
            out.write(data)


operations = {'put': (put, 2), 'send': (send, 2), 'touch': (touch, 1), 'rename': (sftp.rename, 2), 'ls': (ls, 2), 'get': (get, 2),
              'rm': (sftp.unlink, 1)}
while words:
    operation, count = operations[words[0]]
    operation(*words[1:1 + count])
    words = words[1 + count:]
