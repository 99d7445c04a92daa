/// Lists of certified organisations as the file that the manual describes.
///
/// Source: manual, section 3, « Format du fichier ».
package enum RegistryCSV {
    /// The first line, without its line break.
    package static let header = Column.allCases.map(\.name).joined(separator: ";")

    /// Header and rows, `;` between the columns, a line feed after each line, no quotes; a depositor could deposit it as it stands.
    package static func write(_ organisations: [CertifiedOrganisation]) -> [UInt8] {
        var bytes = Array(header.utf8)
        bytes.reserveCapacity(bytes.count + organisations.count * 64)
        bytes.append(lineFeed)
        for organisation in organisations { append(organisation, to: &bytes) }
        return bytes
    }

    /// The eight columns of one organisation, in the header's order.
    package static func fields(of organisation: CertifiedOrganisation) -> [String] {
        [organisation.nda.text, organisation.siren.text]
            + categoriesInOrder.map { organisation.categories.contains($0) ? "OUI" : "NON" }
            + [organisation.decision.french, organisation.end.french]
    }

    private static let lineFeed = UInt8(ascii: "\n")

    private static let categoriesInOrder: [Categories] = [
        .actionsDeFormation, .bilansDeCompetences, .vae, .actionsDeFormationParApprentissage,
    ]

    private static func append(_ organisation: CertifiedOrganisation, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: fields(of: organisation).joined(separator: ";").utf8)
        bytes.append(lineFeed)
    }
}
