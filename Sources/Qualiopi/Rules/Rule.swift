/// A control of the deposit, named by the identifier that settings, reports and scripts use.
///
/// The table of what each one says is `RuleCatalog.swift`.
package enum Rule: String, CaseIterable, Sendable {
    case fileName = "fichier.nom"
    case fileSize = "fichier.taille"
    case header = "fichier.entete"
    case emptyFile = "fichier.vide"
    case columns = "ligne.colonnes"

    case ndaRequired = "nda.obligatoire"
    case ndaFormat = "nda.format"
    case ndaUnique = "nda.unique"
    case ndaUnknown = "nda.inconnu"

    case sirenRequired = "siren.obligatoire"
    case sirenFormat = "siren.format"
    case sirenUnknown = "siren.inconnu"

    case trainingRequired = "actionsDeFormation.obligatoire"
    case trainingValue = "actionsDeFormation.valeur"
    case assessmentRequired = "bilansDeCompetences.obligatoire"
    case assessmentValue = "bilansDeCompetences.valeur"
    case vaeRequired = "vae.obligatoire"
    case vaeValue = "vae.valeur"
    case apprenticeshipRequired = "actionsDeFormationParApprentissage.obligatoire"
    case apprenticeshipValue = "actionsDeFormationParApprentissage.valeur"

    case certification = "organisme.certification"

    case decisionRequired = "dateDecisionCertif.obligatoire"
    case decisionFormat = "dateDecisionCertif.format"
    case decisionFuture = "dateDecisionCertif.future"
    case decisionAge = "dateDecisionCertif.anciennete"

    case endRequired = "dateFinValiditeCertif.obligatoire"
    case endFormat = "dateFinValiditeCertif.format"
    case endExpired = "dateFinValiditeCertif.echue"
    case endHorizon = "dateFinValiditeCertif.horizon"

    case listShrinks = "liste.baisse"
    case otherCertifier = "nda.autreCertificateur"
    case endSoon = "dateFinValiditeCertif.proche"
}
