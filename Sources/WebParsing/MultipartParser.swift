import Glibc

/// `multipart/form-data` (RFC 7578) with short fields and one file, as it comes: nothing is kept but the bytes that may be the beginning
/// of a boundary.
///
/// Bytes go in by ``append(_:)``; ``next()`` gives what they hold, until it gives nil: then more are needed.
package struct MultipartParser {
    package enum Event: Equatable {
        case field(name: String, value: [UInt8])
        /// A file begins; its name as the browser gave it, without folders.
        case file(name: [UInt8])
        /// The file's next bytes are there, for ``withData(_:)``, until the next call of ``next()``.
        case data
        case fileEnd
        /// The closing boundary. What follows it is passed over.
        case end
    }

    package enum Fault: Error, Equatable {
        /// Not what a browser sends for a form.
        case malformed
        /// A part's head, a field, or their number is over its bound.
        case tooLong
        case secondFile
    }

    private static let mostFields = 16
    private static let longestHead = 4096
    private static let longestField = 1024

    private enum State {
        /// Before the first boundary.
        case start
        /// After a boundary: a line end, or the two dashes of the last.
        case boundary
        case head
        case field(name: String)
        case file
        case end
    }

    private let delimiter: [UInt8]
    private var state = State.start
    private var pending: [UInt8] = []
    private var position = 0
    /// Bytes that are behind ``pending``.
    private var passed: UInt64 = 0
    private var data: Range<Int> = 0..<0
    private var fields = 0
    private var hadFile = false

    /// Nil unless the content type is multipart/form-data with a boundary.
    package init?(contentType: String) {
        guard let boundary = MultipartParser.boundary(Array(contentType.utf8)) else { return nil }
        delimiter = Array("\r\n--".utf8) + boundary
    }

    package var isComplete: Bool {
        if case .end = state { true } else { false }
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if case .end = state { return }
        pending.removeFirst(position)
        passed += UInt64(position)
        position = 0
        pending.append(contentsOf: bytes)
    }

    /// When a file has just begun: its bytes in a body of that length, if it is the form's last part, as in a page's.
    package func fileSize(ofBody length: UInt64) -> UInt64? {
        let around = passed + UInt64(position) + UInt64(delimiter.count) + 4
        return length > around ? length - around : nil
    }

    /// The bytes of the last ``Event/data``.
    package func withData<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = data
        return try pending.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    package mutating func next() throws(Fault) -> Event? {
        while true {
            switch state {
            case .start:
                // The first boundary has no line before it.
                let first = delimiter.dropFirst(2)
                guard pending.count - position >= first.count else { return nil }
                guard pending[position...].starts(with: first) else { throw .malformed }
                position += first.count
                state = .boundary
            case .boundary:
                guard pending.count - position >= 2 else { return nil }
                let two = (pending[position], pending[position + 1])
                position += 2
                if two == (UInt8(ascii: "-"), UInt8(ascii: "-")) {
                    state = .end
                    return .end
                }
                guard two == (UInt8(ascii: "\r"), UInt8(ascii: "\n")) else { throw .malformed }
                state = .head
            case .head:
                guard let event = try head() else {
                    if case .head = state { return nil }
                    continue
                }
                return event
            case .field(let name):
                guard let end = find(delimiter) else {
                    guard pending.count - position <= MultipartParser.longestField + delimiter.count else {
                        throw .tooLong
                    }
                    return nil
                }
                guard end - position <= MultipartParser.longestField else { throw .tooLong }
                let value = Array(pending[position..<end])
                position = end + delimiter.count
                state = .boundary
                return .field(name: name, value: value)
            case .file:
                return file()
            case .end:
                return nil
            }
        }
    }

    /// Data as far as it can't be a boundary's beginning; nil for more bytes.
    private mutating func file() -> Event? {
        if let end = find(delimiter) {
            if end > position {
                data = position..<end
                position = end
                return .data
            }
            position += delimiter.count
            state = .boundary
            return .fileEnd
        }
        let sure = pending.count - (delimiter.count - 1)
        guard sure > position else { return nil }
        data = position..<sure
        position = sure
        return .data
    }

    /// Takes a part's head; nil while it isn't whole, or where it is a field's.
    private mutating func head() throws(Fault) -> Event? {
        guard let end = find(Array("\r\n\r\n".utf8)) else {
            guard pending.count - position <= MultipartParser.longestHead else { throw .tooLong }
            return nil
        }
        guard end - position <= MultipartParser.longestHead else { throw .tooLong }
        let part = try PartHead(pending[position..<end])
        position = end + 4
        fields += 1
        guard fields <= MultipartParser.mostFields else { throw .tooLong }
        guard let fileName = part.fileName else {
            state = .field(name: part.name)
            return nil
        }
        guard !hadFile else { throw .secondFile }
        hadFile = true
        state = .file
        return .file(name: fileName)
    }

    /// Where a sequence that begins with a line end begins, at or after the position.
    private func find(_ sequence: [UInt8]) -> Int? {
        pending.withUnsafeBytes { buffer -> Int? in
            var from = position
            while let start = buffer.baseAddress, buffer.count - from >= sequence.count,
                let found = memchr(start + from, 0x0D, buffer.count - from)
            {
                let place = UnsafeRawPointer(found) - start
                guard buffer.count - place >= sequence.count else { return nil }
                if memcmp(start + place, sequence, sequence.count) == 0 { return place }
                from = place + 1
            }
            return nil
        }
    }

    /// RFC 2046, 5.1.1: 1 to 70 characters.
    private static func boundary(_ contentType: [UInt8]) -> [UInt8]? {
        let parts = contentType.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let type = parts.first, lowercased(trimmed(type)).elementsEqual("multipart/form-data".utf8) else {
            return nil
        }
        for part in parts.dropFirst() {
            let part = trimmed(part)
            guard part.count > 9, lowercased(part.prefix(9)).elementsEqual("boundary=".utf8) else { continue }
            var value = part.dropFirst(9)
            if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
                value = value.dropFirst().dropLast()
            }
            guard (1...70).contains(value.count), value.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
            return Array(value)
        }
        return nil
    }
}

