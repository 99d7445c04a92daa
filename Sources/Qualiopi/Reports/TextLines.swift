/// Lines of a text under construction. Our own words are typeset; values from outside are shown as they are.
struct TextLines {
    private(set) var joined = ""

    /// An empty line.
    mutating func skip() { joined += "\n" }

    /// A line of our own words; values are between « ».
    mutating func say(_ words: String) { add(French.typeset(words)) }

    /// A line of our own words with a value from outside after the colon.
    mutating func say(_ words: String, _ value: String) { add(French.typeset("\(words) : ") + value) }

    /// An underlined title after an empty line.
    mutating func title(_ title: String, underline: Character = "-") {
        skip()
        add(title)
        add(String(repeating: underline, count: title.count))
    }

    private mutating func add(_ line: String) {
        joined += line
        joined += "\n"
    }
}
