import SeededNumbers
import Testing

@testable import Qualiopi

/// What is said of dates: a day is suggested only if it is certain and holds every digit of the cell.
@Suite struct DateHintsTests {
    private static func write(_ day: String) -> String { " (écrire « \(day) »)" }

    private static let day = write("01/02/2022")

    /// Of both columns.
    private static let dates: [(String, String)] = [
        ("1/2/2022", "le jour et le mois s'écrivent sur 2 chiffres\(day)"),
        ("01/2/2022", "le jour et le mois s'écrivent sur 2 chiffres\(day)"),
        ("2022-02-01", "l'année ne vient pas en premier\(day)"),
        ("2022/02/01", "l'année ne vient pas en premier\(day)"),
        ("2022-2-1", "l'année ne vient pas en premier\(day)"),
        ("2022-31-12", "l'année ne vient pas en premier\(write("31/12/2022"))"),
        ("12/31/2022", "le jour et le mois sont sans doute inversés\(write("31/12/2022"))"),
        ("01/13/2022", "le jour et le mois sont sans doute inversés\(write("13/01/2022"))"),
        ("01/02/22", "l'année s'écrit sur 4 chiffres\(day)"), ("1.2.22", "l'année s'écrit sur 4 chiffres\(day)"),
        ("01-02-2022", "le séparateur attendu est « / »\(day)"),
        ("01.02.2022", "le séparateur attendu est « / »\(day)"),
        ("01 02 2022", "le séparateur attendu est « / »\(day)"),
        ("01,02,2022", "le séparateur attendu est « / »\(day)"),
        ("01_02_2022", "le séparateur attendu est « / »\(day)"),
        ("01\\02\\2022", "le séparateur attendu est « / »\(day)"),
        ("01–02–2022", "le séparateur attendu est « / »\(day)"),
        ("01/02-2022", "le séparateur attendu est « / »\(day)"),
        ("01//02/2022", "il y a un « / » de trop\(day)"), ("01/02/2022.", "« . » est en trop\(day)"),
        ("(01/02/2022)", "« () » est en trop\(day)"), ("'01/02/2022", "« ' » est en trop\(day)"),
        ("01/02/2022 le", "« le » est en trop\(day)"),
        ("avant le 01/02/2022", "du texte entoure la date, n'écrire qu'elle"),
        // The digits of a time are in no day, and with a zone the day may be another.
        ("01/02/2022 00:00:00", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        ("01/02/2022 10h30", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        ("2022-02-01 00:00", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        ("01/02/2022 à 9:05", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        ("2022-02-01T00:00:00", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        ("2/1/2022 12:00:00 AM", "l'heure est en trop, ne garder que la date au format jj/mm/aaaa"),
        (
            "2022-02-01T00:00:00Z",
            "avec l'heure et son fuseau (« Z »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure"
        ),
        (
            "2024-03-14T23:00:00.000Z",
            "avec l'heure et son fuseau (« Z »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure"
        ),
        (
            "2022-02-01T00:00:00+01:00",
            "avec l'heure et son fuseau (« +01 »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure"
        ),
        (
            "2022-02-01 00:00:00 -0500",
            "avec l'heure et son fuseau (« -500 »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure"
        ),
        (
            "Tue Feb 01 2022 00:00:00 GMT+0100",
            "avec l'heure et son fuseau (« GMT »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure"
        ),
        // Months by their names.
        ("1-févr.-22", "le mois s'écrit en chiffres et l'année sur 4\(day)"),
        ("01-FEB-2022", "le mois s'écrit en chiffres\(day)"), ("1er février 2022", "le mois s'écrit en chiffres\(day)"),
        ("mardi 1 février 2022", "le mois s'écrit en chiffres\(day)"),
        ("February 1st, 2022", "le mois s'écrit en chiffres\(day)"),
        ("2022-Feb-01", "le mois s'écrit en chiffres\(day)"), ("01/fev/2022", "le mois s'écrit en chiffres\(day)"),
        ("1 août 2022", "le mois s'écrit en chiffres\(write("01/08/2022"))"),
        ("14 mars 2029", "le mois s'écrit en chiffres\(write("14/03/2029"))"),
        ("31 déc. 2022", "le mois s'écrit en chiffres\(write("31/12/2022"))"),
        ("lundi 1 février 2022", "le mois s'écrit en chiffres"), ("31 février 2022", "le mois s'écrit en chiffres"),
        ("février 2022", "le mois s'écrit en chiffres"), ("avant le 1 février 2022", "le mois s'écrit en chiffres"),
        // Days that aren't.
        ("31/02/2022", "ce jour n'existe pas"), ("00/02/2022", "ce jour n'existe pas"),
        ("29/02/2023", "le 29 février n'existe pas en 2023"), ("32/13/2022", "ce mois n'existe pas"),
        ("01/00/2022", "ce mois n'existe pas"),
        ("31/02/22", "ce jour n'existe pas"),
        // Digits too many or too few.
        ("01/02/20222", "l'année compte 5 chiffres au lieu de 4"),
        ("01/02/202", "l'année compte 3 chiffres au lieu de 4"), ("01/02/2", "l'année compte 1 chiffre au lieu de 4"),
        ("001/02/2022", "le jour compte 3 chiffres au lieu de 2"),
        ("01/002/2022", "le mois compte 3 chiffres au lieu de 2"),
        ("02/2022", "le jour manque"), ("2022-02", "le jour manque"), ("2022", "le jour et le mois manquent"),
        ("01/02/2022-31/01/2027", "il y a deux dates dans la cellule"),
        // Unseen characters and others' letters.
        ("01/02/20 22", "une espace est en trop en 9e position, retaper la date\(day)"),
        ("01/02/20\u{202F}22", "une espace fine insécable (U+202F) est en trop en 9e position, retaper la date\(day)"),
        ("01 / 02 / 2022", "4 blancs sont en trop, dont une espace en 3e position, retaper la date\(day)"),
        (
            "01/02/20\u{AD}22",
            "un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 9e position, retaper la date\(day)"
        ),
        (
            "\u{200E}01/\u{200E}02/\u{200E}2022",
            "3 caractères invisibles s'y trouvent, le premier (U+200E, marque gauche-à-droite) en 1re position, retaper la date\(day)"
        ),
        (
            "2022-02-\u{200B}01",
            "un caractère invisible (U+200B, espace sans chasse) se trouve en 9e position ; l'année ne vient pas en premier\(day)"
        ),
        (
            "０1/02/2022",
            "« ０ » en 1re position est un caractère pleine chasse (U+FF10) qui ressemble à « 0 », retaper la date\(day)"
        ),
        (
            "01⁄02/2022",
            "« ⁄ » en 3e position est une autre barre oblique (U+2044) qui ressemble à « / », retaper la date\(day)"
        ),
        (
            "01/02/2О22",
            "« О » en 8e position est une lettre cyrillique (U+041E) qui ressemble à « O » ; la lettre O en 8e position est à la place du chiffre 0\(day)"
        ),
        ("01/O2/2022", "la lettre O en 4e position est à la place du chiffre 0\(day)"),
        ("0l/02/2022", "la lettre l en 2e position est à la place du chiffre 1\(day)"),
        ("01/02/ZO22", "la lettre Z en 7e position est à la place du chiffre 2\(day)"),
        // What programs and spreadsheets write.
        (
            "44593",
            "c'est sans doute le numéro que le tableur garde pour une date, mettre la colonne au format Date (jj/mm/aaaa) et enregistrer de nouveau"
        ),
        (
            "45366.0",
            "c'est sans doute le numéro que le tableur garde pour une date, mettre la colonne au format Date (jj/mm/aaaa) et enregistrer de nouveau"
        ),
        (
            "45366,9583",
            "c'est sans doute le numéro que le tableur garde pour une date, mettre la colonne au format Date (jj/mm/aaaa) et enregistrer de nouveau"
        ),
        ("20220201", "les « / » manquent\(day)"), ("01022022", "les « / » manquent\(day)"),
        ("010222", "les « / » manquent et l'année s'écrit sur 4 chiffres"),
        ("1643670000", "c'est sans doute un horodatage informatique, l'exporter comme une date jj/mm/aaaa"),
        ("20220201000000", "l'heure est en trop et les « / » manquent"),
        ("#######", "la colonne du tableur était trop étroite pour l'afficher, l'élargir puis enregistrer de nouveau"),
        ("#N/A", "c'est une erreur de formule du tableur, corriger la formule ou saisir la valeur dans la cellule"),
        ("NaT", "c'est ce que l'export écrit quand la valeur manque, la renseigner dans l'application d'origine"),
        ("0000-00-00", "c'est ce que le logiciel écrit quand la date manque, la renseigner"),
        ("00/00/0000", "c'est ce que le logiciel écrit quand la date manque, la renseigner"),
        ("00/01/1900", "c'est ce que le logiciel écrit quand la date manque, la renseigner"),
        ("-", "ce n'est pas une valeur, la renseigner"),
        ("OUI", "c'est une valeur OUI/NON, les cellules de la ligne sont sans doute décalées"),
        // Nothing to tell.
        ("demain", ""), ("1", ""), ("12345", ""), ("99999", ""), ("99999999999999999999999", ""), ("2022-W05-2", ""),
        ("01/02", ""), ("01/02/22 2022", ""), ("19/20/21/22", ""), ("illimitée", ""), ("99", ""), ("13/2022", ""),
    ]

    @Test(arguments: dates)
    func `dates that are not jj/mm/aaaa`(_ value: String, _ cause: String) {
        let start = "La date « \(DisplayText.escape(value.utf8)) » n'est pas au format jj/mm/aaaa"
        let expected = cause.isEmpty ? "\(start)." : "\(start) : \(cause)."
        #expect(Deposit(.dateDecisionCertif, value).onlyMessage == expected)
        #expect(Deposit(.dateFinValiditeCertif, value).onlyMessage == expected)
    }

    @Test(arguments: [100, 10_000, 1_000_000])
    func `the digits of a year are counted to the last one, however little is shown of them`(count: Int) {
        let message = Deposit(.dateFinValiditeCertif, "01/02/" + String(repeating: "2", count: count)).onlyMessage
        #expect(message.hasSuffix(" : l'année compte \(grouped(count)) chiffres au lieu de 4."))
    }

    /// On 24/11/2026: what two digits of a year may stand for is what the column allows.
    private static let shortYears: [(Column, String, String?)] = [
        (Column.dateDecisionCertif, "15/03/24", "15/03/2024"), (.dateFinValiditeCertif, "14/03/29", "14/03/2029"),
        (.dateDecisionCertif, "15-mars-24", "15/03/2024"), (.dateDecisionCertif, "3/15/24", "15/03/2024"),
        // With dashes the year may come first: 2015 is over ten years ago, 2024 is not.
        (.dateDecisionCertif, "24-03-15", "15/03/2024"), (.dateFinValiditeCertif, "29-03-14", "14/03/2029"),
        (.dateDecisionCertif, "24/03/15", "24/03/2015"),
        // 20 March 2022 or 22 March 2020.
        (.dateDecisionCertif, "20-03-22", nil), (.dateDecisionCertif, "20/03/22", "20/03/2022"),
        (.dateDecisionCertif, "15/03/99", nil), (.dateFinValiditeCertif, "15/03/75", nil),
        (.dateDecisionCertif, "15-mars-99", nil),
    ]

    @Test(arguments: shortYears)
    func `a year of two digits`(_ column: Column, _ value: String, _ expected: String?) {
        let message = Deposit(column, value).onlyMessage
        #expect(message.contains("sur 4"))
        #expect(message.contains("écrire") == (expected != nil))
        if let expected { #expect(message.contains("(écrire « \(expected) »)")) }
    }

    @Test func `in a file that writes months first, what can be either is not guessed`() {
        var deposit = Deposit(.dateDecisionCertif, "3/4/2024")
        #expect(deposit.onlyMessage.contains("(écrire « 03/04/2024 »)"))
        for value in ["12/31/2028", "1/31/2027", "12-31-2028"] {
            deposit.rows[2][7] = value
            let messages = deposit.verdict.findings.map(\.message)
            #expect(messages.count == 2)
            #expect(messages[0].contains("sur 2 chiffres."))
        }
        // Neither the same number twice nor a day over twelve can be either.
        deposit.rows[0][6] = "4/4/2024"
        #expect(deposit.verdict.findings[0].message.contains("(écrire « 04/04/2024 »)"))
        deposit.rows[0][6] = "25/4/2024"
        #expect(deposit.verdict.findings[0].message.contains("(écrire « 25/04/2024 »)"))
        for value in ["31-12-28", "99/99/2028", "0/31/2027", "12/32/2028"] {
            deposit.rows[0][6] = "3/4/2024"
            deposit.rows[2][7] = value
            #expect(deposit.verdict.findings[0].message.contains("(écrire « 03/04/2024 »)"))
        }
    }

    // MARK: - Dates that exist

    @Test func `each date in the other's place`() {
        var deposit = Deposit()
        deposit.rows[0][6] = "14/03/2029"
        deposit.rows[0][7] = "15/03/2024"
        var messages = deposit.verdict.findings.map(\.message)
        #expect(
            messages == [
                "La date de décision « 14/03/2029 » est à venir et la date de fin de validité « 15/03/2024 » est passée : les deux dates sont inversées, les échanger.",
                "La date de fin de validité « 15/03/2024 » est passée et la date de décision « 14/03/2029 » est à venir : les deux dates sont inversées, les échanger.",
            ])
        // Not where one of them would be wrong in the other's place as well.
        for (decision, end) in [
            ("14/03/2029", "15/03/2014"), ("14/03/2039", "15/03/2024"), ("14/03/2024", "15/03/2023"),
            ("14/03/2029", "15/03/2028"),
        ] {
            deposit.rows[0][6] = decision
            deposit.rows[0][7] = end
            messages = deposit.verdict.findings.map(\.message)
            #expect(!messages.isEmpty && messages.allSatisfy { !$0.contains("inversées") })
        }
    }

    private static let oddDates: [(String, String)] = [
        ("30/12/1899", "une cellule vide ou nulle"), ("01/01/1900", "une cellule vide ou nulle"),
        ("01/01/1904", "Macintosh"),
        ("01/01/1970", "une date absente"), ("15/03/0024", "l'année « 0024 » a perdu ses deux premiers chiffres"),
        ("31/12/9999", "une date de convention"), ("15/03/1970", ""), ("15/03/2014", ""), ("15/03/2099", ""),
    ]

    @Test(arguments: oddDates)
    func `dates that nobody means`(_ value: String, _ hint: String) {
        for message in [
            Deposit(.dateDecisionCertif, value).onlyMessage, Deposit(.dateFinValiditeCertif, value).onlyMessage,
        ] {
            #expect(message.contains("« \(value) »"))
            if hint.isEmpty {
                for word in ["tableur", "programme", "convention", "perdu"] { #expect(!message.contains(word)) }
            } else {
                #expect(message.contains(hint))
            }
        }
    }

    // MARK: - Any text

    /// Cells near a date, and far from one.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a day is suggested only if it holds every digit of the cell`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "/", "/", "-", ".", " ", ":", "T", "Z", "h", "+", ",", "\u{AD}", "\u{200E}", "mars", "fév.", "15", "03",
            "3", "2024", "24", "20", "29", "0",
            "O", "l", "45366", "00:00", "1er", "１", "О", "\u{A0}", "avant", "le", "99", "31", "12", "2", "mardi",
        ]
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 1...9, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let place: DatePlace = Bool.random(using: &random) ? .decision(bounds) : .end(bounds)
            let source = Array(text.utf8)
            let reading = source.withUnsafeBytes { buffer in
                SpoiltDate.read(
                    Array(buffer), place,
                    DateOrder(Source(bytes: buffer, encoding: .utf8), DataStart(position: 0, emptyColumns: 0)))
            }
            guard let day = reading?.day else { continue }
            var left = Array(day.french)
            let plain = String(decoding: Spelling(source).plain, as: UTF8.self)
            for digit in plain where digit.isNumber {
                let index = left.firstIndex(of: digit)
                #expect(index != nil, "\(text) → \(day.french)")
                if let index { left.remove(at: index) }
            }
        }
    }

    private let bounds = DateBounds(today: CivilDate(iso: "2026-11-24") ?? CivilDate(daysSinceEpoch: 0))
}
