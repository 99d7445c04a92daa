import Foundation
import Testing

@testable import Credentials

/// The host keys stay the daemon's: a session has none to lose, whoever has taken it over.
@Suite struct KeyTheftTests {
    /// A piece of a key, and how it would lie in memory: as it is written, or as libcrypto's numbers are, backwards.
    private struct Piece {
        let name: String
        let bytes: [UInt8]

        init(_ name: String, _ number: [UInt8], backwards: Bool = false) {
            self.name = name
            let middle = Array(number.dropFirst(8).prefix(16))
            bytes = backwards ? Array(middle.reversed()) : middle
        }
    }

    /// Host keys of all kinds, made by a daemon's first start.
    private func pieces(of instance: Instance) throws -> (secret: [Piece], open: [Piece]) {
        var secret: [Piece] = []
        var open: [Piece] = []
        func add(_ name: String, _ numbers: [UInt8]...) {
            for (index, number) in numbers.enumerated() {
                secret.append(Piece("\(name)-\(index)", number))
                secret.append(Piece("\(name)-\(index)-backwards", number, backwards: true))
            }
        }
        for kind in ["ed25519", "ecdsa", "rsa"] {
            let file = instance.state.appending(path: "host_keys/ssh_host_\(kind)_key")
            let (blob, half) = try OpenSSHKeyFile.read([UInt8](try Data(contentsOf: file)))
            switch half {
            case .ed25519(let seed):
                add(kind, seed)
                open.append(Piece("ed25519-public", Array(blob.suffix(32))))
            case .ecdsa(let number): add(kind, number)
            case .rsa(let exponent, let coefficient, let p, let q): add(kind, exponent, coefficient, p, q)
            }
            // The file's own words, wherever a copy of it may lie.
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            secret.append(Piece("\(kind)-file", Array(String(lines.dropLast(2).last ?? "").utf8)))
        }
        return (secret, open)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    @Test func `an intruder finds no private key in a session's memory, before and after a login`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        instance.stop()
        let (secret, open) = try pieces(of: instance)
        #expect(secret.count == 15 && secret.allSatisfy { $0.bytes.count == 16 })

        // What is looked for is masked: it must not be found where it is written.
        let folder = instance.folder.appending(path: "hostile")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let needles = (secret + open).map { "\($0.name) \(hexadecimal($0.bytes.map { $0 ^ 0xA5 }))" }
        try needles.joined(separator: "\n").write(
            to: folder.appending(path: "needles"), atomically: true, encoding: .utf8)
        let program = folder.appending(path: "collecteur-session")
        try FileManager.default.copyItem(at: Instance.programs.appending(path: "hostile-session"), to: program)
        instance.environment["COLLECTEUR_SESSION"] = program.path
        try instance.start()
        let result = try depositor.ssh(["-s", "sftp"])
        #expect(!result.errors.contains("Permission denied"), "\(result)")
        // It looks everywhere: what every client is told is found.
        #expect(instance.logs("session.complaint", "before login", "found [ed25519-public]"), "\(instance.log)")
        #expect(instance.logs("session.complaint", "after login", "found [ed25519-public]"), "\(instance.log)")
    }

    /// The same from outside, in the program as it is installed, its template included. Only root may look there.
    @Test(.enabled(if: getuid() == 0, "only root may look there"))
    func `neither a template nor a session has a private key`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        let (secret, open) = try pieces(of: instance)
        let result = try depositor.packets(
            """
            import os, socket
            secret, public = [[bytes.fromhex(piece) for piece in pieces.split()] for pieces in (
                '\(secret.map { hexadecimal($0.bytes) }.joined(separator: " "))',
                '\(open.map { hexadecimal($0.bytes) }.joined(separator: " "))')]
            def memory(pid):
                with open('/proc/%d/maps' % pid) as maps, open('/proc/%d/mem' % pid, 'rb') as mem:
                    for line in maps:
                        start, end = (int(number, 16) for number in line.split()[0].split('-'))
                        if line.split()[1][0] != 'r' or '[v' in line: continue
                        try:
                            mem.seek(start)
                            yield mem.read(end - start)
                        except OSError:
                            pass  # given back since the map was read
            daemon = int(open('\(instance.state.appending(path: "lock").path)').read())
            def named(name):
                found = subprocess.run(['pgrep', '-P', str(daemon), '-x', name], capture_output=True, text=True)
                assert found.returncode in (0, 1), found
                return [int(pid) for pid in found.stdout.split()]
            with socket.create_connection(('127.0.0.1', port)) as silent:
                assert silent.recv(4) == b'SSH-'
                templates, sessions = named('collecteur-tmpl'), named('collecteur-sess')
                assert len(templates) == 1 and len(sessions) == 2, (templates, sessions)
                for pid in templates + sessions:
                    parts = list(memory(pid))
                    assert sum(map(len, parts)) > 1 << 20
                    assert all(any(piece in part for part in parts) for piece in public), pid
                    assert not [piece.hex() for piece in secret if any(piece in part for part in parts)], pid
                parts = list(memory(daemon))
                assert any(piece in part for piece in secret for part in parts)
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
    }
}
