extension Report: Encodable {
    /// The version of the keys below.
    private static let version = 2

    /// The keys of the report for machines; scripts of depositors depend on them. `docs/rapport.schema.json` describes them.
    private enum Key: String, CodingKey {
        case version, depot, projet, deposant, fichier, taille, sha256, etat, cause, raison, mode, auteur, canal,
            periode
        case recuLe, traiteLe, dateDuJour, listeOF, lignes, anomalies, resume, mouvements, details
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Report.version, forKey: .version)
        try container.encodeIfPresent(deposit, forKey: .depot)
        try container.encode("QUALIOPI", forKey: .projet)
        try container.encodeIfPresent(depositor, forKey: .deposant)
        try container.encode(file, forKey: .fichier)
        try container.encode(size, forKey: .taille)
        // Written as null when it is not known: a key that is always there is easier to read than one that comes and goes.
        try container.encode(sha256, forKey: .sha256)
        try container.encode(state, forKey: .etat)
        try container.encodeIfPresent(cause, forKey: .cause)
        try container.encodeIfPresent(reason, forKey: .raison)
        try container.encode(mode, forKey: .mode)
        try container.encodeIfPresent(author, forKey: .auteur)
        try container.encodeIfPresent(channel, forKey: .canal)
        try container.encodeIfPresent(period.map(EncodedPeriod.init), forKey: .periode)
        try container.encodeIfPresent(receivedAt?.iso, forKey: .recuLe)
        try container.encode(processedAt.iso, forKey: .traiteLe)
        try container.encode(today.iso, forKey: .dateDuJour)
        try container.encode(reference.map(EncodedReference.init), forKey: .listeOF)
        try container.encode(lines, forKey: .lignes)
        try container.encode(anomalies, forKey: .anomalies)
        try container.encode(synthesis.map(EncodedSummary.init), forKey: .resume)
        try container.encodeIfPresent(movements.map { EncodedMovements($0, named) }, forKey: .mouvements)
        try container.encode(details, forKey: .details)
    }
}

/// A period as the report for machines writes it.
private struct EncodedPeriod: Encodable {
    let debut: String
    let fin: String

    init(_ period: Period) {
        debut = period.start.iso
        fin = period.end.iso
    }
}

/// An OF list; `sansSIREN` only where it was counted.
private struct EncodedReference: Encodable {
    private let list: ReferenceFacts

    private enum Key: String, CodingKey { case version, importeeLe, organismes, sansSIREN }

    init(_ list: ReferenceFacts) { self.list = list }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(list.version, forKey: .version)
        try container.encode(list.importedAt?.iso, forKey: .importeeLe)
        try container.encode(list.organisations, forKey: .organismes)
        try container.encodeIfPresent(list.withoutSIREN, forKey: .sansSIREN)
    }
}

/// A row of the synthesis; `exemple` is null where no value was received.
private struct EncodedSummary: Encodable {
    private let row: RuleSummary

    private enum Key: String, CodingKey { case regle, champ, gravite, nombre, lignes, exemple, message }

    /// How many lines are named.
    private static let mostLines = 10

    init(_ row: RuleSummary) { self.row = row }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(row.example.rule, forKey: .regle)
        try container.encode(row.example.field, forKey: .champ)
        try container.encode(row.example.severity, forKey: .gravite)
        try container.encode(row.count, forKey: .nombre)
        try container.encode(row.firstLines(EncodedSummary.mostLines), forKey: .lignes)
        try container.encode(row.example.value, forKey: .exemple)
        try container.encode(row.example.message, forKey: .message)
    }
}

/// The counts, and all organisations that were withdrawn.
private struct EncodedMovements: Encodable {
    struct Withdrawal: Encodable {
        let nda: String
        let siren: String
        let cause: WithdrawalCause
    }

    let ajouts: Int
    let modifications: Int
    let retraits: Int
    let retires: [Withdrawal]

    init(_ movements: Movements, _ named: NamedMovements) {
        ajouts = movements.ajouts
        modifications = movements.modifications
        retraits = movements.retraits
        retires = named.withdrawn.map {
            Withdrawal(nda: $0.organisation.nda.text, siren: $0.organisation.siren.text, cause: $0.cause)
        }
    }
}
