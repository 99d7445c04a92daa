/// What a row is that is no organisation's, or what spoils all its cells at once: one finding names it, instead of one a cell.
enum RowCause: Equatable {
    case header
    case total
    case comment
    /// Lines of dashes that an export draws.
    case ruler
    /// A text alone: a title, a remark, the end of a list.
    case text
    case markup
    case errorMessage
    /// Every cell says that it has no value.
    case missingValues
    /// Nothing that can be seen.
    case unseen
    /// All columns in the first cell.
    case wholeLine
    case typographicQuotes
    case singleQuotes
    /// Quotes that are part of the values: `""OUI""`.
    case doubledQuotes
    /// Only in front of each cell.
    case apostrophes
    /// A column is missing or too many, and an empty one makes up for it.
    case shifted

    /// Whether the row is an organisation's all the same.
    var isOrganisation: Bool {
        switch self {
        case .header, .total, .comment, .ruler, .text, .markup, .errorMessage, .missingValues, .unseen: false
        case .wholeLine, .typographicQuotes, .singleQuotes, .doubledQuotes, .apostrophes, .shifted: true
        }
    }
}
