/// Messages of `ligne.colonnes`.
struct ColumnsWording {
    let row: NotedRow
    let today: UInt32

    /// `line` is the whole row in UTF-8, or its beginning.
    func message(_ line: [UInt8]) -> String {
        let shape = row.shape
        if shape.isUnclosed { return unclosed }
        let received = "La ligne compte \(French.count(shape.columns, "colonne")) au lieu de 8"
        let finder = RowCauseFinder(scanner: row.scanner, row: shape, today: today)
        if shape.columns == Column.count, let missing = finder.missingColumn {
            let subject =
                switch missing {
                case .these(let columns): "Il manque \(ColumnsWording.list(columns))"
                case .yesOrNo: "Il manque l'une des quatre valeurs OUI/NON"
                }
            return
                "\(subject) : les cellules qui suivent sont décalées d'une colonne, les remettre à leur place."
        }
        let delimiters: [(UInt8, String)] = [
            (0x2C, "la virgule"), (0x09, "la tabulation"), (0x7C, "la barre verticale"),
        ]
        for (byte, name) in delimiters
        where shape.columns == 1 && line.count(where: { $0 == byte }) >= Column.count - 2 && !line.contains(0x3B) {
            return "\(received) : le séparateur attendu est « ; » et non \(name)."
        }
        if let cause = finder.cause() {
            return RowCauseWording(row: row, today: today).message(cause, prefix: received)
        }
        if isCut(from: shape, next: shape.next) {
            return
                "\(received) : un saut de ligne la coupe, sa suite est à la ligne suivante (joindre les deux, ou mettre entre guillemets la cellule qui contient le saut de ligne)."
        }
        if let previous = row.previousLine, case let before = otherRow(at: previous),
            isCut(from: before, next: shape.start)
        {
            return "\(received) : c'est la suite de la ligne précédente, qu'un saut de ligne a coupée."
        }
        return shape.columns > Column.count ? tooMany(received) : tooFew(received)
    }

    /// Of a line without a line break, the last of the file: nothing else tells a list that was cut on its way.
    static let cut = "le fichier s'arrête là, il a peut-être été coupé (le transmettre de nouveau en entier)"

    private var unclosed: String {
        let number = row.shape.columns
        let column = Column(rawValue: number - 1).map { ", \($0.name)" } ?? ""
        let start = "La ligne contient un guillemet qui n'est pas refermé (colonne \(number)\(column))"
        return "\(start) : le supprimer, ou le doubler s'il fait partie de la valeur\(mayBeCut ? cutClause : "")."
    }

    private var cutClause: String { " ; \(ColumnsWording.cut)" }

    /// Whether the file may end within the row, before the end of its last cell or of the columns after it.
    private var mayBeCut: Bool {
        guard row.endsFile, row.shape.columns <= Column.count else { return false }
        let last = row.scanner.cells[row.shape.columns - 1]
        // A quote before other cells was not left open by the end of the file, and no cut leaves the date that ends a row.
        return row.shape.isUnclosed
            ? !row.source.bytes[last.start..<last.end].contains(RowScanner.separator) : row.scanner.date(last) == nil
    }

    private func tooMany(_ received: String) -> String {
        let shape = row.shape
        if shape.filled <= Column.count {
            return shape.columns == Column.count + 1
                ? "\(received) : la neuvième est vide, le « ; » final est en trop (supprimer la colonne I dans le tableur)."
                : "\(received) : celles qui suivent la huitième sont vides, les « ; » de la fin sont en trop (supprimer ces colonnes dans le tableur)."
        }
        if isTwoRows {
            return "\(received) : deux organismes sont sur la même ligne, un saut de ligne manque entre eux."
        }
        guard shape.columns <= RowScanner.mostCells, let extra = Alignment.extra(row.kinds(today: today)) else {
            let more = shape.columns - Column.count
            let which = more == 1 ? "une est en trop" : "\(more) sont en trop"
            return "\(received) : \(which) (un « ; » dans une valeur impose de la mettre entre guillemets)."
        }
        switch extra {
        case .yesOrNo: return "\(received) : il y a cinq valeurs OUI/NON au lieu de quatre, une est en trop."
        case .these(let places):
            let names = places.map { index in
                let text = row.source.text(row.scanner.cells[index])
                return "la \(Spelling.ordinal(index + 1)), \(text.isEmpty ? "vide" : quote(text)),"
            }
            return "\(received) : \(HeaderFault.list(names)) \(places.count == 1 ? "est" : "sont") en trop."
        }
    }

