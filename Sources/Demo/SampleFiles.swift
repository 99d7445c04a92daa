internal import Qualiopi

/// Made-up organisations and the files that a certifier could deposit about them.
struct SampleFiles {
    private static let header = RegistryCSV.header
    private static let count = 12

    private let today: CivilDate

    init(today: CivilDate) {
        self.today = today
    }

    /// The OF list, in the simple form. The last organisation has moved: it has a former NDA.
    var reference: String {
        "NDA;SIREN;ndaPrecedents\n"
            + (1...SampleFiles.count).map { number in
                "\(SampleFiles.nda(number));\(SampleFiles.siren(number));\(number == SampleFiles.count ? SampleFiles.formerNDA : "")\n"
            }.joined()
    }

    /// Every line is right.
    var good: String { file((1...SampleFiles.count).map { line($0) }) }

    /// Two lines are rejected: an NDA that nobody has, and a former one.
    var partial: String {
        var lines = (1...SampleFiles.count).map { line($0) }
        lines[4] = line(5, nda: "11999999975")
        lines[11] = line(12, nda: SampleFiles.formerNDA)
        return file(lines)
    }

    /// The file is refused: an organisation without a certification, and a date in another format.
    var refused: String {
        var lines = (1...SampleFiles.count).map { line($0) }
        lines[7] = line(8, categories: "NON;NON;NON;NON")
        lines[9] = line(10, end: today.adding(years: 2).iso)
        return file(lines)
    }

    private func file(_ lines: [String]) -> String {
        ([SampleFiles.header] + lines).joined(separator: "\r\n") + "\r\n"
    }

    private func line(
        _ number: Int, nda: String? = nil, categories: String = "OUI;NON;NON;NON", end: String? = nil
    ) -> String {
        [
            nda ?? SampleFiles.nda(number), SampleFiles.siren(number), categories,
            today.adding(days: -30 * number).french,
            end ?? today.adding(years: 3).adding(days: -30 * number).french,
        ].joined(separator: ";")
    }

    private static let formerNDA = "84691234569"

    private static func nda(_ number: Int) -> String { "1175\(51_600 + number * 13)75" }

    private static func siren(_ number: Int) -> String { String(343_506_333 + number * 1_000_003) }
}
