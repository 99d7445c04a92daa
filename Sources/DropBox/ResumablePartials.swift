internal import DropFolders
internal import LinuxSystem
internal import Qualiopi
internal import ServiceConfiguration
internal import SystemPackage

/// Which partials clients see and may go on with: those of the day.
///
/// A robot whose upload was cut sends tomorrow's list under the same name, and its client goes on from what it finds there: the two
/// halves together are a list that nobody has made. So a cut partial is there, for its clients, until the end of the civil day of its last byte,
/// and as long as partials are kept; its file stays until it expires, and whoever sends that name again begins anew. One that is whole and waits for
/// its rename stays in sight; only it isn't gone on with any more.
///
/// Under the folder's lock. What a session writes that gives signs of life is always there.
struct ResumablePartials {
    let box: DropBox

    /// An upload that ends at midnight is renamed a moment later: so long a whole one may still be written to, in seconds.
    private static let renamePatience = 600.0
    /// The time of a last byte is that of the file's content where nothing but what happened to the file since, its cut say, is later;
    /// one that lies further back was set by its client. In milliseconds.
    private static let longestGap: Int64 = 86_400_000

    /// Nil for one that clients don't see any more.
    func status(_ name: [UInt8], in staging: Folder, _ state: DropFolder.State) throws -> FileStatus? {
        guard let status = try staging.regularFile(name) else { return nil }
        return isHidden(name, status, state) ? nil : status
    }

    func isHidden(_ name: [UInt8], _ status: FileStatus, _ state: DropFolder.State) -> Bool {
        guard !isWritten(name, state), status.size > 0, PartialMark(status) == .open else { return false }
        return isOver(status)
    }

    /// Whether a whole one, which is seen, is begun anew by whoever opens it to write.
    func isStale(_ name: [UInt8], _ status: FileStatus, _ state: DropFolder.State) -> Bool {
        guard !isWritten(name, state), PartialMark(status) == .whole else { return false }
        return isOver(status) && box.clock.now().seconds(since: lastByte(of: status)) > Self.renamePatience
    }

    /// Cuts a partial of a daemon that is dead at its first hole.
    ///
    /// - Returns: its size then; nil if it has no hole.
    func cut(_ raw: CInt, _ status: FileStatus) throws(Errno) -> Int64? {
        guard status.size > 0 else { return nil }
        let hole = try FileIO.nextHole(raw)
        guard hole < status.size else { return nil }
        try FileIO.truncate(raw, hole)
        // The last byte is none the younger for that.
        try? FileIO.setModified(raw, status.modified)
        return hole
    }

    /// A session that is silent for so long that it may be taken over may be one whose client is gone: with what it left as with what the
    /// dead have left.
    private func isWritten(_ name: [UInt8], _ state: DropFolder.State) -> Bool {
        state.uploads[name].map { $0.sender.silence < Upload.patience } ?? false
    }

    func lastByte(of status: FileStatus) -> Timestamp {
        let (changed, modified) = (status.changed.milliseconds, status.modified.milliseconds)
        let (gap, overflow) = changed.subtractingReportingOverflow(modified)
        return instant(!overflow && (0...Self.longestGap).contains(gap) ? modified : changed)
    }

    func lastChange(of status: FileStatus) -> Timestamp { instant(status.changed.milliseconds) }

    /// What comes during a rehearsal comes by its clock.
    private func instant(_ milliseconds: Int64) -> Timestamp {
        let last = Timestamp(milliseconds: milliseconds)
        return last < box.begun ? last : last.adding(seconds: box.clock.offsetSeconds)
    }

    func isOver(_ status: FileStatus) -> Bool {
        let last = lastByte(of: status)
        let now = box.clock.now()
        let kept = box.settings.read { Double($0.deposits.partialRetentionHours) * 3600 }
        return box.clock.local(last).date < box.clock.local(now).date || now.seconds(since: last) > kept
    }
}
