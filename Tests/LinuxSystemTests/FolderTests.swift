import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct FolderTests {
    @Test(arguments: [
        "../secret", "..", "/etc/passwd", "inner/../../secret", "link", "linkedFolder/secret", "inner/link", "./../x",
        "/proc/self/exe",
    ])
    func `a name that leads outside opens nothing`(name: String) throws {
        let outside = try TestFolder()
        try outside.write("secret", [1])
        let test = try TestFolder()
        let inner = try test.folder.subfolder("inner", create: true)
        symlink(outside.path + "/secret", test.path + "/link")
        symlink(outside.path, test.path + "/linkedFolder")
        symlink("../../secret", test.path + "/inner/link")
        _ = inner
        let error = #expect(throws: Errno.self) { _ = try test.folder.open([UInt8](name), O_RDONLY).raw }
        // ".." and absolute paths: EXDEV; links: ELOOP; a folder as such: EISDIR.
        #expect([.improperLink, .tooManySymbolicLinkLevels, .isDirectory].contains(error))
        #expect(throws: Errno.self) {
            _ = try test.folder.open([UInt8](name), O_WRONLY | O_CREAT | O_TRUNC).raw
        }
        #expect(try outside.read("secret") == [1])
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\0b"])
    func `what is not one entry's name is refused`(name: String) throws {
        let test = try TestFolder()
        try test.write("a")
        let bytes = [UInt8](name)
        #expect(throws: Errno.invalidArgument) { try test.folder.remove(bytes) }
        #expect(throws: Errno.invalidArgument) { _ = try test.folder.subfolder(bytes, create: true) }
        #expect(throws: Errno.invalidArgument) {
            try test.folder.rename(bytes, to: test.folder, [UInt8]("b"), replace: true)
        }
        #expect(throws: Errno.invalidArgument) {
            try test.folder.rename([UInt8]("a"), to: test.folder, bytes, replace: true)
        }
        #expect(try test.names() == ["a"])
    }

    @Test func `a NUL byte does not cut a name`() throws {
        let test = try TestFolder()
        try test.write("a")
        #expect(throws: Errno.invalidArgument) { _ = try test.folder.open([UInt8]("a\0b"), O_RDONLY).raw }
        #expect(throws: Errno.invalidArgument) { _ = try test.folder.status([UInt8]("a\0b")) }
    }

    @Test func `only regular files are opened, and a FIFO makes nobody wait`() throws {
        let test = try TestFolder()
        _ = try test.folder.subfolder("folder", create: true)
        mkfifo(test.path + "/fifo", 0o600)
        #expect(throws: Errno.isDirectory) { _ = try test.folder.open([UInt8]("folder"), O_RDONLY).raw }
        #expect(throws: Errno.notSupported) { _ = try test.folder.open([UInt8]("fifo"), O_RDONLY).raw }
        #expect(throws: Errno.noSuchAddressOrDevice) { _ = try test.folder.open([UInt8]("fifo"), O_WRONLY).raw }
    }

    @Test func `an opened file is close-on-exec and blocking`() throws {
        let test = try TestFolder()
        try test.write("a")
        let file = try test.folder.open([UInt8]("a"), O_RDWR)
        #expect(fcntl(file.raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(file.raw, F_GETFL) & O_NONBLOCK == 0)
        #expect(fcntl(try file.duplicate().raw, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func `a rename replaces only when told to`() throws {
        let test = try TestFolder()
        let other = try test.folder.subfolder("other", create: true)
        try test.write("a", [1])
        try test.write("b", [2])
        #expect(throws: Errno.fileExists) {
            try test.folder.rename([UInt8]("a"), to: test.folder, [UInt8]("b"), replace: false)
        }
        #expect(try test.read("b") == [2])
        try test.folder.rename([UInt8]("a"), to: test.folder, [UInt8]("b"), replace: true)
        #expect(try test.read("b") == [1])
        try test.folder.rename([UInt8]("b"), to: other, [UInt8]("c"), replace: false)
        #expect(try test.names() == ["other"])
        #expect(try other.list() == [[UInt8]("c")])
    }

    @Test func `many threads list at once and each sees everything`() async throws {
        let test = try TestFolder()
        let expected = (0..<300).map { "file-\($0)" }.sorted()
        for name in expected { try test.write(name) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (try? test.names()) == expected }
            }
            for await complete in group { #expect(complete) }
        }
    }

    @Test func `names are bytes, whatever they say`() throws {
        let test = try TestFolder()
        let odd: [UInt8] = [0xFF, 0x0A, 0x1B, 0xC3]
        _ = try test.folder.open(odd, O_WRONLY | O_CREAT | O_EXCL).raw
        #expect(try test.folder.list() == [odd])
        #expect(try test.folder.status(odd).isRegular)
        try test.folder.remove(odd)
        #expect(try test.folder.list() == [])
    }

    @Test func `the status tells what an entry is`() throws {
        let test = try TestFolder()
        try test.write("a", [1, 2, 3])
        symlink("a", test.path + "/link")
        _ = try test.folder.subfolder("folder", create: true)
        let file = try test.folder.status([UInt8]("a"))
        #expect(file.isRegular && !file.isFolder && file.size == 3 && file.links == 1 && file.permissions == 0o600)
        #expect(abs(file.modified.milliseconds - WallClock.nowMilliseconds()) < 60_000)
        #expect(try test.folder.status([UInt8]("folder")).isFolder)
        #expect(try test.folder.status([UInt8]("folder")).permissions == 0o700)
        let link = try test.folder.status([UInt8]("link"))
        #expect(!link.isRegular && !link.isFolder)
        let opened = try test.folder.open([UInt8]("a"), O_RDONLY)
        #expect(try fileStatus(of: opened.raw) == file)
        #expect(throws: Errno.noSuchFileOrDirectory) { _ = try test.folder.status([UInt8]("missing")) }
    }

    @Test func `a modification time can be set, by name and by descriptor`() throws {
        let test = try TestFolder()
        try test.write("a")
        try test.folder.setModified([UInt8]("a"), FileTime(seconds: 1_000_000_000))
        #expect(try test.folder.status([UInt8]("a")).modified == FileTime(seconds: 1_000_000_000))
        let file = try test.folder.open([UInt8]("a"), O_RDWR)
        try FileIO.setModified(file.raw, FileTime(seconds: 2_000_000_000, nanoseconds: 5))
        #expect(try fileStatus(of: file.raw).modified == FileTime(seconds: 2_000_000_000, nanoseconds: 5))
    }

    @Test func `free space is known`() throws {
        let figures = try TestFolder().folder.freeSpace()
        #expect(figures.availableBytes > 0 && figures.availableBytes <= figures.totalBytes)
        #expect(figures.maximumNameLength >= 255)
    }

    @Test func `making what is there opens it`() throws {
        let test = try TestFolder()
        let first = try test.folder.subfolder("state", create: true)
        try FileIO.writeAtomically(first, [UInt8]("a"), [1])
        let second = try test.folder.subfolder("state", create: true)
        #expect(try second.list() == [[UInt8]("a")])
        #expect(throws: Errno.noSuchFileOrDirectory) { _ = try Folder(path: test.path + "/none") }
    }
}
