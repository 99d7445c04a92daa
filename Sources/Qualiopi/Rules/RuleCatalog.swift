/// What a rule bears on.
enum RuleScope {
    /// The deposit as a whole: its findings have no line.
    case file
    /// A line that breaks the rule can still be stored.
    case line
    /// A line that breaks the rule can't be stored: a value of it can't be read, or its organisation is there already.
    case unstorable
}

/// One row of the table of rules.
struct RuleRow {
    let field: String
    let text: String
    let severity: Severity?
    let scope: RuleScope

    init(_ field: String, _ text: String, _ severity: Severity?, _ scope: RuleScope) {
        self.field = field
        self.text = text
        self.severity = severity
        self.scope = scope
    }
}

extension Rule {
    /// The table of the rules: field shown, text of the rule, severity by default, scope.
    ///
    /// Source: manual, section 3, « Contrôles du fichier » and « Contrôles des données »; the field and text of
    /// `organisme.certification` are those of the screens of 4.1.2. `fichier.vide`, `ligne.colonnes`, `liste.baisse` and the two rules that
    /// are off are not in the manual.
    var row: RuleRow {
        switch self {
        case .fileName:
            RuleRow("Nom du fichier", "Le nom du fichier ne doit pas dépasser 35 caractères.", .fichier, .file)
        case .fileSize:
            RuleRow("Taille du fichier", "La taille du fichier doit être inférieure à 10 Mo.", .fichier, .file)
        case .header:
            RuleRow("Entête", "La première ligne du fichier doit être l'entête attendu.", .fichier, .file)
        case .emptyFile:
            RuleRow("Fichier", "Le fichier doit contenir au moins une ligne à intégrer.", .fichier, .file)
        case .columns:
            RuleRow("Ligne", "La ligne doit comporter 8 colonnes séparées par « ; ».", .fichier, .unstorable)

        case .ndaRequired: RuleRow("NDA", "Le NDA est obligatoire.", .fichier, .unstorable)
        case .ndaFormat:
            RuleRow("NDA", "Le NDA doit comporter 11 caractères alphanumériques.", .fichier, .unstorable)
        case .ndaUnique:
            RuleRow("NDA", "Le NDA doit être unique dans le fichier.", .fichier, .unstorable)
        case .ndaUnknown:
            RuleRow(
                "NDA", "L'OF doit être présent dans la liste OF (les anciens NDA ne sont pas acceptés).", .ligne, .line)

        case .sirenRequired: RuleRow("SIREN", "Le SIREN est obligatoire.", .fichier, .unstorable)
        case .sirenFormat: RuleRow("SIREN", "Le SIREN doit comporter 9 chiffres.", .fichier, .unstorable)
        case .sirenUnknown:
            RuleRow("SIREN", "Le SIREN de l'OF doit être présent dans la liste OF.", .ligne, .line)

        case .trainingRequired: Rule.required(.actionsDeFormation)
        case .trainingValue: Rule.yesOrNo(.actionsDeFormation)
        case .assessmentRequired: Rule.required(.bilansDeCompetences)
        case .assessmentValue: Rule.yesOrNo(.bilansDeCompetences)
        case .vaeRequired: Rule.required(.vae)
        case .vaeValue: Rule.yesOrNo(.vae)
        case .apprenticeshipRequired: Rule.required(.actionsDeFormationParApprentissage)
        case .apprenticeshipValue: Rule.yesOrNo(.actionsDeFormationParApprentissage)

        case .certification:
            RuleRow(
                "Organisme de formation (ligne)", "L'organisme de formation doit avoir au moins une certification.",
                .fichier, .line)

        case .decisionRequired: Rule.required(.dateDecisionCertif)
        case .decisionFormat: Rule.date(.dateDecisionCertif)
        case .decisionFuture:
            RuleRow(
                "dateDecisionCertif", "La date de décision doit être inférieure ou égale à la date du jour.", .fichier,
                .line)
        case .decisionAge:
            RuleRow("dateDecisionCertif", "La date de décision doit dater de moins de 10 ans.", .fichier, .line)

        case .endRequired: Rule.required(.dateFinValiditeCertif)
        case .endFormat: Rule.date(.dateFinValiditeCertif)
        case .endExpired:
            RuleRow(
                "dateFinValiditeCertif", "La date de fin de validité doit être supérieure à la date du jour.", .fichier,
                .line)
        case .endHorizon:
            RuleRow(
                "dateFinValiditeCertif", "La date de fin de validité doit être à moins de 10 ans.", .fichier, .line)

        case .listShrinks:
            RuleRow(
                "Liste", "La liste ne doit pas perdre plus de 20 % des organismes de la dernière liste intégrée.",
                .alerte, .file)
        case .otherCertifier:
            RuleRow("NDA", "Le NDA ne doit pas être certifié par un autre certificateur.", nil, .line)
        case .endSoon:
            RuleRow(
                "dateFinValiditeCertif", "La date de fin de validité ne doit pas arriver dans les 30 jours.", nil, .line
            )
        }
    }

    /// The field's name as reports show it: the column's for a cell, the manual's « Organisme de formation (ligne) » for the four categories.
    package var field: String { row.field }

    /// The rule as a French sentence.
    package var text: String { row.text }

    /// The severity that applies without a setting; nil for a rule that is off.
    package var defaultSeverity: Severity? { row.severity }

    private static func required(_ column: Column) -> RuleRow {
        RuleRow(column.name, "La valeur est obligatoire.", .fichier, .unstorable)
    }

    private static func yesOrNo(_ column: Column) -> RuleRow {
        RuleRow(column.name, "La valeur doit être OUI ou NON.", .fichier, .unstorable)
    }

    private static func date(_ column: Column) -> RuleRow {
        RuleRow(column.name, "La date doit être au format jj/mm/aaaa.", .fichier, .unstorable)
    }
}
