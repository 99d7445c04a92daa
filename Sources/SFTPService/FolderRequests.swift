import Glibc
import LinuxSystem
import SFTPCodec
import SessionProtocol

/// The requests that list a folder.
extension SFTPServer {
    func openFolder(_ id: UInt32, _ path: [UInt8]) throws(DaemonLost) {
        if isFull(id) { return }
        let reply = try daemon.ask(.openFolder(path: ClientPath.normalise(path))).reply
        guard case .folder(let handle) = reply else { return answer(id, reply) }
        handles[handle] = .folder(FolderListing())
        output.handle(id, handle)
    }

    func readFolder(_ id: UInt32, _ handle: UInt32?) throws(DaemonLost) {
        guard let handle, let file = handles[handle] else {
            return output.status(id, .failure, Texts.unknownHandle)
        }
        guard case .folder(let listing) = file else { return output.status(id, .failure, Texts.notAFolder) }
        if !listing.hasGivenDots {
            listing.hasGivenDots = true
            let attributes = EntryAttributes(
                size: 0, isFolder: true, permissions: 0o700, modified: UInt32(clamping: now))
            return output.names(id, [".", ".."].map { entry(Array($0.utf8), attributes) })
        }
        guard !listing.isAtEnd else { return output.status(id, .eof) }
        let reply = try daemon.ask(.readFolder(handle: handle)).reply
        guard case .entries(let entries, let end) = reply else { return answer(id, reply) }
        listing.isAtEnd = end
        if entries.isEmpty {
            output.status(id, .eof)
        } else {
            output.names(id, entries.map { entry($0.name, $0.attributes) })
        }
    }

    private var now: Int64 { WallClock.nowMilliseconds() / 1000 }

    private func entry(_ name: [UInt8], _ attributes: EntryAttributes) -> NameEntry {
        NameEntry(
            name: name,
            longName: LongName.format(
                name: name, size: attributes.size, isFolder: attributes.isFolder, permissions: attributes.permissions,
                modified: attributes.modified, now: now), attributes: attributes.onTheWire)
    }
}
