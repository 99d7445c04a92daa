internal import Foundation

/// Reports as `.rapport.json` (docs/rapport.schema.json), by whomever they are written.
package enum ReportJSON {
    /// A report, or several as an array, with a final line break.
    package static func file(_ content: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(content)) + [UInt8(ascii: "\n")]
    }
}
