/// The line that `ls -l` prints for a file, in the C locale: FileZilla and others parse it.
///
/// Source: draft-ietf-secsh-filexfer-02 §7.
enum LongName {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
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
        let days = seconds / 86_400
        // http://howardhinnant.github.io/date_algorithms.html#civil_from_days
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let time = seconds % 86_400
        let recent = abs(now - seconds) < halfYear
        let last = recent ? "\(two(time / 3600)):\(two(time % 3600 / 60))" : " \(year)"
        return "\(months[Int(month - 1)]) \(left(String(day), 2)) \(last)"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
