import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct FileIOTests {
    @Test(arguments: [0, 1, 4095, 4096, 300_000])
    func `a file is read whole, up to its limit`(size: Int) throws {
        let test = try TestFolder()
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try test.write("a", content)
        let file = try test.folder.open([UInt8]("a"), O_RDONLY)
        #expect(try FileIO.readAll(file.raw, limit: size) == content)
        if size > 0 {
            #expect(throws: Errno.fileTooLarge) { _ = try FileIO.readAll(file.raw, limit: size - 1) }
        }
    }

    @Test func `a file whose size says 0 is read to its end, up to the limit`() throws {
        let raw = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
        let file = Descriptor(adopting: raw)
        #expect(try FileIO.readAll(file.raw, limit: 1 << 20).count > 100)
        #expect(throws: Errno.fileTooLarge) { _ = try FileIO.readAll(file.raw, limit: 100) }
    }

    @Test func `a hole is found where bytes are missing`() throws {
        let test = try TestFolder()
        try test.write("a", Array(repeating: 1, count: 1 << 20))
        let file = try test.folder.open([UInt8]("a"), O_RDWR)
        #expect(try FileIO.nextHole(file.raw) == 1 << 20)
        try FileIO.write(file.raw, [1], offset: 4 << 20)
        #expect(try FileIO.nextHole(file.raw) == 1 << 20)
        try FileIO.truncate(file.raw, 1 << 20)
        #expect(try FileIO.nextHole(file.raw) == 1 << 20)
        #expect(try fileStatus(of: file.raw).size == 1 << 20)
    }

    @Test(arguments: [nil, 0, 1, 700_000, 2_000_000] as [Int64?])
    func `a copy is equal, up to its limit`(limit: Int64?) throws {
        let test = try TestFolder()
        let content = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try test.write("a", content)
        let source = try test.folder.open([UInt8]("a"), O_RDONLY)
        let target = try test.folder.open([UInt8]("b"), O_RDWR | O_CREAT)
        let expected = Array(content.prefix(Int(limit ?? .max)))
        #expect(try FileIO.copy(from: source.raw, to: target.raw, limit: limit) == expected.count)
        #expect(try test.read("b") == expected)
    }

    @Test func `a copy between file systems is made by hand`() throws {
        let test = try TestFolder()
        // procfs never takes part in copy_file_range.
        let source = Descriptor(adopting: open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC))
        let target = try test.folder.open([UInt8]("b"), O_RDWR | O_CREAT)
        let copied = try FileIO.copy(from: source.raw, to: target.raw)
        #expect(copied > 0)
        #expect(try test.read("b") == FileIO.readAll(source.raw, limit: 1 << 20))
    }

    @Test func `a lease is refused while somebody writes, in this process too`() throws {
        let test = try TestFolder()
        try test.write("a", [1])
        do {
            let reader = try test.folder.open([UInt8]("a"), O_RDONLY)
            do {
                let writer = try test.folder.open([UInt8]("a"), O_WRONLY)
                #expect(try FileIO.tryReadLease(reader.raw) == false)
                _ = writer.raw
            }
            #expect(try FileIO.tryReadLease(reader.raw))
            _ = consume reader
        }
        _ = try test.folder.open([UInt8]("a"), O_WRONLY).raw
    }

    @Test func `breaking a lease harms nobody`() throws {
        let test = try TestFolder()
        try test.write("a", [1])
        do {
            let reader = try test.folder.open([UInt8]("a"), O_RDONLY)
            #expect(try FileIO.tryReadLease(reader.raw))
            // The opening that breaks the lease does not wait, and the signal that it causes does not end this process.
            #expect(throws: Errno.resourceTemporarilyUnavailable) {
                _ = try test.folder.open([UInt8]("a"), O_WRONLY).raw
            }
            _ = consume reader
        }
        _ = try test.folder.open([UInt8]("a"), O_WRONLY).raw
    }

    @Test func `an atomic write replaces the file and leaves nothing else`() throws {
        let test = try TestFolder()
        let staging = try test.folder.subfolder("staging", create: true)
        try FileIO.writeAtomically(test.folder, [UInt8]("a"), [1])
        try FileIO.writeAtomically(test.folder, [UInt8]("a"), [2, 3], by: staging)
        #expect(try test.read("a") == [2, 3])
        #expect(try test.names() == ["a", "staging"])
        #expect(try staging.list() == [])
        #expect(try test.folder.status([UInt8]("a")).permissions == 0o600)
    }

    @Test func `an atomic write that fails leaves nothing`() throws {
        let test = try TestFolder()
        _ = try test.folder.subfolder("a", create: true)
        #expect(throws: Errno.self) { try FileIO.writeAtomically(test.folder, [UInt8]("a"), [1]) }
        #expect(try test.names() == ["a"])
    }
}
