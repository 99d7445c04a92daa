package import SessionProtocol

/// The entries of a folder at a moment, shared by all who list it unchanged.
package final class FolderSnapshot: Sendable {
    package let entries: [FolderEntry]

    package init(_ entries: [FolderEntry]) { self.entries = entries }
}
