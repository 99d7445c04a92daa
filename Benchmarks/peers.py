"""OpenSSH's internal-sftp and ProFTPD's mod_sftp, each on a loopback port with a configuration of its own.

As root they serve the user `nobody`, so that they separate privileges as they do at work.
"""
import grp
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile

from harness import eventually, reserved_port

USER = pwd.getpwnam('nobody') if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


class Peer:
    login = USER.pw_name

    def __init__(self, bench, folder, name):
        self.bench = bench
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=name, dir=folder))
        self.drop = self.folder / 'drop'
        self.drop.mkdir()
        for place in (folder, self.folder):
            place.chmod(0o755)
        os.chown(self.drop, USER.pw_uid, USER.pw_gid)
        self.port = reserved_port()
        self.host_key = self.folder / 'host_key'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.host_key], check=True)

    def _start(self, arguments):
        log = open(self.folder / 'log', 'wb')
        self.process = self.bench.start(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(lambda: _listens(self.port), 20)

    @property
    def pid(self):
        return self.process.pid

    def path(self, name):
        return f'{self.drop}/{name}'


class OpenSSH(Peer):
    name = 'OpenSSH'

    def __init__(self, bench, folder):
        super().__init__(bench, folder, 'openssh')
        keys = self.folder / 'authorized_keys'
        keys.write_text(pathlib.Path(f'{bench.key}.pub').read_text())
        if os.geteuid() == 0:
            pathlib.Path('/run/sshd').mkdir(exist_ok=True)
        configuration = self.folder / 'sshd_config'
        configuration.write_text(f'''
Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.host_key}
PidFile none
AuthorizedKeysFile {keys}
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
MaxStartups 1000
LogLevel ERROR
Subsystem sftp internal-sftp
ForceCommand internal-sftp
''')
        self._start([shutil.which('sshd', path='/usr/sbin:/usr/bin'), '-D', '-e', '-f', configuration])


class ProFTPD(Peer):
    name = 'ProFTPD'
    program = '/usr/sbin/proftpd'
    module = pathlib.Path('/usr/lib/proftpd/mod_sftp.so')

    def __init__(self, bench, folder, password_hash):
        super().__init__(bench, folder, 'proftpd')
        # It reads keys in the form of RFC 4716 alone.
        keys = self.folder / 'keys'
        keys.write_bytes(subprocess.run(
            ['ssh-keygen', '-e', '-f', f'{bench.key}.pub'], stdout=subprocess.PIPE, check=True).stdout)
        users = self.folder / 'users'
        users.write_text(f'{USER.pw_name}:{password_hash}:{USER.pw_uid}:{USER.pw_gid}::{self.drop}:/bin/false\n')
        users.chmod(0o600)
        os.chown(users, USER.pw_uid, USER.pw_gid)
        configuration = self.folder / 'proftpd.conf'
        configuration.write_text(f'''
ModulePath {self.module.parent}
LoadModule mod_sftp.c
ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
UseIPv6 off
Port {self.port}
User {USER.pw_name}
Group {grp.getgrgid(USER.pw_gid).gr_name}
AuthOrder mod_auth_file.c
AuthUserFile {users}
RequireValidShell off
UseFtpUsers off
UseReverseDNS off
WtmpLog off
TransferLog none
SystemLog {self.folder}/system.log
PidFile {self.folder}/pid
ScoreboardFile {self.folder}/scoreboard
DelayEngine off
AllowOverwrite on
SFTPEngine on
SFTPLog none
SFTPHostKey {self.host_key}
SFTPAuthorizedUserKeys file:{keys}
SFTPCompression off
''')
        self._start([self.program, '-n', '-c', configuration])


def start(bench, folder, password_hash='x'):
    """Those that are installed."""
    peers = [OpenSSH(bench, folder)]
    if ProFTPD.module.exists():
        peers.append(ProFTPD(bench, folder, password_hash))
    else:
        bench.note('ProFTPD is not installed.')
    return peers
