import Foundation

/// The clients that are libraries of a language.
extension MatrixClient {
    static let paramiko = MatrixClient(
        "paramiko",
        [
            .firstUpload: { try $0.paramiko("sftp.put('\($1)', folder + '/liste.csv')") },
            .preserve: {
                try $0.paramiko(
                    """
                    path = folder + '/liste.csv'
                    sftp.put('\($1)', path)
                    sftp.chmod(path, 0o644)
                    sftp.utime(path, (1700000000, 1700000000))
                    assert sftp.stat(path).st_mtime == 1700000000
                    """)
            },
            .temporaryName: {
                try $0.paramiko(
                    """
                    sftp.put('\($1)', folder + '/.liste.csv')
                    sftp.posix_rename(folder + '/.liste.csv', folder + '/liste.csv')
                    """)
            },
            .makePath: {
                try $0.paramiko(
                    """
                    path = ''
                    for part in folder.strip('/').split('/'):
                        path += '/' + part
                        try:
                            sftp.stat(path)
                        except FileNotFoundError:
                            sftp.mkdir(path)
                    sftp.chdir(folder)
                    sftp.put('\($1)', 'liste.csv')
                    """)
            },
            .keyLogin: {
                try $0.paramiko("sftp.put('\($1)', folder + '/liste.csv')", key: $0.keyFile)
            },
            .resume: {
                try $0.paramiko(
                    """
                    path = folder + '/liste.csv'
                    have = sftp.stat(path).st_size
                    with sftp.open(path, 'r+b') as out, open('\($1)', 'rb') as source:
                        source.seek(have); out.seek(have); out.write(source.read())
                    """)
            },
            .correction: {
                try $0.paramiko(
                    """
                    try:
                        same = sftp.stat(folder + '/liste.csv').st_size == os.path.getsize('\($1)')
                    except FileNotFoundError:
                        same = False
                    if not same: sftp.put('\($1)', folder + '/liste.csv')
                    """)
            },
            .report: {
                try $0.paramiko(
                    """
                    assert '\($1)' in sftp.listdir(folder)
                    sftp.get(folder + '/\($1)', 'copie'); sftp.remove(folder + '/\($1)')
                    """)
            },
            .wrongPassword: { depositor, _ in try depositor.paramiko("", password: "Faux-2026") },
        ])

    static let asyncSSH = MatrixClient(
        "asyncssh",
        [
            .firstUpload: { try $0.asyncssh("await sftp.put('\($1)', folder + '/liste.csv')") },
            .preserve: { try $0.asyncssh("await sftp.put('\($1)', folder + '/liste.csv', preserve=True)") },
            .temporaryName: {
                try $0.asyncssh(
                    """
                    await sftp.put('\($1)', folder + '/liste.csv.new')
                    await sftp.rename(folder + '/liste.csv.new', folder + '/liste.csv')
                    """)
            },
            .makePath: {
                try $0.asyncssh(
                    """
                    await sftp.makedirs(folder, exist_ok=True)
                    await sftp.put('\($1)', folder + '/liste.csv')
                    """)
            },
            .keyLogin: {
                try $0.asyncssh(
                    "await sftp.put('\($1)', folder + '/liste.csv')", login: "client_keys=['\($0.keyFile)']")
            },
            .resume: {
                try $0.asyncssh(
                    """
                    path = folder + '/liste.csv'
                    have = (await sftp.stat(path)).size
                    async with sftp.open(path, 'ab') as out:
                        await out.write(open('\($1)', 'rb').read()[have:])
                    """)
            },
            .correction: {
                try $0.asyncssh(
                    """
                    if not await sftp.exists(folder + '/liste.csv'):
                        await sftp.put('\($1)', folder + '/liste.csv')
                    """)
            },
            .report: {
                try $0.asyncssh(
                    """
                    assert '\($1)' in await sftp.listdir(folder)
                    await sftp.get(folder + '/\($1)', 'copie')
                    await sftp.remove(folder + '/\($1)')
                    """)
            },
            .wrongPassword: { depositor, _ in
                try depositor.asyncssh("pass", login: "password='Faux-2026', client_keys=None")
            },
        ])

