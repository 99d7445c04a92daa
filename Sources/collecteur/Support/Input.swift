import Foundation

/// Reads what a command is given: a file, or standard input as `-`.
enum Input {
    /// The bytes of a file.
    ///
    /// - Throws: ``Failure`` of kind `input`, with the reason.
    static func bytes(of path: String) throws -> [UInt8] {
        let raw = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw Failure.input("\(path): \(String(cString: strerror(errno)))") }
        defer { if raw != 0 { close(raw) } }
        var status = stat()
        var size = 1 << 16
        if fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG { size = Int(status.st_size) + 1 }
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

    static func text(of path: String) throws -> String {
        guard let text = String(validating: try bytes(of: path), as: UTF8.self) else {
            throw Failure.input("\(path): not UTF-8 text")
        }
        return text
    }
}
