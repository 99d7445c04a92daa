internal import SessionProtocol

/// The entries of a folder at a moment, shared by all who list it unchanged.
final class FolderSnapshot: Sendable {
    let entries: [FolderEntry]

    init(_ entries: [FolderEntry]) { self.entries = entries }
}
