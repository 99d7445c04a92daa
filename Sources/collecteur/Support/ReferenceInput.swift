import Daemon
import Foundation
import Qualiopi

/// An OF list read from a file.
struct ReferenceInput {
    let reading: ReferenceReading
    let sha256: String
    let name: String

    /// - Throws: ``Failure`` of kind `input` when the file can't be read or is no OF list.
    init(path: String, progress: ((_ done: Int, _ of: Int) -> Void)? = nil) throws {
        let bytes = try Input.bytes(of: path)
        do {
            reading = try bytes.withUnsafeBytes { buffer in
                try ReferenceFile.read(buffer, progress: progress.map { report in { report($0, buffer.count) } })
            }
        } catch let error as ReferenceFileError {
            throw Failure.input("\(path): \(error)")
        }
        sha256 = SHA256.hexadecimal(SHA256.hash(bytes))
        name = path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The list, called by its file's name and the beginning of its hash.
    var list: ReferenceList {
        var list = ReferenceList(entries: reading.entries)
        list.version = "\(name) (\(sha256.prefix(12)))"
        return list
    }
}
