/// A file of which one connection has sent the beginning, and a later one the rest.
package struct Continuation: Sendable, Equatable {
    /// Bytes that were there.
    package var bytes: Int64
    /// When the last of them came.
    package var firstPart: Timestamp
    /// When the rest began.
    package var rest: Timestamp

    package init(bytes: Int64, firstPart: Timestamp, rest: Timestamp) {
        self.bytes = bytes
        self.firstPart = firstPart
        self.rest = rest
    }

    /// As rows have it: the three numbers, times in milliseconds since 1970.
    package init?(stored: String) {
        let numbers = stored.split(separator: " ").map { Int64($0) }
        guard numbers.count == 3, let bytes = numbers[0], let first = numbers[1], let rest = numbers[2] else {
            return nil
        }
        self.init(
            bytes: bytes, firstPart: Timestamp(milliseconds: first), rest: Timestamp(milliseconds: rest))
    }

    package var stored: String { "\(bytes) \(firstPart.milliseconds) \(rest.milliseconds)" }
}

/// The same in the depositor's time.
package struct TransmissionParts: Sendable, Equatable {
    /// Bytes of the first.
    package var bytes: Int64
    package var first: LocalTime
    package var rest: LocalTime

    package init(bytes: Int64, first: LocalTime, rest: LocalTime) {
        self.bytes = bytes
        self.first = first
        self.rest = rest
    }

    var remark: String {
        "Le fichier a été transmis en deux fois : une première partie (\(French.count(Int(clamping: bytes), "octet"))) le \(first.french), la suite le \(rest.french) ; vérifiez que les deux viennent de la même liste."
    }
}
