import Foundation
import Testing

/// A real file system of a few megabytes for the state of an instance.
enum SmallDisk {
    /// They are memory, some hundred megabytes each, and there may be as many tests as cores.
    private static let places = DispatchSemaphore(value: 2)

    static let cannot: Comment = "mounting a file system is not permitted here"

    static let canMount: Bool = {
        let place = FileManager.default.temporaryDirectory.appending(path: "collecteur-mount-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        guard runs(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place.path]) else { return false }
        return runs(["umount", place.path])
    }()

    /// Whether there are loop devices, for a disk that fails behind its file system.
    static let hasLoops: Bool = canMount && runs(["losetup", "-f"])

    private static func runs(_ arguments: [String]) -> Bool {
        guard let process = try? Process.run(URL(filePath: "/usr/bin/env"), arguments: arguments) else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// The state of an instance on a tmpfs of its own. `fill` leaves so many megabytes free on it; less than 0 frees all.
    static func with(
        _ instance: Instance, megabytes: Int, _ body: (_ fill: (_ leave: Int) throws -> Void) throws -> Void
    ) throws {
        places.wait()
        defer { places.signal() }
        try FileManager.default.createDirectory(at: instance.state, withIntermediateDirectories: true)
        let mounted = try instance.run(
            ["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", instance.state.path])
        try #require(mounted.succeeded, "\(mounted)")
        defer {
            instance.stop()
            _ = try? instance.run(["umount", "-l", instance.state.path])
        }
        try body { leave in try fill(instance, instance.state, leave) }
    }

    /// The state of an instance on an ext4 whose disk has less room than the file system believes: once somebody has filled
    /// the folder that the body is given, writes still succeed, and syncs fail.
    static func breaking(_ instance: Instance, _ body: (_ room: URL) throws -> Void) throws {
        places.wait()
        defer { places.signal() }
        let disk = instance.folder.appending(path: "disk")
        for folder in [disk, instance.state] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let made = try instance.run([
            "sh", "-ec",
            """
            mount -t tmpfs -o size=100m,mode=700 tmpfs "$1"
            truncate -s 1G "$1/image"; mkfs.ext4 -q -E nodiscard "$1/image"; mount -o loop "$1/image" "$2"
            """, "sh", disk.path, instance.state.path,
        ])
        try #require(made.succeeded, "\(made)")
        defer {
            instance.crash()
            _ = try? instance.run(["sh", "-c", "umount \"$2\"; umount -l \"$1\"", "sh", disk.path, instance.state.path])
        }
        try body(disk)
    }

    private static func fill(_ instance: Instance, _ folder: URL, _ leave: Int) throws {
        let size = try instance.run([
            "sh", "-c",
            """
            rm -f "$1"; left=$(df --output=avail -B1 "$2" | tail -1); [ "$3" -lt 0 ] && exit 0
            head -c $((left - $3 * 1048576)) /dev/zero >"$1" || true
            """, "sh", folder.appending(path: "filler").path, folder.path, "\(leave)",
        ])
        try #require(size.succeeded, "\(size)")
    }
}
