/// What is wrong with a header whose rows can't be read, as the end of a French sentence that begins with « L'entête ».
struct HeaderFault {
    let line: HeaderLine
    /// The first line in UTF-8.
    let text: [UInt8]
    /// The line where the header is, if it is below the first one.
    let properLine: Int?

    /// Characters of the file that a message shows.
    private static let shown = 60

    var fault: String {
        if line.filled == 0 {
            guard let properLine else { return "est absent : la première ligne du fichier est vide" }
            return
                "est à la ligne \(properLine) et non à la première, qui est vide : supprimer les lignes qui le précèdent"
        }
        if text.starts(with: "sep=".utf8) || text.starts(with: "\"sep=".utf8) {
            return "est précédé de « \(DisplayText.escape(text, limit: 12)) », propre à Excel : supprimer cette ligne"
        }
        let isData = line.cells.first.flatMap { NDA(HeaderLine.withoutBlanks($0)) } != nil
        if let properLine, !isData, knownNames.count < Column.count / 2 {
            return
                "est à la ligne \(properLine) et non à la première : supprimer les lignes qui le précèdent (« \(DisplayText.escape(text, limit: HeaderFault.shown)) »…)"
        }
        if let found = ForeignText.describe(text) { return "est absent : le fichier \(found)" }
        if isData {
            let place = properLine.map { ", l'entête est à la ligne \($0)" } ?? ""
            return "est absent : la première ligne du fichier est déjà une ligne de données\(place)"
        }
        return separatorFault ?? lineEndFault ?? quotesFault ?? spellingFault ?? columnsFault ?? firstDifference
    }

    // MARK: - Separators and quotes

    private var separatorFault: String? {
        if line.filled == 1, !line.isUnclosed, let cell = line.cells.first,
            cell.count(where: { $0 == RowScanner.separator }) >= Column.count - 2
        {
            return
                "tient tout entier dans une seule cellule, entre guillemets : ôter les guillemets qui entourent chaque ligne, ou refaire l'export avec le séparateur « ; »"
        }
        if line.columns == 1 {
            let candidates: [(UInt8, String)] = [
                (0x2C, "des virgules"), (0x09, "des tabulations"), (0x7C, "des barres verticales « | »"),
                (0x3A, "des deux-points « : »"), (0x20, "des espaces"),
            ]
            let found = candidates.first { candidate in text.count { $0 == candidate.0 } >= Column.count - 2 }
            if let found { return "est séparé par \(found.1) : le séparateur attendu est « ; »" }
        }
        return line.isUnclosed ? "contient un guillemet qui n'est pas refermé" : nil
    }

    /// A header that goes on with the first row's NDA, its SIREN after it: the file's lines end in what is no line break.
    private var lineEndFault: String? {
        let last = Column.count - 1
        guard line.columns > Column.count, line.namesInPlace == last, line.cells.count > last,
            case let name = HeaderLine.name(line.cells[last]),
            case let expected = HeaderLine.name(.dateFinValiditeCertif), name.count > expected.count,
            name.starts(with: expected), line.cells.count > last + 1,
            SIREN(HeaderLine.withoutBlanks(line.cells[last + 1])) != nil
        else { return nil }
        return
            "est suivi des données sur la même ligne : un saut de ligne manque à la fin de chaque ligne (refaire l'export, ou enregistrer de nouveau le fichier au format « CSV » dans un tableur)"
    }

    // MARK: - Characters

    /// A header whose names are right but for marks around them.
    private var quotesFault: String? {
        guard line.filled == Column.count,
            zip(line.cells, Column.allCases).allSatisfy({
                HeaderLine.name(QuoteMark.stripped($0)) == HeaderLine.name($1)
            }),
            let mark = line.cells.lazy.compactMap({ QuoteMark.around($0).first }).first
        else { return nil }
        let kind =
            switch mark {
            case .apostrophe: "apostrophes"
            case .straight: "guillemets doublés"
            case .typographic: "guillemets typographiques"
            }
        return
            "a ses noms de colonnes entre \(kind), et les lignes aussi sans doute : les supprimer ou les remplacer par des guillemets droits (\")"
    }

