internal import AccountStore
package import DepositStore
package import LinuxSystem
package import PortalProtocol
package import PortalStore
package import PublicationStore
package import Qualiopi
package import RegistryStore
package import ServiceConfiguration
package import Store

/// What the daemon keeps of a deposit outside the database. Called on the thread of whoever reads.
package struct DepositDocuments: Sendable {
    let isFilePresent: @Sendable (Deposit) -> Bool
    /// The file itself, to be read.
    let openFile: @Sendable (Deposit) throws -> SharedDescriptor
    /// As it lies in the deposit's folder.
    let report: @Sendable (Deposit, Settings.ReportFormat) throws -> [UInt8]
    /// The controls of the file's content once more, for the findings past the details that are kept; nil where they would find others. The
    /// findings are those that are kept.
    let repeatedControls: @Sendable (Deposit, ContentReader, [Finding]) throws -> RepeatedControls?

    package init(
        isFilePresent: @escaping @Sendable (Deposit) -> Bool,
        openFile: @escaping @Sendable (Deposit) throws -> SharedDescriptor,
        report: @escaping @Sendable (Deposit, Settings.ReportFormat) throws -> [UInt8],
        repeatedControls: @escaping @Sendable (Deposit, ContentReader, [Finding]) throws -> RepeatedControls?
    ) {
        self.isFilePresent = isFilePresent
        self.openFile = openFile
        self.report = report
        self.repeatedControls = repeatedControls
    }
}

/// The report of a deposit, its two views, and what can be downloaded of it.
///
/// Any thread may call it; it changes nothing. Nil is a deposit that never was, or another's. What is thrown is the database's or the disk's.
package struct ReportReader: Sendable {
    private let portal: Store.Portal
    private let deposits: Store.Deposits
    private let registry: Store.Registry
    private let documents: DepositDocuments
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let cache = FindingsCache()

    package init(
        portal: Store.Portal, deposits: Store.Deposits, registry: Store.Registry, documents: DepositDocuments,
        settings: SettingsInForce, clock: CivilClock
    ) {
        self.portal = portal
        self.deposits = deposits
        self.registry = registry
        self.documents = documents
        self.settings = settings
        self.clock = clock
    }

    /// Lets go of what nobody has read for a while; whether there was any.
    package func tidy() -> Bool { cache.tidy() }

    private func deposit(_ id: UInt64, _ person: PortalVisitor) throws -> Deposit? {
        try portal.deposits.deposit(id: Int64(clamping: id), email: person.email)
    }

    package func state(_ id: UInt64, _ person: PortalVisitor) throws -> ShownState? {
        try portal.deposits.state(id: Int64(clamping: id), email: person.email).map { ShownState($0) }
    }

    package func report(_ id: UInt64, _ person: PortalVisitor) throws -> ReportPage? {
        guard let deposit = try deposit(id, person) else { return nil }
        var page = ReportPage()
        page.heading = heading(deposit, person)
        if deposit.state != .enCours {
            let stored = try stored(deposit)
            page.rules = stored.synthesis
            page.movements = stored.movements
        }
        return page
    }

    package func findings(_ query: FindingsQuery, _ person: PortalVisitor) throws -> FindingsPage? {
        guard let deposit = try deposit(query.subject.deposit, person) else { return nil }
        let stored =
            deposit.state == .enCours ? StoredFindings(synthesis: [], findings: []) : try stored(deposit)
        return stored.page(query, heading: heading(deposit, person))
    }

    /// Nil also while the deposit is treated, and where its file is kept no more.
    package func download(_ query: DownloadQuery, _ person: PortalVisitor) throws -> DownloadedFile? {
        guard let deposit = try deposit(query.subject.deposit, person), deposit.state != .enCours else { return nil }
        let name = deposit.fileText
        switch query.kind {
        case .text: return DownloadedFile("\(name).rapport.txt", try documents.report(deposit, .text))
        case .json: return DownloadedFile("\(name).rapport.json", try documents.report(deposit, .json))
        case .file:
            guard documents.isFilePresent(deposit) else { return nil }
            return DownloadedFile(name: name, content: .file(try documents.openFile(deposit)))
        case .annotated:
            guard documents.isFilePresent(deposit) else { return nil }
            let ending = name.lowercased().hasSuffix(".csv") ? "" : ".csv"
            return DownloadedFile(name: "annote-\(name)\(ending)", content: .pieces(try annotated(deposit)))
        }
    }

    private func annotated(_ deposit: Deposit) throws -> DownloadedFile.Content.Writing {
        let file = try documents.openFile(deposit)
        let kept = try stored(deposit).findings
        let missing = max(0, (deposit.anomalies?.total ?? 0) - kept.count)
        return { [documents] put in
            let content = ContentReader { position, count in
                try FileIO.readPart(file.raw, count: count, offset: Int64(position))
            }
            let controls = missing > 0 ? try documents.repeatedControls(deposit, content, kept) : nil
            try AnnotatedFile.write(
                content, findings: kept, controls: controls, missing: controls == nil ? missing : 0, to: put)
        }
    }

    private func stored(_ deposit: Deposit) throws -> StoredFindings {
        try cache.of(deposit.id, processedAt: deposit.processedAt) {
            var found = StoredFindings(
                processedAt: deposit.processedAt,
                synthesis: try deposits.synthesis(deposit: deposit.id).prefix(PortalBounds.rules).map(
                    SynthesisRow.init),
                findings: try deposits.findings(deposit: deposit.id))
            if deposit.cause != .technique, deposit.state != .enCours {
                found.movements = ShownMovements(
                    try registry.namedMovements(deposit: deposit.id), on: deposit.civilDate)
            }
            return found
        }
    }

    private func heading(_ deposit: Deposit, _ person: PortalVisitor) -> ReportHeading {
        var heading = ReportHeading(
            deposit, name: person.name(ofDepositor: deposit.depositor), unit: settings.read { $0.period.every },
            clock: clock)
        heading.hasFile = documents.isFilePresent(deposit)
        return heading
    }
}

/// What a browser is sent to keep.
package struct DownloadedFile: Sendable {
    package enum Content: Sendable {
        package typealias Writing = @Sendable (_ put: ([UInt8]) throws -> Void) throws -> Void

        /// Made while it is written: it may be many times as large as the deposit.
        case pieces(Writing)
        /// As it lies on the disk, from its beginning.
        case file(SharedDescriptor)
    }

    package var name: String
    package var content: Content

    init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    package init(_ name: String, _ bytes: [UInt8]) { self.init(name: name, content: .pieces { try $0(bytes) }) }
}
