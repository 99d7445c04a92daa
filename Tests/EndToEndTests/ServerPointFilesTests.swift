/// Points 7 to 19: files, names and folders.
extension ServerPointsTests {
    static let files = [
        Point(
            number: 7, what: "EXCL, TRUNC, APPEND and none of them; permissions are ignored",
            program: """
                path = folder + '/a.tmp'
                assert sftp.open(path, W).code == NO_SUCH_FILE and sftp.open(path, R).code == NO_SUCH_FILE
                assert sftp.upload(path, b'12345', W | CREAT | EXCL, attributes(permissions=0o100644)) == OK
                assert sftp.open(path, W | CREAT | EXCL).code == FAILURE
                assert sftp.stat(path).permissions == 0o100600
                opened = sftp.open(path, W | CREAT)
                assert sftp.write(opened.handle, 5, b'6').code == OK and sftp.close(opened.handle).code == OK
                assert sftp.stat(path).size == 6
                opened = sftp.open(path, W | APPEND)
                assert sftp.write(opened.handle, 0, b'7').code == OK and sftp.write(opened.handle, 3, b'8').code == OK
                assert sftp.close(opened.handle).code == OK
                opened = sftp.open(path, R)
                assert sftp.read_at(opened.handle, 0, 100).data == b'12345678'
                assert sftp.read_at(opened.handle, 8, 1).code == EOF
                assert sftp.write(opened.handle, 0, b'x').code == PERMISSION_DENIED
                assert sftp.close(opened.handle).code == OK
                opened = sftp.open(path, R | W)  # paramiko's r+b
                assert sftp.read_at(opened.handle, 2, 3).data == b'345'
                assert sftp.write(opened.handle, 0, b'X').code == OK and sftp.close(opened.handle).code == OK
                assert sftp.upload(path, b'new') == OK
                assert sftp.stat(path).size == 3
                """),
        Point(
            number: 7, what: "a report and a file that waits are read",
            program: """
                assert sftp.upload(folder + '/liste.csv', good) == OK
                opened = sftp.open(folder + '/liste.csv', R)
                assert sftp.read_at(opened.handle, 0, len(good)).data == good
                assert sftp.close(opened.handle).code == OK
                settle()
                wait(lambda: len(sftp.list(folder)) == 2)
                report = folder + '/' + sftp.list(folder)[1]
                assert report.endswith('.rapport.txt')
                opened = sftp.open(report, R)
                assert 'Rapport de validation'.encode() in sftp.read_at(opened.handle, 0, 100000).data
                assert sftp.open(report, W).code in (FAILURE, PERMISSION_DENIED)
                assert sftp.open(report, R | W | TRUNC).code in (FAILURE, PERMISSION_DENIED)
                """, deposits: ["liste.csv"], settle: "3600"),
        Point(
            number: 8, what: "a name being uploaded is refused, and taken over after 15 s of silence",
            program: """
                path, other = folder + '/liste.csv', connect()
                mine = sftp.open(path, W | CREAT | TRUNC)
                assert sftp.write(mine.handle, 0, good[:50]).code == OK
                answer = other.open(path, W | CREAT)
                assert answer.code == FAILURE and 'pôt en cours' in answer.text and ' / ' in answer.text, answer
                assert other.stat(path).size == 50
                opened = []
                def taken():
                    opened.append(other.open(path, W | CREAT))
                    return opened[-1].type == HANDLE
                wait(taken)
                assert other.write(opened[-1].handle, 50, good[50:]).code == OK
                sftp.write(mine.handle, 0, b'never seen')
                assert sftp.close(mine.handle).code == FAILURE
                assert other.close(opened[-1].handle).code == OK
                """, deposits: ["liste.csv"]),
        Point(
            number: 9, what: "writes at any offset, 64 in flight; a gap at CLOSE is incomplete and stays a partial",
            program: """
                path = folder + '/a.tmp'
                opened = sftp.open(path, W | CREAT | TRUNC)
                pieces = [(i * 100, bytes([i]) * 105) for i in range(64)]
                ids = [sftp.send(WRITE, sftp.write_body(opened.handle, at, data)) for at, data in pieces[::-2] + pieces[::2]]
                assert len(ids) == 64 and all(sftp.answer(id).code == OK for id in ids)
                assert sftp.close(opened.handle).code == OK and sftp.stat(path).size == 63 * 100 + 105
                opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
                assert sftp.write(opened.handle, 0, good[:100]).code == OK
                assert sftp.write(opened.handle, 300, good[300:]).code == OK
                answer = sftp.close(opened.handle)
                assert answer.code == FAILURE and 'incomplet' in answer.text and ' / ' in answer.text, answer
                assert sftp.stat(folder + '/liste.csv').size == 100
                assert sftp.write(opened.handle, 0, b'x').code == FAILURE, 'the handle is closed'
                """),
        Point(
            number: 9, what: "what can't be written far away, and too many pieces",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
                assert sftp.write(opened.handle, 0, b'x').code == OK
                for at in range(0, 5000):
                    sftp.send(WRITE, sftp.write_body(opened.handle, 10 + 2 * at, b'y'), id=7)
                codes = [sftp.answer(7).code for _ in range(5000)]
                assert codes.count(OK) == 4096 and codes.count(FAILURE) == 904, (codes.count(OK), codes.count(FAILURE))
                for offset in [1 << 40, (1 << 63) - 1, (1 << 64) - 1]:
                    assert sftp.write(opened.handle, offset, b'x').code == FAILURE
                """),
        Point(
            number: 10, what: "sizes are applied, times shown, the rest ignored",
            program: """
                path = folder + '/a.tmp'
                opened = sftp.open(path, W | CREAT | TRUNC)
                assert sftp.fsetstat(opened.handle, attributes(permissions=0o640)) == OK
                assert sftp.fsetstat(opened.handle, struct.pack('>III', 2, 1000, 1000)) == OK
                assert sftp.write(opened.handle, 0, b'123456').code == OK
                assert sftp.fsetstat(opened.handle, attributes(size=4, times=(5, 1700000000))) == OK
                assert sftp.close(opened.handle).code == OK
                answer = sftp.stat(path)
                assert (answer.size, answer.mtime, answer.permissions) == (4, 1700000000, 0o100600), answer
                assert sftp.setstat(path, attributes(size=2, permissions=0o777, times=(5, 1600000000))) == OK
                assert (sftp.stat(path).size, sftp.stat(path).mtime) == (2, 1600000000)
                assert sftp.setstat(folder + '/absent', attributes(times=(1, 1))) == NO_SUCH_FILE
                assert sftp.setstat(folder, attributes(permissions=0o755)) == OK
                # A size that was stated and isn't reached is incomplete.
                opened = sftp.open(folder + '/liste.csv', W | CREAT)
                assert sftp.write(opened.handle, 0, good[:100]).code == OK
                assert sftp.fsetstat(opened.handle, attributes(size=len(good))) == OK
                assert sftp.close(opened.handle).code == FAILURE
                """),
        Point(
            number: 11, what: "CLOSE is quick, and what it acknowledged is there",
            program: """
                import os
                for size in [1, 1000, 9000000]:
                    data = (good * (size // len(good) + 1))[:size] if size > 1000 else good
                    opened = sftp.open(folder + '/liste-%d.csv' % size, W | CREAT | TRUNC)
                    for at in range(0, len(data), 200000):
                        assert sftp.write(opened.handle, at, data[at:at + 200000]).code == OK
                    start = time.monotonic()
                    assert sftp.close(opened.handle).code == OK
                    took = time.monotonic() - start
                    # The aim is 100 ms on an idle machine; a client's patience is 15 s.
                    assert took < 15, took
                    assert os.listdir(os.path.join(state, 'staging', folder.split('/')[1])) == []
                """, deposits: ["liste-1.csv", "liste-1000.csv", "liste-9000000.csv"]),
        Point(
            number: 12, what: "attributes carry size, owner, type and times; a running upload has the size that came",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
                assert sftp.write(opened.handle, 0, good[:70]).code == OK
                answers = [sftp.stat(folder + '/liste.csv'), sftp.lstat(folder + '/liste.csv'), sftp.ask(FSTAT, string(opened.handle))]
                for answer in answers + [sftp.stat(folder), sftp.stat('/')]:
                    assert struct.unpack('>I', answer.raw[4:8])[0] == 1 | 2 | 4 | 8, answer.raw
                    # One owner for all: mounts map the number that they see on their folder.
                    assert answer.raw[16:24] == sftp.stat('/').raw[16:24]
                assert [answer.size for answer in answers] == [70] * 3
                assert all(answer.permissions & 0o170000 == 0o100000 for answer in answers)
                """),
    ]

    static let names = [
        Point(
            number: 13, what: "REMOVE of what is absent, partial, waiting, taken and of a report",
            program: """
                path = folder + '/liste.csv'
                assert sftp.remove(path) == NO_SUCH_FILE
                opened = sftp.open(path, W | CREAT)
                assert sftp.write(opened.handle, 0, b'x').code == OK
                assert sftp.remove(path) == OK and sftp.remove(path) == NO_SUCH_FILE
                assert sftp.close(opened.handle).code == FAILURE
                assert sftp.upload(path, good) == OK
                assert sftp.remove(path) == OK, 'it waits, and is no deposit any more'
                assert sftp.upload(path, good) == OK
                settle()
                wait(lambda: len(sftp.list(folder)) == 2)
                assert sftp.remove(path) == OK, 'it was taken'
                assert sftp.remove(path) == NO_SUCH_FILE and sftp.stat(path).code == NO_SUCH_FILE
                for name in sftp.list(folder):
                    assert sftp.remove(folder + '/' + name) == OK
                assert sftp.list(folder) == []
                assert sftp.remove(folder) == PERMISSION_DENIED
                """, deposits: ["liste.csv"], settle: "3600"),
        Point(
            number: 14, what: "RENAME never overwrites, posix-rename does, neither leaves the folder",
            program: """
                a, b = folder + '/a.tmp', folder + '/b.tmp'
                assert sftp.upload(a, b'aa') == OK and sftp.upload(b, b'b') == OK
                answer = sftp.rename(a, b)
                assert answer.code == FAILURE and ' / ' in answer.text
                assert sftp.rename(folder + '/absent', folder + '/c').code == NO_SUCH_FILE
                assert sftp.posix_rename(a, b).code == OK and sftp.stat(b).size == 2 and sftp.stat(a).code == NO_SUCH_FILE
                for target in ['/x', '/E38774236400012/QUALIOPI/FICHIER_QUALIOPI/x', folder + '/../x', folder + '/sub/x']:
                    assert sftp.rename(b, target).code in (PERMISSION_DENIED, NO_SUCH_FILE), target
                assert sftp.rename(b, folder + '/x.rapport.txt').code in (FAILURE, PERMISSION_DENIED)
                assert sftp.stat(b).size == 2
                """),
        Point(
            number: 14, what: "a final name completes, a taken name is free, a withdrawn file is no deposit",
            program: """
                a, b = folder + '/a.tmp', folder + '/liste.csv'
                assert sftp.upload(a, good) == OK and sftp.rename(a, b).code == OK
                assert sftp.rename(b, a).code == OK, 'not claimed yet: back to a temporary name'
                assert sftp.rename(a, b).code == OK
                settle()
                gone('liste.csv')
                assert sftp.upload(a, good) == OK
                assert sftp.rename(a, b).code == OK, 'a taken file is not in the way'
                """, deposits: ["liste.csv", "liste.csv"], settle: "3600"),
        Point(
            number: 14, what: "a file opened again before it was claimed is replaced by the CLOSE, and is one deposit",
            program: """
                path = folder + '/liste.csv'
                assert sftp.upload(path, good[:-2]) == OK
                assert sftp.upload(path, good) == OK
                settle()
                """, deposits: ["liste.csv"], settle: "3600"),
        Point(
            number: 15, what: "no folders and no links are made or removed",
            program: """
                assert sftp.mkdir(folder).code == FAILURE
                for path in ['/', '/' + folder.split('/')[1], folder + '/..']:
                    assert sftp.mkdir(path).code == FAILURE, path
                for path in [folder + '/sub', '/new', folder + '/a/b']:
                    assert sftp.mkdir(path).code == PERMISSION_DENIED, path
                assert sftp.ask(RMDIR, string(folder)).code == PERMISSION_DENIED
                assert sftp.ask(RMDIR, string(folder + '/absent')).code == NO_SUCH_FILE
                assert sftp.ask(SYMLINK, string('/etc/passwd') + string(folder + '/x')).code == PERMISSION_DENIED
                assert sftp.ask(READLINK, string(folder)).code == FAILURE
                assert sftp.list(folder) == []
                """),
        Point(
            number: 19, what: "temporary names are stored and never claimed",
            program: """
                names = ['a' + e for e in ['.filepart', '.partial', '.part', '.tmp', '.writing', '.new', '.inprogress']] + ['.a.csv', '~a.csv']
                for name in names:
                    assert sftp.upload(folder + '/' + name, good) == OK
                assert sftp.list(folder) == sorted(names)
                """),
    ]

    static let folders = [
        Point(
            number: 16, what: "READDIR in flight, by the hundred, in the form of ls -l",
            program: """
                import re
                for i in range(250):
                    assert sftp.upload(folder + '/%03d.tmp' % i, b'x' * i) == OK
                handle = sftp.ask(OPENDIR, string(folder)).handle
                ids = [sftp.send(READDIR, string(handle)) for _ in range(8)]
                answers = [sftp.answer(id) for id in ids]
                pages = [answer.names for answer in answers if answer.type == NAME]
                assert [answer.code for answer in answers[len(pages):]] == [EOF] * (8 - len(pages))
                assert max(len(page) for page in pages) <= 100
                entries = [entry for page in pages for entry in page]
                assert [name for name, _ in entries[:2]] == [b'.', b'..'] and len(entries) == 252
                assert sorted(name for name, _ in entries[2:]) == [b'%03d.tmp' % i for i in range(250)]
                shape = re.compile(rb'^([-d])([r-][w-][x-]){3} +\\d+ \\S+ +\\S+ +(\\d+) [A-Z][a-z]{2} [ \\d]\\d (\\d\\d:\\d\\d| \\d{4}) (.+)$')
                for name, line in entries:
                    match = shape.match(line)
                    assert match and match.group(5) == name, line
                    if name.endswith(b'.tmp'):
                        assert match.group(1) == b'-' and int(match.group(3)) == int(name[:3]), line
                assert sftp.close(handle).code == OK
                assert sftp.ask(READDIR, string(handle)).code == FAILURE
                assert sftp.ask(OPENDIR, string(folder + '/000.tmp')).code == FAILURE
                assert sftp.ask(OPENDIR, string(folder + '/absent')).code == NO_SUCH_FILE
                """),
        Point(
            number: 17, what: "unknown types are OP_UNSUPPORTED, malformed ones BAD_MESSAGE, never silence",
            program: """
                for kind in [0, 2, 21, 22, 23, 99, 101, 102, 105, 201, 255]:
                    answer = sftp.ask(kind, b'anything', id=1000 + kind)
                    assert answer.code == OP_UNSUPPORTED and answer.id == 1000 + kind and ' / ' in answer.text, answer
                for kind in [OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT, OPENDIR, READDIR, REMOVE, MKDIR, RMDIR,
                             REALPATH, STAT, RENAME, READLINK, SYMLINK, EXTENDED]:
                    for body in [b'', b'\\0\\0', b'\\xff\\xff\\xff\\xff', string('x')[:-1], struct.pack('>I', 1 << 31)]:
                        answer = sftp.ask(kind, body, id=2000 + kind)
                        assert answer.code == BAD_MESSAGE and answer.id == 2000 + kind, (kind, body, answer)
                for handle in [b'', b'x', b'\\0' * 4, b'\\xff' * 4, b'y' * 300]:
                    for kind, rest in [(CLOSE, b''), (READ, bytes(12)), (WRITE, bytes(8) + string('z')), (FSTAT, b''),
                                       (FSETSTAT, NO_ATTRS), (READDIR, b'')]:
                        assert sftp.ask(kind, string(handle) + rest).code == FAILURE, (kind, handle)
                sftp.raw(bytes([STAT]))  # too short for an identifier
                assert Answer(sftp.read()).code == BAD_MESSAGE
                assert sftp.list(folder) == []
                """),
        Point(
            number: 18, what: "a taken file answers every session of its account, and ends",
            program: """
                path = folder + '/liste.csv'
                assert sftp.upload(path, good) == OK
                gone('liste.csv')
                other = connect()
                for session in [sftp, other]:
                    assert session.stat(path).size == len(good) and session.lstat(path).size == len(good)
                    assert session.setstat(path, attributes(permissions=0o644, times=(1700000000, 1700000000))) == OK
                    assert session.setstat(path, attributes(size=len(good))) == OK
                    assert session.stat(path).mtime == 1700000000
                    assert session.open(path, R).code == NO_SUCH_FILE
                assert 'liste.csv' not in other.list(folder)
                assert other.upload(path, good, W | CREAT | EXCL) == OK, 'it never stands in the way'
                gone('liste.csv')
                assert other.remove(path) == OK and sftp.stat(path).code == NO_SUCH_FILE
                reload(('taken_view_seconds: 3600', 'taken_view_seconds: 2'))
                assert sftp.upload(path, good) == OK
                gone('liste.csv')
                wait(lambda: sftp.stat(path).code == NO_SUCH_FILE)
                """, deposits: ["liste.csv", "liste.csv", "liste.csv"],
            settings: ["taken_view_seconds: 3600", "taken_view_newcomers_seconds: 3600"]),
    ]
}