    /// A header whose names are right but for characters that don't belong there.
    private var spellingFault: String? {
        guard line.columns == Column.count else { return nil }
        var first: String?
        for (cell, column) in zip(line.cells, Column.allCases) where HeaderLine.name(cell) != HeaderLine.name(column) {
            let spelling = Spelling(cell)
            guard HeaderLine.name(spelling.plain) == HeaderLine.name(column), let oddity = spelling.oddity else {
                return nil
            }
            first =
                first
                ?? "est incorrect : dans le nom de la colonne \(column.rawValue + 1), « \(DisplayText.escape(cell, limit: HeaderFault.shown)) », \(oddity) (écrire « \(column.name) »)"
        }
        return first
    }

    // MARK: - Columns

    /// The columns that have one of the eight names, wherever they stand.
    private var knownNames: [(index: Int, column: Column)] {
        line.cells.enumerated().compactMap { index, cell in
            let name = HeaderLine.name(cell)
            return Column.allCases.first { HeaderLine.name($0) == name }.map { (index, $0) }
        }
    }

    /// Columns that are missing, too many or in another order, where all the other names are right.
    private var columnsFault: String? {
        let known = knownNames
        guard known.count >= Column.count / 2 || known.count == line.columns, line.columns <= RowScanner.mostCells
        else {
            return nil
        }
        let received = "compte \(French.count(line.columns, "colonne")) au lieu de 8"
        let columns = known.map(\.column)
        let missing = Column.allCases.filter { !columns.contains($0) }
        let foreign = line.cells.indices.filter { index in !known.contains { $0.index == index } }
        let isOrdered = zip(columns, columns.dropFirst()).allSatisfy { $0.rawValue < $1.rawValue }
        if let twin = zip(columns, columns.indices).first(where: { columns[..<$1].contains($0) }) {
            return "a deux colonnes « \(twin.0.name) » : n'en garder qu'une"
        }
        if !isOrdered, foreign.isEmpty, missing.isEmpty {
            let index = columns.indices.first { columns[$0].rawValue != $0 } ?? 0
            return
                "n'a pas ses colonnes dans l'ordre attendu : la colonne \(index + 1) est « \(columns[index].name) » au lieu de « \(Column.allCases[index].name) »"
        }
        guard isOrdered else { return nil }
        if foreign.isEmpty, missing.count <= 3, let first = missing.first {
            return missing.count == 1
                ? "\(received) : la colonne \(first.rawValue + 1), « \(first.name) », manque"
                : "\(received) : il manque \(HeaderFault.list(missing.map { "« \($0.name) »" }))"
        }
        if missing.isEmpty, let first = foreign.first {
            if foreign.count == 1 { return "\(received) : la colonne \(first + 1), \(name(first)), est en trop" }
            return
                "\(received) : les colonnes \(HeaderFault.list(foreign.map { "\($0 + 1) (\(name($0)))" })) sont en trop"
        }
        return nil
    }

    private func name(_ index: Int) -> String {
        line.cells[index].isEmpty
            ? "sans nom" : "« \(DisplayText.escape(line.cells[index], limit: HeaderFault.shown)) »"
    }

    /// As in « a, b et c ».
    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " et " + last
    }

    /// The first column whose name is not the one that is expected there.
    private var firstDifference: String {
        let index = zip(line.cells, Column.allCases).enumerated()
            .first { HeaderLine.name($1.0) != HeaderLine.name($1.1) }?.offset
        guard let index else {
            return line.columns < Column.count
                ? "s'arrête après \(French.count(line.columns, "colonne")) : il en faut 8"
                : "compte \(line.columns) colonnes au lieu de 8 : supprimer ce qui suit « dateFinValiditeCertif »"
        }
        let expected = Column.allCases[index]
        let value = line.cells[index]
        let hint = value.isEmpty ? " (le nom de la colonne est vide)" : ""
        return
            "est incorrect : la colonne \(index + 1) est « \(DisplayText.escape(value, limit: HeaderFault.shown)) » au lieu de « \(expected.name) »\(hint)\(others)"
    }

    /// Said besides the first difference, so that not each takes a deposit of its own to be found.
    private var others: String {
        let count = Column.count - line.namesInPlace - 1
        guard count > 0 else { return "" }
        let missing = max(0, Column.count - line.columns)
        let which =
            switch (count == 1, missing) {
            case (true, 0): "une autre colonne diffère aussi"
            case (true, _): "une autre colonne manque"
            case (false, 0): "\(count) autres colonnes diffèrent aussi"
            case (false, count): "\(count) autres colonnes manquent"
            case (false, _): "\(count) autres colonnes diffèrent ou manquent"
            }
        return
            ", et \(which) (la première ligne doit être « \(String(decoding: DepositHeader.line, as: UTF8.self)) »)"
    }
}
