internal import Qualiopi
internal import ServiceConfiguration

/// A file that has left its drop folder and that those who sent it still see under its name: their clients look at the size or
/// set the time after an upload, and must not be told that it failed.
///
/// Whoever comes later sees that the name is free: a client that passes over what is there with the same size would otherwise never
/// send a correction.
struct TakenFile {
    /// Nil where it became no deposit.
    var deposit: Int64?
    var size: Int64
    /// Seconds since 1970.
    var modified: Int64
    var until: Timestamp
    /// When it was published, in milliseconds of the monotonic clock.
    var published: UInt64
    /// Who sent it; nil where that is not known.
    var login: String?
    var address: String?

    /// - newcomers: For how many milliseconds after its publication it belongs to those of the same account and address who
    ///   come then: a client may have several connections, one after another.
    func isShown(to sender: Sender, now: Timestamp, newcomers: UInt64) -> Bool {
        guard until > now else { return false }
        if sender.pulse.began <= published { return true }
        return sender.login == login && sender.address == address && sender.pulse.began - published <= newcomers
    }
}

extension DropFolder.State {
    /// What a name means to a session once its file was taken; nil if nothing.
    func taken(_ name: [UInt8], by sender: Sender, in box: DropBox) -> TakenFile? {
        let newcomers = box.settings.read { $0.deposits.takenViewNewcomersSeconds } * 1000
        guard let taken = taken[name],
            taken.isShown(to: sender, now: box.clock.now(), newcomers: UInt64(max(0, min(newcomers, 1e12))))
        else { return nil }
        return taken
    }

    /// Notes what was taken from the drop folder, and lets go of what is over.
    mutating func take(_ name: [UInt8], _ file: TakenFile, now: Timestamp) {
        taken = taken.filter { $0.value.until > now }
        taken[name] = file
    }
}
