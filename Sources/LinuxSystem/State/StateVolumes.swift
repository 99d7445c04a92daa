import CLinux
import Glibc
import SystemPackage

/// The folders of a state directory that files are renamed and linked between: they work on one mount of one file system alone.
///
/// Looked at where the daemon starts, by `config check` and by `status`: later each file would fail for itself, and none would say why. What is
/// mounted further down (a former year of the archive) is nobody's outage, and not looked at.
package enum StateVolumes {
    /// What can be renamed into what: the same mount, and the same file system on it (btrfs has several).
    private struct Place: Hashable {
        let mount: String
        let device: UInt64
    }

    /// - Throws: ``StateVolumeError`` with the first folder that is elsewhere. Folders that are missing or can't be looked at are passed over.
    package static func check(_ state: StateDirectory) throws(StateVolumeError) {
        let shared = [state.staging, state.depots, state.processing, state.archive]
        guard let staging = place(of: state.staging) else { return }
        // All of them on another volume, by links, is as good.
        let own = place(of: state.path)
        let wanted = own != nil && shared.contains { place(of: $0) == own } ? own : staging
        for folder in shared {
            guard let found = place(of: folder), found != wanted else { continue }
            throw StateVolumeError(folder: folder, mountPoint: mountPoint(found.mount), state: state.path)
        }
    }

    private static func place(of folder: String) -> Place? {
        let raw = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        defer { close(raw) }
        var status = stat()
        guard fstat(raw, &status) == 0 else { return nil }
        // proc(5): the number of the mount, as in mountinfo. Without /proc the file system alone decides.
        let facts = text(of: "/proc/self/fdinfo/\(raw)").split(separator: "\n")
        let mount = facts.first { $0.hasPrefix("mnt_id:") }?.dropFirst(7).drop { $0 == " " || $0 == "\t" } ?? ""
        return Place(mount: String(mount), device: UInt64(status.st_dev))
    }

    private static func mountPoint(_ mount: String) -> String? {
        for line in text(of: "/proc/self/mountinfo").split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 4, fields[0] == mount { return String(fields[4]) }
        }
        return nil
    }

    private static func text(of path: String) -> String {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return "" }
        defer { close(raw) }
        return String(decoding: (try? FileIO.readAll(raw, limit: 4 << 20)) ?? [], as: UTF8.self)
    }
}

/// A folder of the state directory that files can't be moved to from the others.
package struct StateVolumeError: Error, CustomStringConvertible {
    package let folder: String
    /// Where its file system is mounted; nil where that isn't known.
    package let mountPoint: String?
    let state: String

    package var description: String {
        let mounted = mountPoint.map { $0 == folder ? ", which is a mount of its own" : " (mounted on \($0))" } ?? ""
        return
            "\(folder) is on another file system than the rest of \(state)\(mounted): files can't be moved there. Give \(state) as a whole to one volume: unmount it, copy its files back, or name a folder of that volume in state_directory"
    }
}
