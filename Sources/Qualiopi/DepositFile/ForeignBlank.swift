/// The no-break space of Mac Roman (0xCA) and of the code pages 437 and 850 of DOS (0xFF), in a file that is read as Windows-1252, where they
/// are the letters « Ê » and « ÿ ».
///
/// No value has these letters, so that they are blanks wherever U+00A0 would be one. But a title, a name or a remark may have them: within a
/// word they are letters, so that a message shows it as it was written.
enum ForeignBlank {
    /// So many of them in a row are no blanks: a disk that was not written to its end is full of 0xFF.
    private static let filler = 9
    /// Letters on either side that are looked at.
    private static let mostRead = 16

    @inline(__always)
    static func isByte(_ byte: UInt8) -> Bool { byte == 0xCA || byte == 0xFF }

    /// Whether the byte at a position is one of them, and a blank.
    @inline(never)
    static func isOne(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        let byte = bytes[position]
        guard isByte(byte), !isFiller(bytes, at: position) else { return false }
        let after = letters(bytes, from: position, step: 1)
        let former = beside(bytes, position, step: -1)
        guard let next = after.first, !isDigit(former) else {
            // « L'Haÿ-les-Roses ».
            return beside(bytes, position, step: 1) != 0x2D || !isLetter(former)
        }
        let before = letters(bytes, from: position, step: -1)
        guard let last = before.first else {
            // No word begins with « ÿ », one with « Ê ».
            return byte == 0xFF || !["tre", "tes"].contains(lower(after))
        }
        // « FORÊT » and « Louÿs », but neither « actionsÊDeFormation » nor « OUIÿNON ».
        if byte == 0xCA ? isLower(last) : isUpper(last) && isUpper(next) { return true }
        let word =
            letters(bytes, from: position, step: -1, orDigits: true).reversed()
            + letters(bytes, from: position, step: 1, orDigits: true)
        // As it may be misread, too.
        return ["oui", "non", "0ui", "n0n", "ou1"].contains(lower(word))
    }

    /// Whether one of these bytes stands among more of them than anybody types.
    static func isFiller(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        var count = 1
        for step in [-1, 1] {
            var next = position &+ step
            while count < filler, next >= 0, next < bytes.count, isByte(bytes[next]) {
                count &+= 1
                next &+= step
            }
        }
        return count >= filler
    }

    /// The letters from a position on, as far as they go, others of these bytes passed over.
    private static func letters(
        _ bytes: UnsafeRawBufferPointer, from position: Int, step: Int, orDigits: Bool = false
    ) -> [UInt8] {
        var found: [UInt8] = []
        var next = position &+ step
        for _ in 0..<mostRead where next >= 0 && next < bytes.count {
            let byte = bytes[next]
            if !isByte(byte) {
                guard isLetter(byte) || orDigits && isDigit(byte) else { break }
                found.append(byte)
            }
            next &+= step
        }
        return found
    }

    /// The first byte in a direction that is none of these.
    private static func beside(_ bytes: UnsafeRawBufferPointer, _ position: Int, step: Int) -> UInt8 {
        var next = position &+ step
        for _ in 0..<mostRead where next >= 0 && next < bytes.count {
            if !isByte(bytes[next]) { return bytes[next] }
            next &+= step
        }
        return 0
    }

    private static func lower(_ letters: [UInt8]) -> String { String(decoding: letters, as: UTF8.self).lowercased() }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 || 0xC0...0xDE ~= byte }
    private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || byte >= 0xDF }
    private static func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }
}
