import Console
import Foundation
import LinuxSystem
import Qualiopi

/// An OF list as read from a file or from bytes that came some other way.
struct ReferenceInput {
    let reading: ReferenceReading
    let list: ReferenceList
    let sha256: String
    /// What it is called in reports and listings.
    let name: String

    typealias Progress = (_ done: Int, _ of: Int) -> Void

    /// - Throws: ``Failure`` of kind `input` when the file can't be read, ``ReferenceFileError`` when it is no OF list.
    init(path: String, progress: Progress? = nil) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        try self.init(bytes: try Input.bytes(of: path), name: name, progress: progress)
    }

    /// - Throws: ``ReferenceFileError`` when the bytes are no OF list.
    init(bytes: [UInt8], name: String, progress: Progress? = nil) throws {
        reading = try bytes.withUnsafeBytes { buffer in
            try ReferenceFile.read(buffer, progress: progress.map { report in { report($0, buffer.count) } })
        }
        sha256 = SHA256.hexadecimal(SHA256.hash(bytes))
        self.name = name
        var list = ReferenceList(entries: reading.entries)
        list.version = "\(name) (\(sha256.prefix(12)))"
        self.list = list
    }
}
