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
    /// Entries without a SIREN, or with an odd one: the organisation is known, its SIREN is not.
    package var withoutSIREN = 0
    /// Former NDAs kept.
    package var formerNDAs = 0
    package var encoding = Encoding.utf8
    package var format = Format.simple
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
    /// No column for each of these, named as in the simple form.
    case missingColumns([String], header: String)
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
        }
    }
}
