/// A message being written, in one allocation: thousands of them are made for a bad file.
struct Sentence {
    private var bytes: [UInt8] = []

    init(_ start: String) {
        bytes.reserveCapacity(256)
        add(start)
    }

    mutating func add(_ words: String) {
        if words.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
            bytes.append(contentsOf: words.utf8)
        }
    }

    mutating func add(_ number: Int) { add(String(number)) }

    /// Adds a value between French quotes, escaped and cut.
    mutating func quote(_ value: [UInt8]) {
        guard value.count <= Wording.quotedLimit, value.allSatisfy({ $0 &- 0x20 < 0x5F }) else {
            quote(DisplayText.escape(value, limit: Wording.quotedLimit))
            return
        }
        add("« ")
        bytes.append(contentsOf: value)
        add(" »")
    }

    /// Adds a value that is fit for display between French quotes.
    mutating func quote(_ value: String) {
        add("« ")
        add(value)
        add(" »")
    }

    /// The sentence with its last words.
    consuming func end(_ words: String) -> String {
        add(words)
        return String(decoding: bytes, as: UTF8.self)
    }
}
