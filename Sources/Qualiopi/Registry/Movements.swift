/// What a deposit does to one organisation of the depositor's list. The raw values are stored.
package enum Movement: String, Sendable, CaseIterable, Codable {
    case added
    case modified
    case withdrawn
}

/// Why a deposit withdraws an organisation. The raw values are stored, and are the `cause` of the report for machines.
package enum WithdrawalCause: String, Sendable, CaseIterable, Codable {
    /// No line of the file has its NDA.
    case absent
    /// Every line of the file that has its NDA was rejected.
    case ligneRejetee
}

/// One organisation that a deposit adds to a list, changes in it or withdraws from it.
package struct RegistryChange: Sendable, Equatable {
    package let nda: NDA
    package let kind: Movement
    /// Nil when the organisation is added.
    package let before: CertifiedOrganisation?
    /// Nil when the organisation is withdrawn.
    package let after: CertifiedOrganisation?
    /// Of a withdrawal, where it is known.
    package let cause: WithdrawalCause?

    package init(
        nda: NDA, kind: Movement, before: CertifiedOrganisation?, after: CertifiedOrganisation?,
        cause: WithdrawalCause? = nil
    ) {
        self.nda = nda
        self.kind = kind
        self.before = before
        self.after = after
        self.cause = cause
    }
}

/// Which organisations a deposit added, changed and withdrew, each by ascending NDA: what ``Movements`` counts.
package struct NamedMovements: Sendable, Equatable {
    package struct Modification: Sendable, Equatable {
        package let before: CertifiedOrganisation
        package let after: CertifiedOrganisation
    }

    package struct Withdrawal: Sendable, Equatable {
        /// As it was last certified.
        package let organisation: CertifiedOrganisation
        package let cause: WithdrawalCause
    }

    package private(set) var added: [CertifiedOrganisation] = []
    package private(set) var modified: [Modification] = []
    package private(set) var withdrawn: [Withdrawal] = []

    package init() {}

    /// `changes` by ascending NDA. A withdrawal without a known cause was one of an absent organisation.
    package init(_ changes: some Sequence<RegistryChange>) {
        for change in changes {
            switch (change.before, change.after) {
            case (nil, let after?): added.append(after)
            case (let before?, let after?): modified.append(Modification(before: before, after: after))
            case (let before?, nil):
                withdrawn.append(Withdrawal(organisation: before, cause: change.cause ?? .absent))
            case (nil, nil): break
            }
        }
    }
}

/// How many organisations a deposit added, changed and withdrew.
///
/// The names are the keys of `mouvements` in the report for machines.
package struct Movements: Sendable, Equatable, Codable {
    package var ajouts: Int
    package var modifications: Int
    package var retraits: Int

    package init(ajouts: Int = 0, modifications: Int = 0, retraits: Int = 0) {
        self.ajouts = ajouts
        self.modifications = modifications
        self.retraits = retraits
    }

    /// Counts changes.
    package init(_ changes: [RegistryChange]) {
        self.init()
        for change in changes {
            switch change.kind {
            case .added: ajouts += 1
            case .modified: modifications += 1
            case .withdrawn: retraits += 1
            }
        }
    }

    /// What turns one list into the next one, by ascending NDA; an organisation that stays as it is gives nothing.
    ///
    /// One pass over both lists, which are sorted by NDA with each NDA once. `rejected` are the NDAs of the file's rejected lines.
    ///
    /// Source: manual, section 3: the file is the complete list, and « tout OF non présent dans le fichier voit sa certification
    /// instantanément retirée ».
    package static func compare(
        previous: [CertifiedOrganisation], next: [CertifiedOrganisation], rejected: Set<NDA> = []
    ) -> [RegistryChange] {
        var changes: [RegistryChange] = []
        var old = 0
        var new = 0
        while old < previous.count || new < next.count {
            let before = old < previous.count ? previous[old] : nil
            let after = new < next.count ? next[new] : nil
            if let before, let after, before.nda == after.nda {
                if before != after {
                    changes.append(RegistryChange(nda: after.nda, kind: .modified, before: before, after: after))
                }
                old += 1
                new += 1
            } else if let before, after.map({ before.nda < $0.nda }) ?? true {
                let cause: WithdrawalCause = rejected.contains(before.nda) ? .ligneRejetee : .absent
                changes.append(
                    RegistryChange(nda: before.nda, kind: .withdrawn, before: before, after: nil, cause: cause))
                old += 1
            } else if let after {
                changes.append(RegistryChange(nda: after.nda, kind: .added, before: nil, after: after))
                new += 1
            }
        }
        return changes
    }
}
