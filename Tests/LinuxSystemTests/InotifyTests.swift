import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct InotifyTests {
    /// All events until one satisfies the condition.
    private func events(_ inotify: Inotify, until last: (InotifyEvent) -> Bool) throws -> [InotifyEvent] {
        var all: [InotifyEvent] = []
        _ = try eventually {
            all += try inotify.read()
            return all.contains(where: last)
        }
        return all
    }

    @Test func `what happens in a folder is told by name`() throws {
        let test = try TestFolder()
        let inotify = try Inotify()
        #expect(try inotify.read() == [])
        let watch = try inotify.watch(test.path)
        try test.write("a", [1])
        try test.folder.rename([UInt8]("a"), to: test.folder, [UInt8]("b"), replace: false)
        try test.folder.remove([UInt8]("b"))
        let all = try events(inotify) { $0.mask.contains(.deleted) }
        let told = all.map { "\(String(decoding: $0.name, as: UTF8.self)) \($0.mask.rawValue)" }
        #expect(all.allSatisfy { $0.watch == watch })
        #expect(told == ["a 256", "a 8", "a 64", "b 128", "b 512"])
    }

    @Test func `a folder that goes away is told, and its watch ends`() throws {
        let test = try TestFolder()
        let inotify = try Inotify()
        _ = try test.folder.subfolder("inner", create: true)
        _ = try inotify.watch(test.path + "/inner")
        #expect(rmdir(test.path + "/inner") == 0)
        let all = try events(inotify) { $0.mask.contains(.ignored) }
        #expect(all.contains { $0.mask.contains(.selfDeleted) && $0.name.isEmpty })
    }

    @Test func `only folders are watched`() throws {
        let test = try TestFolder()
        try test.write("a")
        let inotify = try Inotify()
        #expect(throws: Errno.notDirectory) { _ = try inotify.watch(test.path + "/a") }
        #expect(throws: Errno.noSuchFileOrDirectory) { _ = try inotify.watch(test.path + "/none") }
    }
}
