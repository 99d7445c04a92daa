internal import Foundation
internal import GRDB
internal import Qualiopi

// How Swift values lie in columns. The tables are STRICT: a column holds what it is declared as, or null where that is
// allowed.

extension Store {
    static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }

    static func bytes(_ row: Row, _ column: String) -> [UInt8] {
        (row[column] as Data?).map { [UInt8]($0) } ?? []
    }
}

extension Timestamp {
    init(_ row: Row, _ column: String) { self.init(milliseconds: row[column]) }

    init?(optional row: Row, _ column: String) {
        guard let milliseconds: Int64 = row[column] else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
