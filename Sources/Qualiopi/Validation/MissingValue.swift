/// What a spreadsheet or an export writes where it has no value.
enum MissingValue {
    /// The result of a formula that could not be computed, as in `#N/A`.
    case formulaError
    /// The program's word for « nothing », as in `NULL`.
    case null
    /// A person's, as in `N/C` and `-`.
    case placeholder
    /// A date that stands for none, as in `0000-00-00`.
    case zeroDate

    /// Takes a cell in UTF-8.
    init?(_ text: [UInt8]) {
        guard let first = text.first, text.count <= 24 else { return nil }
        // Of what starts with a digit only dates can be one.
        if first &- 0x31 < 9 { return nil }
        let word = String(decoding: text, as: UTF8.self).uppercased()
        if let known = MissingValue.words[word] {
            self = known
        } else if word.hasPrefix("ERR:") {
            self = .formulaError
        } else {
            return nil
        }
    }

    private static let words: [String: MissingValue] = {
        var words: [String: MissingValue] = [:]
        for word in errors { words[word] = .formulaError }
        for word in nulls { words[word] = .null }
        for word in placeholders { words[word] = .placeholder }
        for word in zeroDates { words[word] = .zeroDate }
        return words
    }()

    /// What a cell of nothing but `#` is: a spreadsheet shows, and saves, a number or a date so.
    static let tooNarrow =
        "la colonne du tableur était trop étroite pour l'afficher, l'élargir puis enregistrer de nouveau"

    /// What it is and what to do.
    var clause: String {
        switch self {
        case .formulaError:
            "c'est une erreur de formule du tableur, corriger la formule ou saisir la valeur dans la cellule"
        case .null: "c'est ce que l'export écrit quand la valeur manque, la renseigner dans l'application d'origine"
        case .placeholder: "ce n'est pas une valeur, la renseigner"
        case .zeroDate: "c'est ce que le logiciel écrit quand la date manque, la renseigner"
        }
    }

    /// Excel in French and English, LibreOffice, Google Sheets.
    private static let errors = [
        "#N/A", "#N/D", "#NA", "#REF!", "#REF", "#VALUE!", "#VALEUR!", "#VALEUR !", "#NAME?", "#NOM?", "#NOM ?",
        "#DIV/0!", "#DIV/0 !",
        "#NUM!", "#NOMBRE!", "#NOMBRE !", "#NULL!", "#NUL!", "#NUL !", "#SPILL!", "#PROPAGATION!", "#CALC!", "#CALCUL!",
        "#FIELD!",
        "#CHAMP!", "#BLOCKED!", "#BLOQUÉ!", "#CONNECT!", "#CONNEXION!", "#UNKNOWN!", "#INCONNU!", "#GETTING_DATA",
        "#OBTENTION_DONNEES", "#BUSY!", "#ERROR!", "#ERREUR!", "#ERROR", "#MACRO?", "#PYTHON!", "#EXTERNAL!",
    ]

    private static let nulls = [
        "NULL", "(NULL)", "[NULL]", "<NULL>", "\\N", "NIL", "NONE", "NAN", "NAT", "<NA>", "UNDEFINED", "DBNULL",
        "SYSTEM.DBNULL", "PD.NAT",
        "NP.NAN", "-NAN", "INF", "INFINITY", "[OBJECT OBJECT]", "INVALID DATE", "INVALID",
    ]

    private static let placeholders = [
        "N/A", "NA", "N.A.", "N.A", "N/C", "NC", "N.C.", "N.C", "N/R", "NR", "N.R.", "N/D", "ND", "N.D.", "N/S", "S/O",
        "S.O.", "-", "--",
        "---", "–", "—", "?", "??", "???", ".", "..", "...", "…", "/", "_", "NÉANT", "NEANT", "AUCUN", "AUCUNE", "VIDE",
        "(VIDE)", "BLANK",
        "(BLANK)", "EMPTY", "INCONNU", "INCONNUE", "À COMPLÉTER", "A COMPLETER", "À RENSEIGNER", "A RENSEIGNER",
        "NON RENSEIGNÉ",
        "NON RENSEIGNE", "NON COMMUNIQUÉ", "NON COMMUNIQUE", "NON DISPONIBLE", "NON CONCERNÉ", "EN ATTENTE", "EN COURS",
        "TBD", "XXX", "XXXX",
    ]

    private static let zeroDates = [
        "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00/01/1900", "00/00/00", "0/0/0", "00/00/0000 00:00:00",
        "00-00-0000",
    ]
}
