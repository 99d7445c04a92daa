internal import Foundation

/// A listing in its two forms, which are different models: a table for people, objects for machines.
package struct Listing<Item> {
    package let items: [Item]
    package let columns: [Table.Column]
    package let row: (Item) -> [String]
    package let object: (Item) -> [(String, JSONValue)]

    package init(
        items: [Item], columns: [Table.Column], row: @escaping (Item) -> [String],
        object: @escaping (Item) -> [(String, JSONValue)]
    ) {
        (self.items, self.columns, self.row, self.object) = (items, columns, row, object)
    }

    package func show(_ options: ListingOptions, whenEmpty remark: String) {
        if options.json {
            Output.write(JSONValue.array(items.map { .object(object($0)) }).text() + "\n")
        } else if items.isEmpty {
            Terminal.note(remark)
        } else {
            var table = Table(columns: columns)
            for item in items { table.add(row(item)) }
            table.show(options)
        }
    }
}

/// Facts about one thing: `name: value` lines for people, one object for machines.
package struct Sheet {
    package private(set) var facts: [(label: String, key: String, lines: [String], value: JSONValue)] = []

    package init() {}

    package mutating func add(_ label: String, _ key: String, _ text: String, _ value: JSONValue? = nil) {
        facts.append((label, key, [text], value ?? .string(text)))
    }

    /// Adds several things under one label, each on a line of its own.
    package mutating func add(
        _ label: String, _ key: String, lines: [String], _ value: JSONValue? = nil, whenEmpty: String
    ) {
        facts.append((label, key, lines.isEmpty ? [whenEmpty] : lines, value ?? .strings(lines)))
    }

    package var object: JSONValue { .object(facts.map { ($0.key, $0.value) }) }

    package func show(_ options: ListingOptions) {
        if options.json {
            Output.write(JSONValue.array([object]).text() + "\n")
        } else {
            Output.write(text)
        }
    }

    package var text: String {
        let width = facts.map(\.label.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 2)
        return facts.map { fact in
            let label = "\(fact.label):" + String(repeating: " ", count: width + 1 - fact.label.count)
            let lines = fact.lines.map(Terminal.printable)
            return label + lines.joined(separator: "\n" + indent) + "\n"
        }.joined()
    }
}

/// Standard output. A reader that goes away (`| head`) ends the program quietly, by SIGPIPE.
package enum Output {
    package static func write(_ text: String) {
        write(Array(text.utf8))
    }

    package static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                Terminal.complain("standard output: \(String(cString: strerror(errno)))")
                exit(Failure.Kind.failed.rawValue)
            }
            rest = rest.dropFirst(count)
        }
    }

    package static func line(_ text: String) {
        write(text + "\n")
    }
}
