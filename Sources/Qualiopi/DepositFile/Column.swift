/// The eight columns of the deposit, in their order.
///
/// Source: manual, section 3, « 1ère ligne du fichier ».
enum Column: Int, CaseIterable, Sendable {
    case nda
    case siren
    case actionsDeFormation
    case bilansDeCompetences
    case vae
    case actionsDeFormationParApprentissage
    case dateDecisionCertif
    case dateFinValiditeCertif

    static let count = 8

    /// The name in the header, exact case.
    var name: String {
        switch self {
        case .nda: "NDA"
        case .siren: "SIREN"
        case .actionsDeFormation: "actionsDeFormation"
        case .bilansDeCompetences: "bilansDeCompetences"
        case .vae: "VAE"
        case .actionsDeFormationParApprentissage: "actionsDeFormationParApprentissage"
        case .dateDecisionCertif: "dateDecisionCertif"
        case .dateFinValiditeCertif: "dateFinValiditeCertif"
        }
    }
}
