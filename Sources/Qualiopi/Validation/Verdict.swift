/// The state of a deposit once it is treated.
///
/// Source: manual, 4.1.1. The raw value is the `etat` of reports and listings.
package enum Outcome: String, Sendable, Codable, CaseIterable {
    case succes
    case succesAvecAlertes
    case succesPartiel
    case succesPartielAvecAlertes
    case echec

    /// The manual's words for it.
    package var label: String {
        switch self {
        case .succes: "Succès"
        case .succesAvecAlertes: "Succès avec alertes"
        case .succesPartiel: "Succès partiel"
        case .succesPartielAvecAlertes: "Succès partiel avec alertes"
        case .echec: "Échec"
        }
    }
}

/// Data lines of a deposit, each counted once under its worst finding.
package struct LineCounts: Sendable, Equatable, Codable {
    /// Data lines read: neither the header nor the empty ones; 0 when the header is wrong.
    package var total: Int
    package var bloquantFichier: Int
    package var bloquantLigne: Int
    package var alerte: Int
    package var sansAlerte: Int
    /// Lines that the verdict accepts: 0 when the file is refused.
    package var integrees: Int

    package init(
        total: Int = 0, bloquantFichier: Int = 0, bloquantLigne: Int = 0, alerte: Int = 0, sansAlerte: Int = 0,
        integrees: Int = 0
    ) {
        self.total = total
        self.bloquantFichier = bloquantFichier
        self.bloquantLigne = bloquantLigne
        self.alerte = alerte
        self.sansAlerte = sansAlerte
        self.integrees = integrees
    }
}

/// Findings of a deposit by severity; always complete.
package struct FindingCounts: Sendable, Equatable, Codable {
    package var bloquantFichier: Int
    package var bloquantLigne: Int
    package var alerte: Int
    /// How many of them are in the list of details.
    package var detaillees: Int

    package init(bloquantFichier: Int = 0, bloquantLigne: Int = 0, alerte: Int = 0, detaillees: Int = 0) {
        self.bloquantFichier = bloquantFichier
        self.bloquantLigne = bloquantLigne
        self.alerte = alerte
        self.detaillees = detaillees
    }

    /// The « erreurs bloquantes » of reports and mails.
    package var blocking: Int { bloquantFichier + bloquantLigne }

    /// All findings, whatever their severity.
    package var total: Int { blocking + alerte }
}

/// What the controls say of one deposit.
package struct Verdict: Sendable {
    package var outcome: Outcome
    package var lines: LineCounts
    package var anomalies: FindingCounts
    /// At most `Policy.maxDetailedFindings`: those on the whole file, then by line and column. When there are more, every rule has its first
    /// hundred before any has more; then the ones that refuse the file go before those that reject a line, and those before the alerts.
    package var findings: [Finding]
    /// Every rule that raised something, with its complete count, the gravest first.
    package var synthesis: [RuleSummary]
    /// The organisations to integrate, in the file's order, each NDA once; empty when the file is refused.
    package var accepted: [CertifiedOrganisation]
    /// The NDAs that can be read on rejected lines; empty when the file is refused. One that another line keeps is in both.
    package var rejected: Set<NDA>
    /// True when no list of OF was given: `nda.inconnu` and `siren.inconnu` were not checked.
    package var referenceControlsSkipped: Bool

    package init(
        outcome: Outcome, lines: LineCounts, anomalies: FindingCounts, findings: [Finding],
        synthesis: [RuleSummary] = [],
        accepted: [CertifiedOrganisation], rejected: Set<NDA> = [], referenceControlsSkipped: Bool
    ) {
        self.outcome = outcome
        self.lines = lines
        self.anomalies = anomalies
        self.findings = findings
        self.synthesis = synthesis
        self.accepted = accepted
        self.rejected = rejected
        self.referenceControlsSkipped = referenceControlsSkipped
    }

    /// The organisations to integrate by ascending NDA, as lists are stored and compared.
    package var acceptedByNDA: [CertifiedOrganisation] { accepted.sorted { $0.nda < $1.nda } }
}
