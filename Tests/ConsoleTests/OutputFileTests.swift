import Foundation
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Console

struct OutputFileTests {
    @Test func `a file takes the place of another as a whole, or not at all`() throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("liste.csv").path
        let state = StateDirectory(path: folder.appending("state").path)
        for text in ["vieux", "neuf"] {
            try OutputFile.write(Array(text.utf8), to: path, sparing: state)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try OutputFile.write([1], to: folder.url.path + "/non/liste.csv", sparing: state)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["liste.csv"])
    }

    @Test func `who could read the former file can read the new one`() throws {
        let folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        let path = folder.appending("liste.csv").path
        try OutputFile.write(Array("vieux".utf8), to: path, sparing: state)
        try #require(chmod(path, 0o664) == 0)
        if geteuid() == 0 { try #require(chown(path, 33, 33) == 0) }
        try OutputFile.write(Array("neuf".utf8), to: path, sparing: state)
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o664)
        if geteuid() == 0 { #expect(status.st_uid == 33 && status.st_gid == 33) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "neuf")
    }

    @Test func `a device, a pipe or a link is not replaced by a file`() throws {
        let folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        let (pipe, link, target) = (
            folder.appending("tube").path, folder.appending("lien").path, folder.appending("liste.csv").path
        )
        try #require(mkfifo(pipe, 0o600) == 0)
        // Both ends at once: neither side's opening waits for the other.
        let reader = try FileDescriptor.open(pipe, .readWrite)
        defer { try? reader.close() }
        try OutputFile.write(Array("par le tube".utf8), to: pipe, sparing: state)
        var read = [UInt8](repeating: 0, count: 100)
        let count = try read.withUnsafeMutableBytes { try reader.read(into: $0) }
        #expect(String(decoding: read.prefix(count), as: UTF8.self) == "par le tube")

        try OutputFile.write(Array("vieux".utf8), to: target, sparing: state)
        try #require(symlink(target, link) == 0)
        try OutputFile.write(Array("neuf".utf8), to: link, sparing: state)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "neuf")

        // The device's own name is beside the point: a link to it is led through like the device, and stays.
        let null = folder.appending("null").path
        try #require(symlink("/dev/null", null) == 0)
        try OutputFile.write([1], to: null, sparing: state)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: null) == "/dev/null")
        // What the shell has opened with >> is added to.
        let opened = try FileDescriptor.open(target, .writeOnly, options: .append)
        defer { try? opened.close() }
        try OutputFile.write(Array(", et la suite".utf8), to: "/proc/self/fd/\(opened.rawValue)", sparing: state)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "neuf, et la suite")
        let dangling = folder.appending("nulle part").path
        try #require(symlink(folder.appending("absent").path, dangling) == 0)
        #expect(throws: Failure.self) { try OutputFile.write([1], to: dangling, sparing: state) }
        #expect(throws: Errno.isDirectory) { try OutputFile.write([1], to: folder.url.path, sparing: state) }
    }

    @Test func `a link into the service's own folder is refused like the folder`() throws {
        let folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        try FileManager.default.createDirectory(atPath: state.path, withIntermediateDirectories: false)
        let (database, link) = (state.path + "/collecteur.sqlite", folder.appending("lien").path)
        try Data("la base".utf8).write(to: URL(filePath: database))
        try #require(symlink(database, link) == 0)
        #expect(throws: Failure.self) { try OutputFile.write([1], to: link, sparing: state) }
        #expect(try String(contentsOfFile: database, encoding: .utf8) == "la base")
    }

    @Test func `input is read as text or refused with its name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("texte").path
        try Data("à lire".utf8).write(to: URL(filePath: path))
        #expect(try Input.text(of: path) == "à lire")
        try Data([0xff, 0xfe]).write(to: URL(filePath: path))
        #expect { try Input.text(of: path) } throws: { "\($0)" == "\(path): not UTF-8 text" }
        #expect { try Input.bytes(of: path + "x") } throws: { "\($0)".contains("No such file") }
    }
}
