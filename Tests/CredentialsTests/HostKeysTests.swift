import Foundation
import Testing

@testable import Credentials

@Suite struct HostKeysTests {
    @Test func `keys are made once, private, in the form that ssh-keygen reads`() throws {
        let folder = try Folder()
        let made = try HostKeys.loadOrMake(folder: folder.path)
        #expect(made.keys.map(\.type) == ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
        #expect(made.keys.map(\.isNew) == [true, true, true])
        for key in made.keys {
            let attributes = try FileManager.default.attributesOfItem(atPath: key.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            // What ssh-keygen computes from the private half is what the public file says.
            let computed = try run("/usr/bin/ssh-keygen", "-y", "-f", key.path)
            let stored = try String(contentsOfFile: key.path + ".pub", encoding: .utf8)
            #expect(computed.split(separator: " ").prefix(2) == stored.split(separator: " ").prefix(2))
            #expect(try run("/usr/bin/ssh-keygen", "-l", "-f", key.path).contains(key.fingerprint))
        }
        let again = try HostKeys.loadOrMake(folder: folder.path)
        #expect(again.keys.map(\.fingerprint) == made.keys.map(\.fingerprint))
        #expect(again.keys.map(\.isNew) == [false, false, false])
    }

    @Test func `a key that others may read is refused and left alone`() throws {
        let folder = try Folder()
        let path = try #require(try HostKeys.loadOrMake(folder: folder.path).keys.first?.path)
        let before = try Data(contentsOf: URL(filePath: path))
        chmod(path, 0o640)
        #expect(throws: HostKeyError.self) { try HostKeys.load(paths: [path]) }
        #expect(throws: HostKeyError.self) { try HostKeys.loadOrMake(folder: folder.path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test func `an encrypted, a foreign and a damaged key are told apart`() throws {
        let folder = try Folder()
        let encrypted = folder.path + "/encrypted", pem = folder.path + "/pem", damaged = folder.path + "/damaged"
        _ = try run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", encrypted)
        _ = try run("/usr/bin/ssh-keygen", "-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", pem)
        let whole = try GeneratedHostKey.make(.ed25519, comment: "")
        let encryptedBytes = [UInt8](try Data(contentsOf: URL(filePath: encrypted)))
        let pemBytes = [UInt8](try Data(contentsOf: URL(filePath: pem)))
        #expect(throws: OpenSSHKeyFileError.encrypted) { try OpenSSHKeyFile.read(encryptedBytes) }
        #expect(throws: OpenSSHKeyFileError.notOpenSSH) { try OpenSSHKeyFile.read(pemBytes) }
        #expect(throws: OpenSSHKeyFileError.damaged) {
            try OpenSSHKeyFile.read(Array(whole.privateFile.prefix(100)))
        }
        #expect(FileManager.default.createFile(atPath: damaged, contents: nil, attributes: [.posixPermissions: 0o600]))
        #expect(throws: HostKeyError.self) { try HostKeys.load(paths: [damaged]) }
    }

    @Test func `two keys of one type are refused`() throws {
        let folder = try Folder()
        let path = try #require(try HostKeys.loadOrMake(folder: folder.path).keys.first?.path)
        #expect(throws: HostKeyError.self) { try HostKeys.load(paths: [path, path]) }
        #expect(try HostKeys.load(paths: [path]).keys.count == 1)
    }

    /// A folder of one test, removed with it.
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            chmod(path, 0o700)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}
