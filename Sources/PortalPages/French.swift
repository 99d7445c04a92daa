import LinuxSystem
package import PortalProtocol

extension ShownState {
    /// Those that a deposit can have; a period has two more.
    package static let ofDeposits = allCases.filter { $0 != .waiting && $0 != .notDeposited }

    /// The manual's word (4.1.1).
    package var word: String {
        switch self {
        case .waiting: "En attente de dépôt"
        case .running: "En cours"
        case .success: "Succès"
        case .successWithAlerts: "Succès avec alertes"
        case .partial: "Succès partiel"
        case .partialWithAlerts: "Succès partiel avec alertes"
        case .failure: "Échec"
        case .notDeposited: "Non déposé"
        }
    }

    /// The manual's description (4.1.1), to whoever deposits.
    package var sentence: String {
        switch self {
        case .waiting: "Vous n'avez pas encore déposé votre fichier aujourd'hui."
        case .running: "Le dépôt est en cours de validation par le COLLECTEUR. (Cet état est transitoire)"
        case .success: "Le fichier a été intégré en totalité."
        case .successWithAlerts:
            "Le fichier a été intégré en totalité, mais certaines données ont provoqué des alertes qui requièrent votre attention (alertes non bloquantes)."
        case .partial:
            "Le fichier n'a été intégré que partiellement, certaines lignes ont été rejetées et n'ont donc pas été intégrées."
        case .partialWithAlerts:
            "Le fichier n'a été intégré que partiellement, certaines lignes ont été rejetées et n'ont donc pas été intégrées. D'autre part, certaines données ont provoqué des alertes qui requièrent votre attention (alertes non bloquantes)."
        case .failure: "Le fichier n'a pas pu être intégré par le COLLECTEUR."
        case .notDeposited: "Vous n'aviez pas déposé de fichier ce jour."
        }
    }

    /// What is said of a file that was controlled and is no deposit.
    package var prospect: String {
        switch self {
        case .success: "Déposé, le fichier serait intégré en totalité."
        case .successWithAlerts:
            "Déposé, le fichier serait intégré en totalité, mais certaines données provoquent des alertes qui requièrent votre attention (alertes non bloquantes)."
        case .partial:
            "Déposé, le fichier ne serait intégré que partiellement : certaines lignes seraient rejetées et ne seraient donc pas intégrées."
        case .partialWithAlerts:
            "Déposé, le fichier ne serait intégré que partiellement : certaines lignes seraient rejetées et ne seraient donc pas intégrées. D'autre part, certaines données provoquent des alertes qui requièrent votre attention (alertes non bloquantes)."
        case .failure: "Déposé, le fichier ne pourrait pas être intégré par le COLLECTEUR."
        case .waiting, .running, .notDeposited: sentence
        }
    }

    /// For the address: INTERFACES, `?etat=`.
    package var key: StaticString {
        switch self {
        case .waiting: "enAttente"
        case .running: "enCours"
        case .success: "succes"
        case .successWithAlerts: "succesAvecAlertes"
        case .partial: "succesPartiel"
        case .partialWithAlerts: "succesPartielAvecAlertes"
        case .failure: "echec"
        case .notDeposited: "nonDepose"
        }
    }

    package init?(key: String) {
        guard let state = ShownState.allCases.first(where: { "\($0.key)" == key }) else { return nil }
        self = state
    }
}

extension ShownDay {
    /// As in the manual's periods: « 11-08-2021 ».
    package var dashed: String { "\(twoDigits(day))-\(twoDigits(month))-\(four(year))" }
    /// As in the report: « 31/08/2021 ».
    package var slashed: String { "\(twoDigits(day))/\(twoDigits(month))/\(four(year))" }
    /// For the address and for `input type="date"`.
    package var iso: String { "\(four(year))-\(twoDigits(month))-\(twoDigits(day))" }

    /// Reads a day that there is, as in `2026-11-24`, from 1900 on; nil for anything else.
    package init?(iso: String) {
        let parts = iso.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], iso.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = UInt16(parts[0]), let month = UInt8(parts[1]), let day = UInt8(parts[2]), year >= 1900,
            UTCTime.hasDay(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

extension ShownMoment {
    /// As in the manual's table: « 27-08-2021 11:36 ».
    var dashed: String { "\(day.dashed) \(twoDigits(hour)):\(twoDigits(minute))" }
    /// As in the manual's report: « 31/08/2021 17:24 ».
    var slashed: String { "\(day.slashed) \(twoDigits(hour)):\(twoDigits(minute))" }
}

private func four(_ number: UInt16) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

/// The manual's « Du 11-08-2021 au 10-08-2022 ».
func period(_ start: ShownDay, _ end: ShownDay) -> String { "Du \(start.dashed) au \(end.dashed)" }

package enum French {
    /// « 0 ligne », « 1 ligne », « 16 lignes ».
    package static func count(_ number: UInt64, _ singular: String, _ plural: String? = nil) -> String {
        "\(grouped(number)) \(number < 2 ? singular : plural ?? singular + "s")"
    }

    package static func agree(_ number: UInt64, _ singular: String, _ plural: String) -> String {
        number < 2 ? singular : plural
    }

    /// « 10 485 760 », with no-break spaces.
    package static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number).utf8)
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(contentsOf: "\u{202F}".utf8) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// « 1,2 Mo »: in steps of 1 024, as file managers have it, to a tenth.
    package static func size(_ bytes: UInt64) -> String {
        if bytes < 1024 { return count(bytes, "octet") }
        if bytes < 1_048_576 { return "\(tenths(bytes, 1024)) Ko" }
        return "\(tenths(bytes, 1_048_576)) Mo"
    }

    private static func tenths(_ bytes: UInt64, _ unit: UInt64) -> String {
        // Halves up; a number of bytes times ten fits.
        let (times, overflow) = bytes.multipliedReportingOverflow(by: 10)
        guard !overflow else { return grouped(bytes / unit) }
        let tenths = (times + unit / 2) / unit
        return tenths % 10 == 0 ? grouped(tenths / 10) : "\(grouped(tenths / 10)),\(tenths % 10)"
    }

    /// « 14 minutes », « 45 secondes »: what a person has to wait, rounded up.
    package static func wait(_ seconds: UInt32) -> String {
        if seconds < 60 { return count(UInt64(max(1, seconds)), "seconde") }
        let minutes = (UInt64(seconds) + 59) / 60
        if minutes < 120 { return count(minutes, "minute") }
        return count((minutes + 59) / 60, "heure")
    }

    /// « 5 minutes », « 3 heures »: how long something is ago, rounded down.
    package static func age(_ seconds: UInt32) -> String {
        if seconds < 60 { return "moins d'une minute" }
        if seconds < 7200 { return count(UInt64(seconds / 60), "minute") }
        return count(UInt64(seconds / 3600), "heure")
    }

    /// « ligne 16 », « lignes 2 à 1701 », « lignes 2, 5 à 9 et 12 », « lignes 2, 5 et 7, et 30 autres ».
    package static func lines(_ runs: [LineRun], others: UInt64) -> String {
        let words = runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first) à \($0.last)" }
        guard let last = words.last else { return "" }
        let isOne = runs.count == 1 && runs[0].first == runs[0].last
        let list = words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " et " + last
        let rest = others == 0 ? "" : ", et \(count(others, "autre"))"
        return (isOne && others == 0 ? "ligne " : "lignes ") + list + rest
    }
}
