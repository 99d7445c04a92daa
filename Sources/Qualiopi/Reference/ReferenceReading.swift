/// What was read of a file with the OF list, and what was not.
package struct ReferenceReading: Sendable {
    package enum Encoding: String, Sendable {
        case utf8 = "UTF-8"
        case utf8WithMark = "UTF-8 with byte order mark"
        case windows1252 = "Windows-1252"
    }

    package enum Format: String, Sendable {
        /// `NDA;SIREN[;ndaPrecedents]`.
        case simple
        /// « Liste publique des Organismes de Formation », in any of its variants.
        case publicList = "public list"
    }

    /// The columns by their names in the file, made fit for display.
    package struct Columns: Sendable, Equatable {
        package var nda: String
        /// Nil where the file has none: nothing can be compared with the SIRENs of deposits.
        package var siren: String?
        package var former: String?
        /// What is passed over.
        package var unused: [String]
        /// Columns of one name or one meaning, each such group as one text; the first of them is the one that is used.
        package var doubled: [String]

        package init(
            nda: String, siren: String?, former: String? = nil, unused: [String] = [], doubled: [String] = []
        ) {
            self.nda = nda
            self.siren = siren
            self.former = former
            self.unused = unused
            self.doubled = doubled
        }
    }

    /// A last row that is not whole: the file is the beginning of a longer one.
    package struct CutRow: Sendable, Equatable {
        package var line: Int
        /// Its end, made fit for display.
        package var text: String
    }

    /// One per NDA, in the file's order; the first row of an NDA counts.
    package var entries: [ReferenceList.Entry] = []
    /// Data rows, the skipped ones included, empty lines not.
    package var rowsRead = 0
    /// Rows without an NDA that can be read.
    package var skipped = 0
    /// Rows with a stray quote or another number of columns, out of which NDA and SIREN could be read.
    package var recovered = 0
    /// Rows whose NDA an earlier row had; left out.
    package var duplicates = 0
    /// Those of them that have another SIREN than the row that counts.
    package var contradictions = 0
    /// Entries without a SIREN, or with an odd one: the organisation is known, its SIREN is not.
    package var withoutSIREN = 0
    /// Former NDAs kept.
    package var formerNDAs = 0
    package var encoding = Encoding.utf8
    package var format = Format.simple
    package var columns = Columns(nda: "NDA", siren: "SIREN")
    /// Nil where the last row is whole, with or without a line break after it.
    package var cutRow: CutRow?
    /// Remarks for the operator, one line of English each; at most ``maximumNotes`` on rows.
    package var notes: [String] = []

    /// Remarks on rows beyond this are only counted.
    static let maximumNotes = 20
}

/// A file that can't be an OF list.
package enum ReferenceFileError: Error, Equatable {
    /// No byte in it, or only blanks.
    case empty
    /// The bytes are those of something else, named here.
    case notText(String)
    /// No column for the NDA, or for neither of the two, named as in the simple form.
    case missingColumns([String], header: String)
    /// The eight columns of a deposit: the list of one certifier, which would take the place of all organisations.
    case deposit
}

extension ReferenceFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty:
            "the file is empty"
        case .notText(let found):
            "the file is \(found); save it as CSV (UTF-8) first"
        case .missingColumns(let columns, let header):
            "no column for \(columns.joined(separator: " and ")) in the first line (\(header)); "
                + "expected NDA;SIREN[;ndaPrecedents] or the header of the public list"
        case .deposit:
            "this is a deposit (one certifier's list, or an export of the registry), not the list of all organisations"
        }
    }
}