    private func tooFew(_ received: String) -> String {
        switch Alignment.missing(row.kinds(today: today)) {
        case .yesOrNo: return "\(received) : il manque l'une des quatre valeurs OUI/NON."
        case .these(let columns):
            // What a cut takes away is the end of the row.
            let end = row.endsFile && columns.contains(.dateFinValiditeCertif) ? cutClause : ""
            return "\(received) : il manque \(ColumnsWording.list(columns))\(end)."
        case nil:
            let less = Column.count - row.shape.columns
            let end = mayBeCut ? cutClause : ""
            return "\(received) : il en manque \(less), une cellule vide compte aussi et garde son « ; »\(end)."
        }
    }

    private static func list(_ columns: [Column]) -> String {
        HeaderFault.list(columns.map { "\($0.name) (colonne \($0.rawValue + 1))" })
    }

    // MARK: - Line breaks too many or too few

    /// Two rows of eight columns, the last cell of the one and the first of the other in one cell, or a separator between them.
    private var isTwoRows: Bool {
        let shared = 2 * Column.count - row.shape.columns
        guard shared == 0 || shared == 1 else { return false }
        return row.kinds(today: today).enumerated().allSatisfy { index, kind in
            if shared == 1, index == Column.count - 1 { return true }
            let column = index < Column.count ? index : index - Column.count + shared
            return kind.rawValue & (1 << UInt8(truncatingIfNeeded: column)) != 0
        }
    }

    private func otherRow(at position: Int) -> Row {
        RowScanner(row.source.bytes, encoding: row.source.encoding).row(at: position)
    }

    /// Whether a row and the one after it are the two halves of one, cut within a cell.
    private func isCut(from first: Row, next: Int) -> Bool {
        guard first.columns < Column.count, !first.isUnclosed, next < row.source.bytes.count, first.next == next else {
            return false
        }
        let scanner = RowScanner(row.source.bytes, encoding: row.source.encoding)
        let head = scanner.row(at: first.start)
        let heads = (0..<head.columns).map { CellKind(scanner.cells[$0], scanner, today: today) }
        let tail = scanner.row(at: next)
        guard !tail.isUnclosed, head.columns + tail.columns - 1 == Column.count, head.filled > 1 || tail.filled > 1
        else {
            return false
        }
        let tails = (0..<tail.columns).map { CellKind(scanner.cells[$0], scanner, today: today) }
        // The cell that is cut can be anything.
        let places =
            Array(heads.dropLast().enumerated()) + tails.dropFirst().enumerated().map { ($0 + heads.count, $1) }
        return places.allSatisfy { index, kind in kind.rawValue & (1 << UInt8(truncatingIfNeeded: index)) != 0 }
    }
}

/// Messages of a row with one cause for all of its cells.
struct RowCauseWording {
    let row: NotedRow
    let today: UInt32

    /// Of a row of eight columns; nil if it has no such cause.
    var message: String? {
        RowCauseFinder(scanner: row.scanner, row: row.shape, today: today).cause().map { message($0, prefix: nil) }
    }

    /// `prefix` is what is wrong with the number of columns, if something is.
    func message(_ cause: RowCause, prefix: String?) -> String {
        let line = quote(row.source.text(Cell(start: row.shape.start, end: row.shape.end).prefix(512)))
        let subject = prefix.map { "\($0) : cette ligne, \(line)," } ?? "La ligne \(line)"
        let verb =
            switch cause {
            case .header: "est l'entête, répété : la supprimer (l'entête ne figure qu'à la première ligne)."
            case .total: "est un total ou un décompte, pas un organisme : la supprimer."
            case .comment: "est un commentaire, pas un organisme : la supprimer."
            case .ruler: "est un trait de séparation, pas un organisme : la supprimer."
            case .text: "est un texte (titre, remarque, fin de liste…), pas un organisme : la supprimer."
            case .markup: "vient d'une page web, pas de la liste : la supprimer, et vérifier que l'export est complet."
            case .errorMessage:
                "est un message d'erreur de l'export, qui s'est peut-être interrompu : refaire l'export."
            case .missingValues:
                "n'a que des cellules sans valeur : la supprimer, ou corriger les formules ou l'export qui la remplissent."
            case .unseen: "n'a que des caractères invisibles : la supprimer."
            case .wholeLine:
                "tient tout entière dans une seule cellule : refaire l'export avec le séparateur « ; », et sans guillemets autour de la ligne."
            case .typographicQuotes:
                "a ses cellules entre guillemets typographiques : les supprimer ou les remplacer par des guillemets droits (\")."
            case .singleQuotes:
                "a ses cellules entre apostrophes : les supprimer ou les remplacer par des guillemets droits (\")."
            case .doubledQuotes:
                "a ses cellules entre guillemets doublés : n'en garder qu'un de chaque côté, ou aucun."
            case .apostrophes: "a une apostrophe au début de chaque cellule : les supprimer."
            case .shifted: "a ses cellules décalées d'une colonne."
            }
        return "\(subject) \(verb)"
    }
}
