internal import DropFolders
internal import LinuxSystem
internal import Qualiopi
internal import ServiceConfiguration
internal import SystemPackage

/// What tells a trigger file from a deposit: many robots send a `liste.csv.fin` or a `liste.csv.md5` after their list, to say that it
/// is there or what it should be. By its name alone it isn't told: a list may be called `liste.ok`.
struct TriggerFile {
    let box: DropBox

    /// Bytes. A checksum, a date, a word.
    private static let most: Int64 = 4096

    /// - raw: The file, open for reading.
    func isOne(_ name: [UInt8], _ status: FileStatus, _ raw: CInt) throws(Errno) -> Bool {
        let suffixes = box.settings.read { $0.deposits.ignoredSuffixes }
        guard status.size <= Self.most, FileNames.hasEnding(name, among: suffixes) else { return false }
        return !DepositHeader.begins(try FileIO.readAll(raw, limit: Int(Self.most)))
    }
}
