internal import Administration
internal import Admission
internal import DropBox
internal import Ingestion
internal import LinuxSystem
internal import Logging
internal import PortalHost
internal import PortalReading
import PublicationStore
internal import ServiceConfiguration
internal import SessionHost
internal import Store
internal import Telemetry

/// The portal's assembly, where the settings ask for one.
enum PortalAssembly {
    struct NoProgram: Error, CustomStringConvertible {
        var description: String {
            "there is to be a portal and collecteur-portal is missing: install it beside collecteur, in ../libexec/collecteur, or name it in $COLLECTEUR_PORTAL"
        }
    }

    /// What systemd calls the portal's socket.
    static let socketName = "portal"

    /// Nil without `portal.listen` and without a socket of systemd's. The sockets listen from here on.
    static func make(
        store: Store, dropBox: DropBox, treatment: Treatment, files: DepositFiles, state: StateDirectory,
        settings: SettingsInForce, clock: CivilClock, logger: Logger, administration: Administration,
        treat: @escaping @Sendable (Deposit) -> Void,
        sessions: SessionService, metrics: Metrics, sftpPort: UInt16
    ) throws -> PortalService? {
        let wanted = settings.read { $0.portal.listen }
        let passed = ServiceManager.listenDescriptors(named: socketName)
        guard !wanted.isEmpty || !passed.isEmpty else { return nil }
        guard let program = SiblingProgram.portal.find() else { throw NoProgram() }
        let sockets = try passed.map { try PortalSocket(inherited: $0) }
        try check(settings.current, sockets)
        let own = try passed.isEmpty ? wanted.map { try ListeningSocket($0) } : []
        let documents = DepositDocuments(
            isFilePresent: { files.isPresent($0) }, openFile: { try files.open($0) },
            report: { deposit, format in
                try StoredReport.bytes(
                    of: deposit, format: format, store: store, unit: settings.read { $0.period.every }, clock: clock)
            }, repeatedControls: { try treatment.repeatedControls(of: $0, $1, kept: $2) })
        let sftp = SFTPFacts(
            port: sftpPort,
            hostKeys: {
                sessions.serverKeys.map {
                    SFTPFacts.HostKey(type: $0.type, fingerprint: $0.fingerprint, blob: $0.blob)
                }
            },
            ban: { sessions.admissions.ban(of: $0) })
        let desk = try PortalDesk(
            store: store, dropBox: dropBox, treatment: treatment, documents: documents, settings: settings,
            clock: clock, logger: logger, administration: administration, treat: treat, sftp: sftp, metrics: metrics,
            scratch: try Folder(path: state.path))
        return PortalService(
            desk: desk, settings: settings, logger: logger, program: program, inherited: sockets,
            own: own.map { ($0.descriptor, $0.address.description) })
    }

    /// What the settings' reader checks where there is `portal.listen`: it knows nothing of systemd's sockets.
    ///
    /// - Throws: `SettingsError`.
    static func check(_ settings: Settings, _ inherited: [PortalSocket]) throws(SettingsError) {
        guard !inherited.isEmpty else { return }
        if let wrong = settings.portalURLFault { throw SettingsError("portal_url", wrong) }
        guard settings.portal.trustedProxies.isEmpty, inherited.contains(where: \.isOpen) else { return }
        throw SettingsError(
            "portal.trusted_proxies",
            "the socket that systemd calls portal speaks plain HTTP: beyond this machine it needs the reverse proxy's address here"
        )
    }
}
