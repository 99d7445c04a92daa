import Glibc

/// What the intruder knows when it begins.
struct Stolen {
    var token: [UInt8] = []
    var deposit: UInt64 = 0
    var key: [UInt8] = []
    var code = ""
    var nda = ""
    var email = ""
    /// Of a public key.
    var fingerprint = ""
    /// Files of the daemon.
    var files: [String] = []
    /// What only the other's pages say.
    var marks: [String] = []

    /// While files can still be read.
    static func read() -> Stolen {
        var stolen = Stolen()
        // Its first argument is no path.
        var path = [CChar](repeating: 0, count: 4096)
        guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else { return stolen }
        let program = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for line in lines("\(folder.joined(separator: "/"))/stolen") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { continue }
            let value = String(words[1])
            switch words[0] {
            case "token": stolen.token = bytes(value)
            case "deposit": stolen.deposit = UInt64(value) ?? 0
            case "key": stolen.key = bytes(value)
            case "code": stolen.code = value
            case "nda": stolen.nda = value
            case "email": stolen.email = value
            case "fingerprint": stolen.fingerprint = value
            case "file": stolen.files.append(value)
            case "mark": stolen.marks.append(value)
            default: break
            }
        }
        return stolen
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var text: [UInt8] = []
        while true {
            let byte = fgetc(file)
            if byte == EOF { break }
            text.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}
