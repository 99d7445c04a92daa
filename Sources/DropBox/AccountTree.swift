internal import DropFolders

/// What the paths of an account mean.
struct AccountTree {
    /// The depositors whose folders the account sees.
    let codes: [String]

    func resolve(_ path: [UInt8]) -> VirtualPath { VirtualPath(path, codes: codes) }

    /// The refusal of whatever is written elsewhere than into the drop folders, and names these.
    var elsewhere: Refusal {
        Refusal.denied(RefusalTexts.depositIn(codes.map(VirtualPath.folder(of:))))
    }

    /// The drop folder and the name that a writing request means.
    func target(_ path: [UInt8], in box: DropBox) throws(Refusal) -> (folder: DropFolder, name: [UInt8]) {
        switch resolve(path) {
        case .file(let code, let name): return (box.folder(code), name)
        case .root, .folder, .dropFolder: throw elsewhere
        case .nothing:
            // A name beside the folders of the account's own tree is told where to go; another depositor's does not
            // exist.
            let parts = path.split(separator: UInt8(ascii: "/"))
            let isOwn = parts.first.map { codes.contains(String(decoding: $0, as: UTF8.self)) } ?? false
            throw isOwn || parts.count <= 1 ? elsewhere : Refusal.absent
        }
    }
}
