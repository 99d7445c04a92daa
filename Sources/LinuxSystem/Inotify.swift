import Glibc
package import SystemPackage

/// What happened to a watched folder; the values are inotify's.
package struct InotifyMask: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let attributes = InotifyMask(rawValue: 0x0000_0004)
    /// A file that was open for writing was closed.
    package static let closedAfterWriting = InotifyMask(rawValue: 0x0000_0008)
    package static let movedFrom = InotifyMask(rawValue: 0x0000_0040)
    package static let movedTo = InotifyMask(rawValue: 0x0000_0080)
    package static let created = InotifyMask(rawValue: 0x0000_0100)
    package static let deleted = InotifyMask(rawValue: 0x0000_0200)
    /// The watched folder itself was removed.
    package static let selfDeleted = InotifyMask(rawValue: 0x0000_0400)
    package static let selfMoved = InotifyMask(rawValue: 0x0000_0800)
    /// Its file system was unmounted.
    package static let unmounted = InotifyMask(rawValue: 0x0000_2000)
    /// Events were lost (watch -1): everything has to be looked at again.
    package static let overflow = InotifyMask(rawValue: 0x0000_4000)
    /// The watch is gone: removed, or the folder deleted or unmounted.
    package static let ignored = InotifyMask(rawValue: 0x0000_8000)
    /// To be asked for: fails with `notDirectory` unless a folder is watched.
    package static let onlyFolder = InotifyMask(rawValue: 0x0100_0000)

    /// What tells that a file of a folder may have become ready, or is gone.
    package static let dropFolder: InotifyMask = [
        .closedAfterWriting, .movedTo, .movedFrom, .created, .deleted, .attributes, .selfDeleted, .selfMoved,
        .onlyFolder,
    ]
}

package struct InotifyEvent: Sendable, Equatable {
    /// The number that ``Inotify/watch(_:mask:)`` gave; -1 for an overflow.
    package var watch: Int32
    package var mask: InotifyMask
    /// The entry of the watched folder; empty if it is the folder itself.
    package var name: [UInt8]
}

/// Watches folders. The C functions are `inotify_init1`, `inotify_add_watch` and `read`.
package final class Inotify: Sendable {
    private let descriptor: SharedDescriptor

    /// Readable when events wait, for a ``Poller`` or `poll`.
    package var raw: CInt { descriptor.raw }

    package init() throws(Errno) {
        let flags = CInt(0x80000 /* IN_CLOEXEC */ | 0x800 /* IN_NONBLOCK */)
        descriptor = SharedDescriptor(Descriptor(adopting: try systemCall { inotify_init1(flags) }))
    }

    /// Watches a folder by path. `noSpace` (ENOSPC) means that the user's watches are used up
    /// (`fs.inotify.max_user_watches`). The same folder again gives the same number.
    package func watch(_ path: String, mask: InotifyMask = .dropFolder) throws(Errno) -> Int32 {
        try systemCall { inotify_add_watch(raw, path, mask.rawValue) }
    }

    /// The events that wait, at most some hundreds at a time; none if there are none. Never waits.
    package func read() throws(Errno) -> [InotifyEvent] {
        var failure: Errno?
        let events = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer -> [InotifyEvent] in
            do throws(Errno) {
                let count = try systemCall { Glibc.read(raw, buffer.baseAddress, buffer.count) }
                return Self.parse(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
            } catch {
                failure = error == .resourceTemporarilyUnavailable ? nil : error
                return []
            }
        }
        if let failure { throw failure }
        return events
    }

    /// struct inotify_event: watch, mask, cookie, length of the name, and the name padded with NUL.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var rest = bytes[...]
        while rest.count >= 16 {
            let header = UnsafeRawBufferPointer(rebasing: rest)
            let watch = header.loadUnaligned(fromByteOffset: 0, as: Int32.self)
            let mask = header.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            let length = Int(header.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            guard length <= rest.count - 16 else { break }
            let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
            events.append(InotifyEvent(watch: watch, mask: InotifyMask(rawValue: mask), name: Array(name)))
            rest = rest.dropFirst(16 + length)
        }
        return events
    }
}
