/// What a path of the virtual tree names, for one account.
///
/// The tree is `/`, `/<code>`, `/<code>/QUALIOPI` and `/<code>/QUALIOPI/FICHIER_QUALIOPI`; nothing else exists,
/// whatever the path says. The session has normalised the path, but it isn't trusted: `.`, `..` and empty components
/// name nothing here.
package enum VirtualPath: Equatable {
    /// `/`
    case root
    /// `/<code>` or `/<code>/QUALIOPI`, with what it holds.
    case folder(code: String, holds: String)
    /// The drop folder.
    case dropFolder(code: String)
    /// A name in the drop folder.
    case file(code: String, name: [UInt8])
    /// No such path: a refusal names the drop folders that the account has.
    case nothing

    static let project = "QUALIOPI"
    static let dropFolderName = "FICHIER_QUALIOPI"
    /// As the manual's link spells it (4.2.2): the same folder, not listed.
    static let manualSpelling = "FICHER_QUALIOPI"

    /// What a path means to an account with these depositors.
    package init(_ path: [UInt8], codes: [String]) {
        let components = path.split(separator: UInt8(ascii: "/")).map(Array.init)
        guard components.allSatisfy({ $0 != [0x2E] && $0 != [0x2E, 0x2E] }) else {
            self = .nothing
            return
        }
        guard let first = components.first else {
            self = .root
            return
        }
        guard let code = codes.first(where: { Array($0.utf8) == first }) else {
            self = .nothing
            return
        }
        let names = components.dropFirst(1).prefix(2).map { String(decoding: $0, as: UTF8.self) }
        switch names.count {
        case 0: self = .folder(code: code, holds: Self.project)
        case 1: self = names[0] == Self.project ? .folder(code: code, holds: Self.dropFolderName) : .nothing
        default:
            guard names[0] == Self.project, names[1] == Self.dropFolderName || names[1] == Self.manualSpelling else {
                self = .nothing
                return
            }
            switch components.count {
            case 3: self = .dropFolder(code: code)
            case 4 where FileNames.isDraft(components[3]): self = .nothing
            case 4: self = .file(code: code, name: components[3])
            default: self = .nothing
            }
        }
    }

    package static func folder(of code: String) -> String { "/\(code)/\(project)/\(dropFolderName)" }
}
