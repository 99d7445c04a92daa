import Foundation

/// Deposit files and OF lists made for the tests: organisation `i` has always the same NDA and SIREN.
enum SampleList {
    static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"

    static func nda(_ index: Int) -> String { "11" + padded(index, 9) }
    static func siren(_ index: Int) -> String { padded(300_000_000 + index, 9) }

    /// A line that every control accepts today and for years to come.
    static func line(_ index: Int, nda: String? = nil, categories: String = "OUI;NON;NON;NON") -> String {
        "\(nda ?? Self.nda(index));\(siren(index));\(categories);\(date(years: -1));\(date(years: 2))"
    }

    static func file(_ lines: [String]) -> String { ([header] + lines).joined(separator: "\r\n") + "\r\n" }
    static func good(_ count: Int) -> String { file((0..<count).map { line($0) }) }

    /// One line whose NDA the OF list doesn't have: rejected, the others integrated.
    static func partial(_ count: Int) -> String {
        file((0..<count - 1).map { line($0) } + [line(count - 1, nda: nda(999_999_999))])
    }

    /// One line without any certification: the whole file is refused.
    static func refused(_ count: Int) -> String {
        file((0..<count - 1).map { line($0) } + [line(count - 1, categories: "NON;NON;NON;NON")])
    }

    static func reference(_ count: Int) -> String {
        "NDA;SIREN\n" + (0..<count).map { "\(nda($0));\(siren($0))\n" }.joined()
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The same in the whole run, so that a list stays what it is when midnight passes.
    private static let today = Date()

    private static func date(years: Int) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt
        let day = calendar.date(byAdding: .year, value: years, to: today) ?? today
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        return "\(padded(parts.day ?? 1, 2))/\(padded(parts.month ?? 1, 2))/\(padded(parts.year ?? 2026, 4))"
    }
}
