"""Twisted's conch; libssh2.py says what the arguments are."""
import os
import sys

from twisted.conch.ssh import channel, common, connection, filetransfer, keys, transport, userauth
from twisted.internet import defer, protocol, reactor

host, port, login, secret, *words = sys.argv[1:]
status = 1


class Authentication(userauth.SSHUserAuthClient):
    def getPassword(self, prompt=None):
        if secret.startswith('@') or getattr(self, 'asked', False):
            return None
        self.asked = True
        return defer.succeed(secret.encode())

    def getPublicKey(self):
        if not secret.startswith('@') or getattr(self, 'asked', False):
            return None
        self.asked = True
        return keys.Key.fromFile(secret[1:]).public()

    def getPrivateKey(self):
        return defer.succeed(keys.Key.fromFile(secret[1:]))


class Connection(connection.SSHConnection):
    def serviceStarted(self):
        self.openChannel(Channel(conn=self))


class Channel(channel.SSHChannel):
    name = b'session'

    def channelOpen(self, data):
        answer = self.conn.sendRequest(self, 'subsystem', common.NS(b'sftp'), wantReply=1)
        answer.addCallback(lambda _: defer.ensureDeferred(self.work())).addErrback(self.failed)

    def failed(self, failure):
        failure.printTraceback()
        reactor.stop()

    async def work(self):
        global status, words
        client = filetransfer.FileTransferClient()
        client.makeConnection(self)
        self.dataReceived = client.dataReceived
        while words:
            operation, count = operations[words[0]]
            await operation(client, *words[1:1 + count])
            words = words[1 + count:]
        status = 0
        reactor.stop()


async def put(client, file, path):
    flags = filetransfer.FXF_WRITE | filetransfer.FXF_CREAT | filetransfer.FXF_TRUNC
    out = await client.openFile(path, flags, {})
    with open(file, 'rb') as source:
        offset = 0
        while piece := source.read(30000):
            await out.writeChunk(offset, piece)
            offset += len(piece)
    await out.close()


async def send(client, file, path):
    try:
        if (await client.getAttrs(path))['size'] == os.path.getsize(file):
            return
    except filetransfer.SFTPError:
        pass
    await put(client, file, path)


async def touch(client, path):
    await client.setAttrs(path, {'atime': 1700000000, 'mtime': 1700000000})
    assert (await client.getAttrs(path))['mtime'] == 1700000000


async def rename(client, old, new):
    await client.renameFile(old, new)


async def ls(client, folder, name):
    listing = await client.openDirectory(folder)
    names = []
    try:
        while True:
            names += [entry[0] for entry in await listing.read()]
    except EOFError:
        pass
    await listing.close()
    assert name.encode() in names, names


async def get(client, path, file):
    source = await client.openFile(path, filetransfer.FXF_READ, {})
    with open(file, 'wb') as out:
        try:
            while True:
                out.write(await source.readChunk(out.tell(), 30000))
        except EOFError:
            pass
    await source.close()


async def rm(client, path):
    await client.removeFile(path)


operations = {'put': (put, 2), 'send': (send, 2), 'touch': (touch, 1), 'rename': (rename, 2), 'ls': (ls, 2), 'get': (get, 2),
              'rm': (rm, 1)}


class Transport(transport.SSHClientTransport):
    def verifyHostKey(self, key, fingerprint):
        return defer.succeed(True)

    def connectionSecure(self):
        self.requestService(Authentication(login.encode(), Connection()))

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


class Factory(protocol.ClientFactory):
    protocol = Transport


reactor.connectTCP(host, int(port), Factory())
reactor.run()
sys.exit(status)
