/// Which bytes of an upload have been written.
///
/// Clients write out of order at times; a gap that is left at CLOSE means that the file is incomplete, and a connection that dies leaves
/// only what is contiguous.
package struct WrittenExtents: Equatable, Sendable {
    /// More separate pieces than any client has in flight.
    package static let maximumPieces = 4096

    /// Every byte before this one was written.
    package private(set) var contiguous: UInt64
    /// Pieces beyond the contiguous beginning, in order, neither touching nor overlapping.
    package private(set) var pieces: [Range<UInt64>] = []

    /// The size of the file. Nothing was written just before it where a cut has left a gap there.
    package private(set) var end: UInt64

    /// - size: what the file holds already.
    package init(size: UInt64) { self.init(contiguous: size, end: size) }

    /// What somebody else says of them: with a gap if the two differ, though not where it is.
    package init(contiguous: UInt64, end: UInt64) {
        self.contiguous = contiguous
        self.end = end
    }

    package var hasGap: Bool { contiguous < end }
    /// One past the highest byte that was written.
    package var lastWritten: UInt64 { pieces.last?.upperBound ?? contiguous }

    /// Whether writing these bytes would leave a gap before them.
    package func opensGap(_ range: Range<UInt64>) -> Bool { range.lowerBound > contiguous }

    /// Whether these bytes can be noted: false if they would make one piece too many.
    package func hasRoom(for range: Range<UInt64>) -> Bool {
        !opensGap(range) || pieces.count < Self.maximumPieces
    }

    /// Notes that bytes were written.
    package mutating func insert(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        end = max(end, range.upperBound)
        guard opensGap(range) else {
            contiguous = max(contiguous, range.upperBound)
            while let first = pieces.first, first.lowerBound <= contiguous {
                contiguous = max(contiguous, first.upperBound)
                pieces.removeFirst()
            }
            return
        }
        var merged = range
        let first = pieces.firstIndex { $0.upperBound >= merged.lowerBound } ?? pieces.endIndex
        var last = first
        while last < pieces.endIndex, pieces[last].lowerBound <= merged.upperBound {
            merged = min(merged.lowerBound, pieces[last].lowerBound)..<max(merged.upperBound, pieces[last].upperBound)
            last += 1
        }
        pieces.replaceSubrange(first..<last, with: [merged])
    }

    /// Notes that the file was cut to a size.
    package mutating func truncate(to size: UInt64) {
        contiguous = min(contiguous, size)
        end = min(end, size)
        pieces = pieces.compactMap {
            $0.lowerBound < size ? $0.lowerBound..<min($0.upperBound, size) : nil
        }
    }
}
