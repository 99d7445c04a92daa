extension Report: Encodable {
    /// The keys of the report for machines; scripts of depositors depend on them.
    private enum Key: String, CodingKey {
        case version, depot, projet, deposant, fichier, taille, sha256, etat, cause, raison, mode, auteur, canal,
            periode
        case recuLe, traiteLe, listeOF, lignes, anomalies, mouvements, details
    }

    private enum PeriodKey: String, CodingKey {
        case debut, fin
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: .version)
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
        if let period {
            var nested = container.nestedContainer(keyedBy: PeriodKey.self, forKey: .periode)
            try nested.encode(period.start.iso, forKey: .debut)
            try nested.encode(period.end.iso, forKey: .fin)
        }
        try container.encodeIfPresent(receivedAt?.iso, forKey: .recuLe)
        try container.encode(processedAt.iso, forKey: .traiteLe)
        try container.encode(referenceVersion, forKey: .listeOF)
        try container.encode(lines, forKey: .lignes)
        try container.encode(anomalies, forKey: .anomalies)
        try container.encodeIfPresent(movements, forKey: .mouvements)
        try container.encode(details, forKey: .details)
    }
}
