/// What is known of the content of one open upload, and whether it is whole.
///
/// A list that was cut is still a valid list, and would withdraw every organisation after the cut: this is the one place that says which
/// upload may be published. The session keeps a value while it writes; the drop box keeps one of its own for the same upload, which takes
/// the session's word for what was written (``UploadAccount``) and adds what the drop box sees itself: what the file was when it was opened,
/// what its syncs said, its size. Nothing is written or cut here.
package struct UploadContent: Equatable, Sendable {
    /// What the file was when it was opened.
    package enum Beginning: UInt8, CaseIterable, Sendable {
        /// Empty.
        case new = 1
        /// Whole: it waited under a temporary name, or is the copy of a published file.
        case whole
        /// The contiguous beginning of an upload that did not become whole.
        case cut
    }

    /// A size that the client has stated, which the file must have in the end.
    private struct Promise: Equatable {
        var size: UInt64
        /// Stated before there was anything: then it means the whole file. A size that is stated in the middle means no more than that
        /// once the upload has gone on beyond it.
        var isFirm: Bool
    }

    /// What may be done with a WRITE.
    package enum Admission: Equatable, Sendable {
        /// To be written there.
        case write(Range<UInt64>)
        /// To be written there after ``beginAnew()``, and after the file was cut to what that leaves.
        case beginAnew(Range<UInt64>)
        /// For good, as every WRITE after it.
        case refused(Refusal)
    }

    package enum Refusal: Equatable, Sendable {
        case overLimit
        case damaged(UploadDamage)
        case tooScattered
    }

    package enum Verdict: Equatable, Sendable {
        /// May be published.
        case whole
        /// Nothing was changed in a file that was whole already.
        case unchanged
        /// Bytes are missing, or a size was stated that the file doesn't have, or it is still as short as it was cut.
        case incomplete
        /// A write or a sync has failed: never to be published, whatever came after it.
        case damaged(UploadDamage)
        /// The client wrote past the limit.
        case overLimit
    }

    /// Bytes that the file may grow to.
    package let limit: UInt64
    /// What the file holds, as far as it counts.
    package private(set) var extents: WrittenExtents
    package private(set) var damage: UploadDamage?
    package private(set) var isOverLimit = false
    /// One past the highest byte written since it was opened.
    private var reach: UInt64 = 0
    /// Written to, or cut, since it was opened.
    private var isChanged = false
    private var promise: Promise?
    /// Where a write must have come unless a size is stated: the end of what was cut.
    private var mustReach: UInt64
    /// What was written since the file was opened; nil where nothing else is in it.
    private var fresh: WrittenExtents?
    /// A cut file, of which nothing counts any more once its client sends it from its beginning.
    private var mayBeginAnew: Bool
    private let beganWhole: Bool

    /// - size: bytes that the file holds.
    /// - mustReach: for a file that replaces one which the client believes to be there still, that one's size.
    /// - statedSize: the size in the OPEN's attributes.
    package init(
        _ beginning: Beginning, size: UInt64 = 0, mustReach: UInt64 = 0, limit: UInt64, statedSize: UInt64? = nil
    ) {
        self.limit = limit
        extents = WrittenExtents(size: size)
        beganWhole = beginning == .whole
        self.mustReach = beginning == .cut ? max(size, mustReach) : mustReach
        fresh = size > 0 ? WrittenExtents(size: 0) : nil
        mayBeginAnew = beginning == .cut && size > 0
        promise = statedSize.flatMap { Self.promise($0, size) }
    }

    /// Clients send a size of 0 to say nothing, or to empty a file that they are going to write.
    private static func promise(_ stated: UInt64, _ end: UInt64) -> Promise? {
        stated == 0 ? nil : Promise(size: stated, isFirm: end == 0)
    }

    // MARK: Writing

    /// What may be done with bytes that a client wants to write.
    ///
    /// - appends: the file was opened with APPEND: they go to the end. An offset beyond the end is kept all the same: the client knows of
    ///   bytes that aren't there, and what it sends would not follow what is.
    package func admit(offset: UInt64, count: Int, appends: Bool = false) -> Admission {
        let start = appends ? max(offset, extents.end) : offset
        let (end, overflow) = start.addingReportingOverflow(UInt64(clamping: count))
        guard !isOverLimit, !overflow, end <= limit else { return .refused(.overLimit) }
        if let damage { return .refused(.damaged(damage)) }
        if start == 0, count > 0, !appends, mayBeginAnew { return .beginAnew(start..<end) }
        guard extents.hasRoom(for: start..<end), fresh?.hasRoom(for: start..<end) ?? true else {
            return .refused(.tooScattered)
        }
        return .write(start..<end)
    }

    /// The client sends the file from its beginning: what an earlier upload left counts no more.
    ///
    /// - Returns: the size that the file must be cut to before anything is written.
    package mutating func beginAnew() -> UInt64 {
        if var fresh {
            fresh.truncate(to: fresh.lastWritten)
            extents = fresh
        }
        fresh = nil
        mayBeginAnew = false
        mustReach = 0
        isChanged = true
        return extents.end
    }

    /// Bytes were written.
    package mutating func wrote(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        extents.insert(range)
        fresh?.insert(range)
        reach = max(reach, range.upperBound)
        isChanged = true
        if let stated = promise, !stated.isFirm, range.upperBound > stated.size { promise = nil }
    }

    /// Something was refused, or could not be done.
    package mutating func refuse(_ refusal: Refusal) {
        switch refusal {
        case .overLimit: isOverLimit = true
        case .damaged(let damage): fail(damage)
        // What was refused is missing, though nothing may be written behind it.
        case .tooScattered: fail(.write)
        }
    }

    package mutating func fail(_ damage: UploadDamage) { self.damage = max(self.damage ?? damage, damage) }

    // MARK: Sizes

    /// The client states a size, by FSETSTAT or by SETSTAT.
    ///
    /// A larger one than the file's is a promise that later writes must keep.
    /// - Returns: the size that the file must be cut to, if it is to be cut.
    package mutating func state(size: UInt64) -> UInt64? {
        promise = Self.promise(size, extents.end)
        // What was there before is emptied, whether or not this upload holds anything yet (vim does so before it writes).
        if size == 0 {
            fresh = nil
            mayBeginAnew = false
            mustReach = 0
        }
        guard size < extents.end else { return nil }
        extents.truncate(to: size)
        fresh?.truncate(to: size)
        reach = min(reach, size)
        isChanged = true
        return size
    }

    // MARK: The end

    /// What is told to the other side at CLOSE.
    package var account: UploadAccount {
        UploadAccount(
            contiguous: extents.contiguous, end: extents.end, reach: reach, mustReach: mustReach, isChanged: isChanged,
            isFresh: fresh.map { $0.contiguous >= extents.end } ?? true, promisedSize: promise?.size, damage: damage,
            isOverLimit: isOverLimit)
    }

    /// Takes the other side's word for what was written. What this side knows of damage stays.
    package mutating func take(_ account: UploadAccount) {
        extents = WrittenExtents(contiguous: account.contiguous, end: account.end)
        reach = account.reach
        mustReach = account.mustReach
        isChanged = account.isChanged
        promise = account.promisedSize.map { Promise(size: $0, isFirm: true) }
        if let damage = account.damage { fail(damage) }
        isOverLimit = isOverLimit || account.isOverLimit
    }

    /// Whether the file may be published.
    ///
    /// - fileSize: what the file system says.
    package func verdict(fileSize: UInt64) -> Verdict {
        if isOverLimit || fileSize > limit { return .overLimit }
        if let damage { return .damaged(damage) }
        guard !extents.hasGap, fileSize == extents.end else { return .incomplete }
        if let promise, promise.size != fileSize { return .incomplete }
        guard promise != nil || reach >= mustReach else { return .incomplete }
        return beganWhole && !isChanged ? .unchanged : .whole
    }
}