    static let phpseclib = MatrixClient(
        "phpseclib 3",
        [
            .firstUpload: { try $0.php("$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE)") },
            .preserve: {
                try $0.php(
                    "($sftp->enableDatePreservation() || true) && "
                        + "$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE)")
            },
            .temporaryName: {
                try $0.php(
                    "$sftp->put('\($0.folder)/liste.csv.part', '\($1)', SFTP::SOURCE_LOCAL_FILE) && "
                        + "$sftp->rename('\($0.folder)/liste.csv.part', '\($0.folder)/liste.csv')")
            },
            .makePath: {
                try $0.php(
                    "($sftp->is_dir('\($0.folder)') || $sftp->mkdir('\($0.folder)', -1, true)) && "
                        + "$sftp->chdir('\($0.folder)') && $sftp->put('liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE)")
            },
            .keyLogin: {
                try $0.php(
                    "$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE)",
                    secret: "PublicKeyLoader::load(file_get_contents('\($0.keyFile)'))")
            },
            .resume: {
                try $0.php(
                    "$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE | SFTP::RESUME_START)")
            },
            .correction: {
                try $0.php("$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE | SFTP::RESUME)")
            },
            .report: {
                try $0.php(
                    "in_array('\($1)', $sftp->nlist('\($0.folder)')) && $sftp->get('\($0.folder)/\($1)', 'copie') && "
                        + "$sftp->delete('\($0.folder)/\($1)')")
            },
            .wrongPassword: { depositor, _ in try depositor.php("true", secret: "'Faux-2026'") },
        ])

    static let netSFTPForeign = MatrixClient(
        "Net::SFTP::Foreign",
        [
            .firstUpload: { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv')") },
            .preserve: {
                try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv', copy_time => 1, copy_perm => 1)")
            },
            .temporaryName: { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv', atomic => 1)") },
            .makePath: {
                try $0.perl("$sftp->mkpath('\($0.folder)') and $sftp->put('\($1)', '\($0.folder)/liste.csv')")
            },
            .keyLogin: { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv')") },
            .resume: { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv', resume => 1)") },
            .correction: { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv', resume => 'auto')") },
            .report: {
                try $0.perl(
                    "(grep { $_ eq '\($1)' } @{$sftp->ls('\($0.folder)', names_only => 1)}) and "
                        + "$sftp->get('\($0.folder)/\($1)', 'copie') and $sftp->remove('\($0.folder)/\($1)')")
            },
        ])

    static let jsch = MatrixClient(
        "JSch 0.1.55",
        [
            .firstUpload: { try $0.jsch(["put", $1, "\($0.folder)/liste.csv"]) },
            .preserve: { try $0.jsch(["put", $1, "\($0.folder)/liste.csv", "touch", "\($0.folder)/liste.csv"]) },
            .temporaryName: {
                try $0.jsch([
                    "put", $1, "\($0.folder)/liste.csv.tmp", "rename", "\($0.folder)/liste.csv.tmp",
                    "\($0.folder)/liste.csv",
                ])
            },
            .makePath: { try $0.jsch(["mkdirs", $0.folder, "put", $1, "\($0.folder)/liste.csv"]) },
            .keyLogin: { try $0.jsch(["put", $1, "\($0.folder)/liste.csv"], secret: "@\($0.pemKey())") },
            .resume: { try $0.jsch(["resume", $1, "\($0.folder)/liste.csv"]) },
            .correction: { try $0.jsch(["resume", $1, "\($0.folder)/liste.csv"]) },
            .report: {
                let path = "\($0.folder)/\($1)"
                return try $0.jsch(["ls", $0.folder, $1, "get", path, "copie", "rm", path])
            },
            .wrongPassword: { try $0.jsch(["put", $1, "\($0.folder)/liste.csv"], secret: "Faux-2026") },
        ])
}
