/// Paths as clients write them.
enum ClientPath {
    /// The absolute path that a client's path means: `//`, `.` and `..` resolved by the letters alone and clamped at `/`.
    ///
    /// The account's home is `/`, so that a relative path and an absolute one are the same.
    static func normalise(_ path: [UInt8]) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: UInt8(ascii: "/")) {
            switch segment {
            case [UInt8(ascii: ".")]: continue
            case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        return [UInt8(ascii: "/")] + segments.joined(separator: [UInt8(ascii: "/")])
    }
}
