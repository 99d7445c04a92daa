/// The cells of one row of an OF list that matter, as ranges of the file. Why it isn't the deposits' scanner: ``RowScanner``.
struct ReferenceFileRow {
    enum Damage {
        case none
        /// Something follows a closing quote.
        case strayQuote
        /// A quote is still open where the line ends.
        case openQuote
    }

    var nda = 0..<0
    var siren = 0..<0
    var former = 0..<0
    /// Fields, the last one included even if it is empty.
    var fields = 0
    var lastIsEmpty = false
    var damage = Damage.none
    /// The row's line break, or the end of the file; where reading stopped if there is damage.
    var end = 0
    /// Physical lines of the row.
    var lines = 1

    /// Cuts the row that starts at `start` into fields, by the rules of CSV (RFC 4180), and stops at the first thing that breaks them.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - start: The row's first byte.
    ///   - header: The layout.
    ///   - limit: Where a row that goes on over line breaks inside quotes must end; nil if a line break always ends it.
    init(_ bytes: UnsafeRawBufferPointer, from start: Int, header: ReferenceFileHeader, through limit: Int? = nil) {
        let quote = UInt8(ascii: "\"")
        let delimiter = header.delimiter
        let lineBreak = header.lineBreak
        let count = limit ?? bytes.count
        var position = start
        while true {
            var cell = position..<position
            // The oldest form has a blank before each quote.
            var first = position
            while first < count, bytes[first] == 0x20 { first &+= 1 }
            if first < count, bytes[first] == quote {
                position = first &+ 1
                while true {
                    guard position < count else {
                        stop(.openQuote, at: count)
                        return
                    }
                    let byte = bytes[position]
                    if byte == quote {
                        guard position &+ 1 < count, bytes[position &+ 1] == quote else { break }
                        position &+= 1
                    } else if byte == lineBreak {
                        guard limit != nil else {
                            stop(.openQuote, at: position)
                            return
                        }
                        lines &+= 1
                    }
                    position &+= 1
                }
                cell = (first &+ 1)..<position
                position &+= 1
                while position < count, bytes[position] == 0x20 || bytes[position] == 0x0D, lineBreak != bytes[position]
                {
                    position &+= 1
                }
                guard position == count || bytes[position] == delimiter || bytes[position] == lineBreak else {
                    stop(.strayQuote, at: position)
                    return
                }
            } else {
                while position < count, bytes[position] != delimiter, bytes[position] != lineBreak { position &+= 1 }
                cell = cell.lowerBound..<position
                if position > cell.lowerBound, bytes[position &- 1] == 0x0D { cell = cell.lowerBound..<(position &- 1) }
            }
            if fields == header.ndaColumn {
                nda = cell
            } else if fields == header.sirenColumn {
                siren = cell
            } else if fields == header.formerColumn {
                former = cell
            }
            fields &+= 1
            guard position < count, bytes[position] == delimiter else {
                lastIsEmpty = cell.isEmpty
                end = position
                return
            }
            position &+= 1
        }
    }

    private mutating func stop(_ kind: Damage, at position: Int) {
        damage = kind
        end = position
    }

    /// Whether the number of fields is the header's, a final nameless one apart; the simple form may lack the last ones.
    func fits(_ header: ReferenceFileHeader) -> Bool {
        guard damage == .none else { return false }
        if fields == header.columns || (fields == header.columns &+ 1 && lastIsEmpty) { return true }
        return header.format == .simple && fields < header.columns && fields > header.lastNeeded
    }
}
