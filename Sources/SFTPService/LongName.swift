import LinuxSystem

/// The line that `ls -l` prints for a file, in the C locale: FileZilla and others parse it.
///
/// Source: draft-ietf-secsh-filexfer-02 §7.
enum LongName {
    private static let halfYear: Int64 = 182 * 86_400

    /// - `modified`: Seconds since 1970; shown in UTC.
    /// - `now`: Seconds since 1970: an older file is shown with its year.
    static func format(
        name: [UInt8], size: UInt64, isFolder: Bool, permissions: UInt32, modified: UInt32, now: Int64
    ) -> [UInt8] {
        let line =
            "\(isFolder ? "d" : "-")\(bits(permissions)) \(isFolder ? "   3" : "   1") depot    depot    "
            + "\(left(String(size), 8)) \(date(Int64(modified), now)) "
        return Array(line.utf8) + name
    }

    private static func bits(_ permissions: UInt32) -> String {
        String((0..<9).map { (permissions >> (8 - UInt32($0))) & 1 == 1 ? Character(["r", "w", "x"][$0 % 3]) : "-" })
    }

    private static func date(_ seconds: Int64, _ now: Int64) -> String {
        let time = UTCTime(secondsSinceEpoch: Int(seconds))
        let last = abs(now - seconds) < halfYear ? time.hourAndMinute : " \(time.year)"
        return "\(time.monthName) \(left(String(time.day), 2)) \(last)"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
