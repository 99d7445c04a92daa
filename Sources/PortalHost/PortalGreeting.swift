import AccountStore
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import PortalProtocol
internal import ServiceConfiguration
internal import Store

/// What a portal is told of the settings.
///
/// Called by ``PortalService`` on its own thread, and on whichever reloads the settings. A stylesheet that can't be read is logged and left out.
enum PortalGreeting {
    private static let mostStylesheetBytes = 1 << 20

    static func make(_ settings: Settings, _ logger: Logger) -> (PortalWelcome, SharedDescriptor?) {
        var welcome = PortalWelcome()
        welcome.version = PortalBuild.version
        if let address = PortalAddress(settings.portalURL) {
            welcome.host = address.host
            welcome.origin = address.origin
            welcome.isSecure = address.isSecure
        }
        let portal = settings.portal
        welcome.trustedProxies = portal.trustedProxies.prefix(PortalBounds.proxies).map(\.description)
        welcome.maxConnections = UInt32(clamping: portal.maxConnections)
        welcome.uploadCap = UInt64(clamping: settings.sftp.maxUploadBytes)
        welcome.maxFileBytes = UInt64(clamping: settings.qualiopi.maxFileBytes)
        welcome.maxFileNameLength = UInt16(clamping: settings.qualiopi.maxFileNameLength)
        welcome.sessionIdleMinutes = UInt32(clamping: portal.sessionIdleMinutes)
        welcome.retention = retention(settings)
        welcome.texts.name = portal.name
        welcome.texts.assistance = portal.assistance
        welcome.texts.publisher = portal.publisher.name
        welcome.texts.publisherAddress = portal.publisher.address
        welcome.texts.publisherPhone = portal.publisher.phone
        welcome.texts.director = portal.publisher.director
        welcome.texts.host = portal.publisher.host
        welcome.texts.dpo = portal.publisher.dpo
        welcome.texts.accessibility =
            switch portal.accessibility {
            case .non: .non
            case .partiellement: .partiellement
            case .totalement: .totalement
            }
        welcome.texts.plan = portal.declaration.plan
        welcome.texts.audit = portal.declaration.audit
        welcome.texts.exceptions = portal.declaration.exceptions
        welcome.texts.declared = portal.declaration.date
        welcome.texts.securityContact = portal.securityContact
        guard !portal.stylesheet.isEmpty else { return (welcome, nil) }
        do {
            let raw = open(portal.stylesheet, O_RDONLY | O_CLOEXEC)
            guard raw >= 0 else { throw SystemError(code: errno) }
            let file = Descriptor(adopting: raw)
            let bytes = try FileIO.readAll(file.raw, limit: mostStylesheetBytes)
            welcome.stylesheetBytes = UInt32(clamping: bytes.count)
            return (welcome, SharedDescriptor(try MemoryFile.make(bytes)))
        } catch {
            logger.error(
                "portal.stylesheet_failed", metadata: ["path": "\(portal.stylesheet)", "reason": "\(error)"])
            return (welcome, nil)
        }
    }

    private static func retention(_ settings: Settings) -> Retention {
        var retention = Retention()
        retention.sessionHours = UInt32(clamping: settings.portal.sessionHours)
        retention.resetMinutes = UInt32(clamping: settings.portal.resetMinutes)
        retention.activationHours = UInt32(clamping: settings.portal.activationHours)
        retention.invitationDays = UInt32(clamping: settings.portal.invitationDays)
        retention.partialHours = UInt32(clamping: settings.deposits.partialRetentionHours)
        retention.reportDays = UInt32(clamping: settings.deposits.reportRetentionDays)
        retention.archiveDays = UInt32(clamping: settings.deposits.archiveRetentionDays)
        retention.events = UInt32(clamping: PortalTraces.keptEvents)
        return retention
    }

    private struct SystemError: Error, CustomStringConvertible {
        let code: CInt
        var description: String { String(cString: strerror(code)) }
    }
}