/// Why an upload can't be published, the graver the greater.
package enum UploadDamage: UInt8, CaseIterable, Comparable, Sendable {
    /// A write failed for want of room: ENOSPC, EDQUOT.
    case noSpace = 1
    /// A write failed, or was refused in the middle.
    case write
    /// A sync failed: what was written before may be lost, whatever reading it back says.
    case sync
    /// Its room was needed: what was written is gone.
    case evicted

    /// Nothing of the file can be gone on from.
    package var isTotal: Bool { self >= .sync }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How far an upload came, as the session that wrote it tells it at CLOSE.
package struct UploadAccount: Equatable, Sendable {
    /// Every byte before this one was written.
    package var contiguous: UInt64
    /// One past the highest byte.
    package var end: UInt64
    /// One past the highest byte that was written since the file was opened.
    package var reach: UInt64
    /// Where a write must have come unless a size is stated.
    package var mustReach: UInt64
    package var isChanged: Bool
    /// Nothing is in it but what was written since the file was opened.
    package var isFresh: Bool
    /// The size that the client has stated and that still holds.
    package var promisedSize: UInt64?
    package var damage: UploadDamage?
    package var isOverLimit: Bool

    package init(
        contiguous: UInt64, end: UInt64, reach: UInt64, mustReach: UInt64 = 0, isChanged: Bool = true,
        isFresh: Bool = true, promisedSize: UInt64? = nil, damage: UploadDamage? = nil, isOverLimit: Bool = false
    ) {
        self.contiguous = contiguous
        self.end = end
        self.reach = reach
        self.mustReach = mustReach
        self.isChanged = isChanged
        self.isFresh = isFresh
        self.promisedSize = promisedSize
        self.damage = damage
        self.isOverLimit = isOverLimit
    }
}
