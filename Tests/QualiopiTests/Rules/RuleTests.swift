import Testing

@testable import Qualiopi

@Suite struct RuleTests {
    @Test func `identifiers are the interface's`() {
        let listed = """
            fichier.nom fichier.taille fichier.entete fichier.vide ligne.colonnes
            nda.obligatoire nda.format nda.unique nda.inconnu
            siren.obligatoire siren.format siren.inconnu
            actionsDeFormation.obligatoire actionsDeFormation.valeur bilansDeCompetences.obligatoire
            bilansDeCompetences.valeur vae.obligatoire vae.valeur
            actionsDeFormationParApprentissage.obligatoire actionsDeFormationParApprentissage.valeur
            organisme.certification
            dateDecisionCertif.obligatoire dateDecisionCertif.format dateDecisionCertif.future dateDecisionCertif.anciennete
            dateFinValiditeCertif.obligatoire dateFinValiditeCertif.format dateFinValiditeCertif.echue dateFinValiditeCertif.horizon
            liste.baisse nda.autreCertificateur dateFinValiditeCertif.proche
            """
        #expect(Rule.allCases.map(\.rawValue) == listed.split { $0 == " " || $0 == "\n" }.map { String($0) })
    }

    @Test(arguments: Rule.allCases)
    func `severities by default are the manual's`(_ rule: Rule) {
        let expected: Severity? =
            switch rule {
            case .ndaUnknown, .sirenUnknown: .ligne
            case .listShrinks: .alerte
            case .otherCertifier, .endSoon: nil
            default: .fichier
            }
        #expect(rule.defaultSeverity == expected)
        #expect(Policy().severity(of: rule) == expected)
        #expect(!rule.field.isEmpty)
        #expect(rule.text.hasSuffix("."))
    }

    @Test func `fields of cells are the columns' names`() {
        #expect(Column.allCases.map(\.name).joined(separator: ";") == Deposit.header)
        #expect(Rule.vaeValue.field == "VAE")
        #expect(Rule.certification.field == "Organisme de formation (ligne)")
    }

    @Test func `a severity can be changed and given back`() {
        var policy = Policy()
        policy.set(.ndaUnknown, .fichier)
        #expect(policy.severity(of: .ndaUnknown) == .fichier)
        policy.set(.ndaUnknown, nil)
        #expect(policy.severity(of: .ndaUnknown) == nil)
        policy.set(.ndaUnknown, .ligne)
        #expect(policy.severity(of: .ndaUnknown) == .ligne)
        policy.set(.endSoon, .alerte)
        #expect(policy.severity(of: .endSoon) == .alerte)
    }
}
