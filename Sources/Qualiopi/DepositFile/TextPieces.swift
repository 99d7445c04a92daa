/// A deposit's content that is read in pieces: the largest is more than whoever only shows it again may hold.
package struct ContentReader {
    /// Bytes from a position on, as many as asked for; fewer only at the content's end, where there are none.
    package typealias Read = (_ position: Int, _ count: Int) throws -> [UInt8]

    /// Bytes that are read at once.
    var piece = 256 << 10
    /// Bytes of a text in which rows are read; more where lines are long.
    var window = 1 << 20
    /// Bytes of the beginning, by which a format is known.
    static let head = 4096

    let read: Read

    package init(_ read: @escaping Read) { self.read = read }

    /// Content that is in memory all the same.
    package init(_ content: [UInt8]) {
        read = { position, count in Array(content.dropFirst(position).prefix(count)) }
    }
}

/// The text of a deposit, in a byte a character or in UTF-8, one piece after the other. What is in UTF-16 or UTF-32 becomes UTF-8.
struct TextPieces {
    private let content: ContentReader
    private let wide: WideText?
    private var position = 0
    /// Of wide text, bytes whose character isn't complete yet.
    private var rest: [UInt8] = []

    init(_ content: ContentReader) throws {
        self.content = content
        wide = try content.read(0, ContentReader.head).withUnsafeBytes { WideText($0) }
    }

    /// Empty once there is no more.
    mutating func next() throws -> [UInt8] {
        while true {
            let bytes = try content.read(position, content.piece)
            position += bytes.count
            guard let wide else { return bytes }
            if bytes.isEmpty, rest.isEmpty { return [] }
            rest += bytes
            let whole = bytes.isEmpty ? rest.count : wide.completeBytes(rest)
            let text = rest.prefix(whole).withUnsafeBytes { wide.utf8($0) }
            rest.removeFirst(whole)
            if !text.isEmpty { return text }
        }
    }
}

/// What is known of a text once all of it has been read.
struct TextSurvey {
    let encoding: TextEncoding
    let hasNUL: Bool
    /// Bytes before DOS's end mark.
    let count: Int

    init(_ content: ContentReader) throws {
        var pieces = try TextPieces(content)
        var (position, mark): (Int, Int?) = (0, nil)
        var (hasNUL, isUTF8) = (false, true)
        // The beginning of a character that a piece ends with.
        var rest: [UInt8] = []
        while case let piece = try pieces.next(), !piece.isEmpty {
            TextSurvey.look(piece, at: position, &mark)
            position += piece.count
            let text = rest + piece
            let whole = text.count - TextSurvey.unfinished(text)
            let survey = text.withUnsafeBytes { ByteSurvey(UnsafeRawBufferPointer(rebasing: $0[..<whole])) }
            hasNUL = hasNUL || survey.hasNUL
            isUTF8 = isUTF8 && survey.encoding == .utf8
            rest = Array(text[whole...])
        }
        encoding = isUTF8 && rest.isEmpty ? .utf8 : .windows1252
        self.hasNUL = hasNUL
        count = mark ?? position
    }

    /// Follows the mark after which there is nothing but marks and line breaks, as ``TextEncoding/withoutEndMark(_:)`` finds it.
    private static func look(_ piece: [UInt8], at position: Int, _ mark: inout Int?) {
        let end = (piece.lastIndex { $0 != 0x1A && $0 != 0x0A && $0 != 0x0D } ?? -1) + 1
        if end > 0 { mark = nil }
        if mark == nil, let first = piece[end...].firstIndex(of: 0x1A) { mark = position + first }
    }

    /// Bytes at the end that may be the beginning of a character of UTF-8.
    private static func unfinished(_ text: [UInt8]) -> Int {
        for back in 1...3 where back <= text.count {
            let byte = text[text.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return size > back ? back : 0
        }
        return 0
    }
}

/// The part of a text in which rows are being read, with what was before and what comes after as far as a row's reading, and its messages', go.
///
/// It grows where lines are long: one that is the whole file is whole in it.
final class TextWindow {
    /// What a message may look back at: the line before, where it is short.
    private static let history = 4096

    private var storage: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var pieces: TextPieces
    private var piece: [UInt8] = []
    private var taken = 0
    /// Bytes of the text that aren't in the window yet.
    private var left: Int
    /// A row that starts here, or before, has the lines that were asked for behind it, or the text's end.
    private(set) var limit = -1

    init(_ content: ContentReader, _ survey: TextSurvey) throws {
        pieces = try TextPieces(content)
        left = survey.count
        storage = .allocate(byteCount: max(1, min(content.window, survey.count)), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// Valid until the window moves.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<filled]) }

    /// Reads on, so that a row that starts at a position has so many line ends behind it.
    ///
    /// - Returns: by how much less every position is now.
    func move(to position: Int, ahead lines: Int) throws -> Int {
        let dropped = max(0, position - TextWindow.history)
        if dropped > 0, let start = storage.baseAddress {
            start.copyMemory(from: start + dropped, byteCount: filled - dropped)
            filled -= dropped
        }
        while true {
            try fill()
            limit = left == 0 ? filled : lastStart(before: lines)
            // A window that is little larger than what has to be seen ahead would be moved for each row.
            if left == 0 || limit >= position - dropped + storage.count / 4 { return dropped }
            grow()
        }
    }

    private func fill() throws {
        while filled < storage.count, left > 0 {
            if taken == piece.count {
                piece = try pieces.next()
                taken = 0
                // It has become shorter since it was looked through.
                if piece.isEmpty { left = 0 }
            }
            let count = min(piece.count - taken, storage.count - filled, left)
            piece.withUnsafeBytes { piece in
                UnsafeMutableRawBufferPointer(rebasing: storage[filled...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: piece[taken..<(taken + count)]))
            }
            filled += count
            taken += count
            left -= count
        }
        if left == 0 { (piece, taken) = ([], 0) }
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: storage.count * 2, alignment: 16)
        larger.copyMemory(from: bytes)
        storage.deallocate()
        storage = larger
    }

    /// The last position with so many line ends from it on, or -1.
    private func lastStart(before lines: Int) -> Int {
        var count = 0
        var position = filled
        while position > 0 {
            position -= 1
            let byte = storage[position]
            guard byte == 0x0D || byte == 0x0A && (position == 0 || storage[position - 1] != 0x0D) else { continue }
            count += 1
            if count == lines { return position }
        }
        return -1
    }
}
