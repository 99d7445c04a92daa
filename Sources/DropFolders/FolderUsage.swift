package import ServiceConfiguration
package import LinuxSystem

/// How full a depositor's folder is, or the allowance of its reports.
package struct FolderUsage: Sendable, Equatable {
    package enum Kind: Sendable, CaseIterable {
        /// Partial uploads and files that wait to be claimed: at the limit uploads are refused.
        case uploads
        /// At the limit the oldest go.
        case reports
    }

    package var kind: Kind
    package var files: Int
    package var bytes: Int64
    /// Of the limit of files or of bytes, whichever is nearer.
    package var percent: Int

    /// From here on somebody is told.
    package static let high = 80
    package var isHigh: Bool { percent >= Self.high }

    /// Looks at a depositor's folders. Needs no daemon.
    package static func of(
        _ code: String, in directory: StateDirectory, settings: Settings
    ) throws -> [FolderUsage] {
        let published = try Folder(path: directory.dropFolder(of: code)).regularFiles()
        let partials = try Folder(path: directory.stagingFolder(of: code)).regularFiles()
        return Kind.allCases.map { kind in
            let files =
                switch kind {
                case .uploads: partials + published.filter { !FileNames.isReport($0.name) }
                case .reports: published.filter { FileNames.isReport($0.name) }
                }
            let bytes = Folder.bytes(of: files)
            let share = max(
                Double(files.count) / Double(max(1, settings.sftp.maxFolderFiles)),
                Double(bytes) / Double(max(1, settings.sftp.maxFolderBytes)))
            return FolderUsage(
                kind: kind, files: files.count, bytes: bytes, percent: Int(min(1_000_000, share * 100)))
        }
    }
}
