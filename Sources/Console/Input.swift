internal import Foundation
internal import LinuxSystem

/// What a command is given to read: a file, or standard input as `-`.
package struct Input {
    package let path: String
    private let descriptor: SharedDescriptor

    /// Opens the file without reading it.
    ///
    /// - Throws: ``Failure`` of kind `input`, with the reason.
    package init(path: String) throws {
        let raw = path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw Failure.input("\(path): \(String(cString: strerror(errno)))") }
        self.path = path
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
    }

    /// The bytes of a file.
    ///
    /// - Throws: ``Failure`` of kind `input`, with the reason.
    package static func bytes(of path: String) throws -> [UInt8] { try Input(path: path).bytes() }

    /// The bytes, from where the last reading ended.
    ///
    /// - Throws: ``Failure`` of kind `input`, with the reason.
    package func bytes() throws -> [UInt8] {
        let raw = descriptor.raw
        var size = 1 << 16
        if let status = try? fileStatus(of: raw), status.isRegular { size = Int(clamping: status.size) + 1 }
        var bytes: [UInt8] = []
        while true {
            var code: CInt = 0
            let part = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                let got = read(raw, buffer.baseAddress, buffer.count)
                code = got < 0 ? errno : 0
                count = max(0, got)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw Failure.input("\(path): \(String(cString: strerror(code)))") }
            guard !part.isEmpty else { return bytes }
            if bytes.isEmpty { bytes = part } else { bytes += part }
            size = 1 << 16
        }
    }

    package static func text(of path: String) throws -> String {
        guard let text = String(validating: try bytes(of: path), as: UTF8.self) else {
            throw Failure.input("\(path): not UTF-8 text")
        }
        return text
    }
}
