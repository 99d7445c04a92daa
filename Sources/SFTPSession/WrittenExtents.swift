/// Which bytes of an upload have been written.
///
/// Clients write out of order at times; a gap that is left at CLOSE means that the file is incomplete, and a connection that dies leaves
/// only what is contiguous.
struct WrittenExtents: Equatable {
    /// More separate pieces than any client has in flight.
    static let maximumPieces = 4096

    /// Every byte before this one was written.
    private(set) var contiguous: UInt64
    /// Pieces beyond the contiguous beginning, in order, neither touching nor overlapping.
    private(set) var pieces: [Range<UInt64>] = []

    /// - Parameter size: What the file holds already.
    init(size: UInt64) { contiguous = size }

    /// One past the highest byte.
    var end: UInt64 { pieces.last?.upperBound ?? contiguous }
    var hasGap: Bool { !pieces.isEmpty }

    /// Whether writing these bytes would leave a gap before them.
    func opensGap(_ range: Range<UInt64>) -> Bool { range.lowerBound > contiguous }

    /// Whether these bytes can be noted: false if they would make one piece too many.
    func hasRoom(for range: Range<UInt64>) -> Bool {
        !opensGap(range) || pieces.count < Self.maximumPieces
    }

    /// Notes that bytes were written.
    mutating func insert(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
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
    mutating func truncate(to size: UInt64) {
        contiguous = min(contiguous, size)
        pieces = pieces.compactMap {
            $0.lowerBound < size ? $0.lowerBound..<min($0.upperBound, size) : nil
        }
    }
}
