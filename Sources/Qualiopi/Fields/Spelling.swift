/// A text character by character, to find what nobody sees in it: invisible characters, and letters that look like others.
struct Spelling {
    /// The text without its invisible characters, look-alikes replaced by what they look like, blanks of any kind by spaces.
    private(set) var plain: [UInt8] = []
    /// How many there are of each kind, and the first one with its position, from 1.
    private var unseen = Found()
    private var lookAlikes = Found()
    private(set) var blanks = Found()
    /// What goes before a count: not all of the text may have been looked at.
    private var atLeast = ""

    /// The characters of one kind.
    struct Found {
        var count = 0
        var first: (position: Int, scalar: Unicode.Scalar) = (0, " ")

        fileprivate mutating func add(_ position: Int, _ scalar: Unicode.Scalar) {
            if count == 0 { first = (position, scalar) }
            count += 1
        }
    }

    /// Characters that are looked at: no value that is meant is longer.
    private static let mostRead = 200

    /// Whether a text may have something to tell: it is not printable ASCII without blanks.
    static func isOdd(_ text: [UInt8]) -> Bool { !text.allSatisfy { $0 &- 0x21 < 0x5E } }

    /// Takes UTF-8; a byte that is none is kept as it is.
    init(_ text: [UInt8]) {
        plain.reserveCapacity(text.count)
        var rest = text[...]
        var position = 0
        while let byte = rest.first, position < Spelling.mostRead {
            position += 1
            guard let (scalar, size) = UTF8Scalar.decode(rest) else {
                plain.append(byte)
                rest = rest.dropFirst()
                continue
            }
            if UnseenCharacter.name(scalar) != nil {
                unseen.add(position, scalar)
            } else if UnseenCharacter.blankName(scalar) != nil {
                blanks.add(position, scalar)
                plain.append(0x20)
            } else if let like = LookAlike(scalar) {
                lookAlikes.add(position, scalar)
                plain.append(like.ascii)
            } else {
                plain.append(contentsOf: rest.prefix(size))
            }
            rest = rest.dropFirst(size)
        }
        if !rest.isEmpty { atLeast = "au moins " }
        plain.append(contentsOf: rest)
    }

    /// What nobody sees, as a clause with its place; nil if there is nothing of the kind. Blanks are not counted.
    var oddity: String? {
        let clauses = [unseenClause, lookAlikeClause].compactMap(\.self)
        return clauses.isEmpty ? nil : clauses.joined(separator: " et ")
    }

    private var unseenClause: String? {
        guard unseen.count > 0, let name = UnseenCharacter.name(unseen.first.scalar) else { return nil }
        let which = "(\(UnseenCharacter.code(unseen.first.scalar)), \(name))"
        let place = "en \(Spelling.ordinal(unseen.first.position)) position"
        return unseen.count == 1
            ? "\(atLeast)un caractère invisible \(which) se trouve \(place)"
            : "\(atLeast)\(unseen.count) caractères invisibles s'y trouvent, le premier \(which) \(place)"
    }

    private var lookAlikeClause: String? {
        guard lookAlikes.count > 0, let like = LookAlike(lookAlikes.first.scalar) else { return nil }
        let (position, scalar) = lookAlikes.first
        let others =
            switch lookAlikes.count {
            case 1: ""
            case 2 where atLeast.isEmpty: ", et un autre caractère de même"
            case 2: ", et au moins un autre caractère de même"
            default: ", et \(atLeast)\(lookAlikes.count - 1) autres caractères de même"
            }
        return
            "« \(scalar) » en \(Spelling.ordinal(position)) position est \(like.kind) (\(UnseenCharacter.code(scalar))) qui ressemble à « \(Unicode.Scalar(like.ascii)) »\(others)"
    }

    /// The first blank as a clause with its place; nil if there is none.
    var blankClause: String? {
        guard blanks.count > 0, let name = UnseenCharacter.blankName(blanks.first.scalar) else { return nil }
        let place = "en \(Spelling.ordinal(blanks.first.position)) position"
        return blanks.count == 1
            ? "\(atLeast)\(name) est en trop \(place)"
            : "\(atLeast)\(blanks.count) blancs sont en trop, dont \(name) \(place)"
    }

    /// As in « 1re » and « 6e ».
    static func ordinal(_ number: Int) -> String { number == 1 ? "1re" : "\(number)e" }
}
