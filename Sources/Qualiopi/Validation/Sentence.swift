/// A message being written, in one allocation: thousands of them are made for a bad file.
struct Sentence {
    private(set) var text = ""

    init(_ start: String) {
        text.reserveCapacity(224)
        add(start)
    }

    mutating func add(_ words: String) { text += words }

    mutating func add(_ number: Int) { text += String(number) }

    /// Adds a value between French quotes, escaped and cut.
    mutating func quote(_ value: [UInt8]) { quote(DisplayText.escape(value, limit: Wording.quotedLimit)) }

    /// Adds a value that is fit for display between French quotes.
    mutating func quote(_ value: String) {
        text += "« "
        text += value
        text += " »"
    }

    /// The sentence with its last words.
    consuming func end(_ words: String) -> String {
        add(words)
        return text
    }
}