/// The head of one part: what its Content-Disposition says.
private struct PartHead {
    var name: String
    /// Nil for a field.
    var fileName: [UInt8]?

    init(_ bytes: ArraySlice<UInt8>) throws(MultipartParser.Fault) {
        var disposition: ArraySlice<UInt8>?
        var rest = bytes
        while !rest.isEmpty {
            let end = rest.indices.first { rest[$0] == 0x0D && $0 + 1 < rest.endIndex && rest[$0 + 1] == 0x0A }
            let line = rest[..<(end ?? rest.endIndex)]
            rest = end.map { rest[($0 + 2)...] } ?? []
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
            if lowercased(line[..<colon]).elementsEqual("content-disposition".utf8) {
                guard disposition == nil else { throw .malformed }
                disposition = line[(colon + 1)...]
            }
        }
        guard let disposition else { throw .malformed }
        let parameters = try PartHead.parameters(disposition)
        guard let name = parameters.name, let name = String(validating: name, as: UTF8.self) else { throw .malformed }
        self.name = name
        fileName = parameters.fileName.map(PartHead.withoutFolders)
    }

    /// `form-data; name="…"; filename="…"`: within quotes browsers write a quote as %22 and nothing with a backslash (WHATWG HTML,
    /// 4.10.21.8).
    private static func parameters(
        _ text: ArraySlice<UInt8>
    ) throws(MultipartParser.Fault) -> (name: [UInt8]?, fileName: [UInt8]?) {
        var rest = trimmed(text)
        guard lowercased(rest.prefix(9)).elementsEqual("form-data".utf8) else { throw .malformed }
        rest = trimmed(rest.dropFirst(9))
        var found: (name: [UInt8]?, fileName: [UInt8]?) = (nil, nil)
        while !rest.isEmpty {
            guard rest.first == UInt8(ascii: ";") else { throw .malformed }
            rest = trimmed(rest.dropFirst())
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw .malformed }
            let key = lowercased(trimmed(rest[..<equals]))
            rest = rest[(equals + 1)...]
            var value: [UInt8]
            if rest.first == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                guard let close = rest.firstIndex(of: UInt8(ascii: "\"")) else { throw .malformed }
                value = Array(rest[..<close])
                rest = trimmed(rest[(close + 1)...])
            } else {
                let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
                value = Array(trimmed(rest[..<end]))
                rest = rest[end...]
            }
            if key.elementsEqual("name".utf8) {
                guard found.name == nil else { throw .malformed }
                found.name = value
            } else if key.elementsEqual("filename".utf8) {
                guard found.fileName == nil else { throw .malformed }
                found.fileName = value
            }
        }
        return found
    }

    private static func withoutFolders(_ name: [UInt8]) -> [UInt8] {
        let last = name.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        var plain: [UInt8] = []
        var rest = name[(last.map { $0 + 1 } ?? 0)...]
        while let byte = rest.first {
            if rest.starts(with: "%22".utf8) {
                plain.append(UInt8(ascii: "\""))
                rest = rest.dropFirst(3)
            } else {
                plain.append(byte)
                rest = rest.dropFirst()
            }
        }
        return plain
    }
}

/// Without blanks and tabs around it.
package func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return bytes.prefix(0) }
    return bytes[first...last]
}

/// The ASCII letters of it in lower case.
package func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
}
