import AccountStore
internal import Administration
internal import Credentials
import DepositorStore
internal import Foundation
internal import LinuxSystem
internal import Logging
import LoginStore
internal import PortalAccess
internal import PortalProtocol
internal import PortalReading
import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// What the pages say of SFTP that the sessions alone know.
package struct SFTPFacts: Sendable {
    /// A host key's public half.
    package struct HostKey: Sendable {
        let type: String
        let fingerprint: String
        let blob: [UInt8]

        package init(type: String, fingerprint: String, blob: [UInt8]) {
            self.type = type
            self.fingerprint = fingerprint
            self.blob = blob
        }
    }

    let hostKeys: @Sendable () -> [HostKey]
    /// Seconds until an address may log in again; nil if it isn't banned.
    let ban: @Sendable (_ address: String) -> Int?
    /// Where SFTP is listened for.
    let port: UInt16

    /// The functions are called on threads of the portal's.
    package init(
        port: UInt16, hostKeys: @escaping @Sendable () -> [HostKey], ban: @escaping @Sendable (String) -> Int?
    ) {
        self.port = port
        self.hostKeys = hostKeys
        self.ban = ban
    }
}

/// « Mes Informations » (manual, 4.2.1 and 4.3).
extension PortalDesk {
    func information(_ person: PortalVisitor) throws -> Answer {
        var page = InformationPage()
        page.isMuted = person.isMuted
        page.addresses = person.depositors.prefix(PortalBounds.establishments).map { depositor in
            var address = PostalAddress()
            address.depositor = depositor.code
            address.street = depositor.address.street
            address.postalCode = depositor.address.postalCode
            address.city = depositor.address.city
            return address
        }
        page.sftp = try access(person)
        let now = clock.now()
        let colleagues = try portal.colleagues(of: person.email)
        page.colleagues = colleagues.prefix(PortalBounds.colleagues).map(ColleagueRow.init)
        page.moreColleagues = UInt32(clamping: colleagues.count - page.colleagues.count)
        page.sessions = try portal.sessions(email: person.email).prefix(PortalBounds.sessions).map { session in
            var row = SessionRow()
            row.id = UInt64(clamping: session.id)
            row.begun = ShownMoment(clock.local(session.begunAt))
            row.seen = ShownMoment(clock.local(session.seenAt))
            row.address = session.address
            row.agent = session.agent
            row.age = UInt32(clamping: Int64(now.seconds(since: session.begunAt)))
            row.isThis = session.id == person.session
            return row
        }
        return .page(frame(person), .information(page))
    }

    private func access(_ person: PortalVisitor) throws -> SFTPAccess {
        var access = SFTPAccess()
        let settings = settings.current
        let stated = settings.portal.sftpAddress
        if let colon = stated.lastIndex(of: ":"), let port = UInt16(stated[stated.index(after: colon)...]) {
            access.host = String(stated[..<colon])
            access.port = port
        } else {
            access.host = stated.isEmpty ? PortalAddress(settings.portalURL)?.name ?? "" : stated
            access.port = sessions.port
        }
        access.asksPassword = logins.asksPassword(person)
        access.login = Store.Accounts.login(forEmail: person.email)
        access.hostKeys = sessions.hostKeys().prefix(PortalBounds.hostKeys).map { key in
            var row = HostKeyRow()
            row.type = key.type
            row.fingerprint = key.fingerprint
            row.key = Data(key.blob).base64EncodedString()
            return row
        }
        guard let login = try portal.sftpLogin(email: person.email) else { return access }
        access.login = login
        access.isOpen = true
        access.isLocked = try accounts.account(login: login).state == .locked
        access.keys = try accounts.keys(login: login).prefix(PortalBounds.keys).map { key in
            var row = KeyRow()
            row.fingerprint = key.fingerprint
            row.algorithm = key.algorithm
            row.name = key.comment
            row.added = ShownMoment(clock.local(key.addedAt))
            return row
        }
        let attempts = try accounts.logins(login: login, limit: PortalBounds.logins)
        access.logins = attempts.map { LoginRow($0, clock: clock) }
        // Whoever is banned isn't asked for a login: the trail can't tell of it.
        var addresses: [String] = []
        for attempt in attempts where !addresses.contains(attempt.origin) { addresses.append(attempt.origin) }
        access.bans = addresses.compactMap { address in
            guard let seconds = sessions.ban(address) else { return nil }
            var row = BanRow()
            row.address = address
            row.seconds = UInt32(clamping: seconds)
            return row
        }
        return access
    }

    /// Keys that a person may have at once.
    private static let mostKeys = 20

    func addKey(_ new: NewKey, _ person: PortalVisitor, _ author: AuditAuthor) throws -> Answer {
        if let refusal = try logins.refusalUnlessFresh(new.current, person, from: author.origin) { return refusal }
        guard let login = try portal.sftpLogin(email: person.email) else {
            return .refused(text: "Vous n'avez pas encore de compte SFTP : demandez d'abord un accès.")
        }
        guard try accounts.keys(login: login).count < PortalDesk.mostKeys else {
            return .refused(text: "Ce compte a déjà \(PortalDesk.mostKeys) clés : retirez celles qui ne servent plus.")
        }
        let name = new.name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard name.count <= 100, !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            return .refused(text: "Le nom de la clé doit tenir en 100 caractères.")
        }
        do throws(AuthorizedKeyError) {
            let key = try AuthorizedKey(file: new.text)
            do throws(StoreError) {
                try administration.addKey(login: login, key, named: name.isEmpty ? nil : name, by: author)
                logger.notice(
                    "portal.key_added",
                    metadata: [
                        "user": "\(person.email)", "address": "\(author.origin)", "key": "\(key.fingerprint)",
                    ])
                return .done
            } catch StoreError.conflict {
                return .refused(text: "Cette clé ouvre déjà votre compte : \(key.fingerprint).")
            } catch {
                logger.error("portal.failed", metadata: ["reason": "\(error)"])
                return .unavailable(text: "La clé n'a pas pu être enregistrée. Réessayez dans un instant.")
            }
        } catch {
            return .refused(text: error.french)
        }
    }

    func removeKey(_ fingerprint: String, _ person: PortalVisitor, _ author: AuditAuthor) throws -> Answer {
        guard let login = try portal.sftpLogin(email: person.email) else { return .notFound }
        do {
            _ = try administration.removeKey(login: login, fingerprint: fingerprint, by: author)
        } catch StoreError.notFound {
            return .notFound
        }
        logger.notice(
            "portal.key_removed",
            metadata: ["user": "\(person.email)", "address": "\(author.origin)", "key": "\(fingerprint)"])
        return .done
    }
}

extension LoginRow {
    /// The trail's detail is the method, the client's banner of an accepted login, the kind of a refused key where it is known, the reason.
    init(_ event: AccountEvent, clock: CivilClock) {
        self.init()
        at = ShownMoment(clock.local(event.at))
        address = event.origin
        let words = event.detail.components(separatedBy: ", ")
        byKey = words.first == "key"
        switch event.event {
        case "logged-in":
            outcome = .accepted
            detail = words.dropFirst().joined(separator: ", ")
        case "address-banned":
            outcome = .banned
        default:
            outcome = LoginRow.outcome(words.last ?? "")
            detail = words.count == 3 ? words[1] : ""
        }
    }

    private static func outcome(_ reason: String) -> LoginOutcome {
        switch reason {
        case "wrong_password": .wrongPassword
        case "unknown_key": .unknownKey
        case "bad_signature": .badSignature
        case "key_algorithm": .keyAlgorithm
        case "key_too_short": .keyTooShort
        case "key_malformed": .keyMalformed
        case "password_change": .passwordChange
        case "malformed": .malformed
        case "locked": .locked
        case "no_active_depositor": .noDepositor
        case "max_sessions_per_account": .tooManySessions
        default: .otherwiseRefused
        }
    }
}

extension AuthorizedKeyError {
    /// What is wrong and what to do, for the key's owner.
    var french: String {
        switch self {
        case .empty:
            "Il n'y a pas de clé publique dans ce texte : collez la ligne entière du fichier .pub, qui commence par « ssh-ed25519 », « ecdsa-sha2- » ou « ssh-rsa »."
        case .severalKeys: "Il y a plusieurs clés dans ce texte : ajoutez-les une à une."
        case .privateKey:
            "C'est une clé privée : elle n'a pas été enregistrée, et ne doit jamais quitter la machine de votre automate. Collez le contenu du fichier .pub, et remplacez cette clé si quelqu'un d'autre a pu la lire."
        case .puttyOrRFC4716:
            "C'est une clé au format de PuTTY ou de la RFC 4716. Convertissez-la avec « ssh-keygen -i -f FICHIER », ou copiez la ligne que PuTTYgen affiche en haut de sa fenêtre."
        case .options: "Ce texte commence par des options d'authorized_keys : ne laissez que la clé."
        case .damaged: "Cette clé est abîmée ou coupée : copiez de nouveau la ligne entière."
        case .certificate: "C'est un certificat : collez la clé publique simple."
        case .hardwareKey:
            "Cette clé demande un jeton matériel, qui ne peut pas être vérifié ici : utilisez une clé Ed25519, ECDSA ou RSA."
        case .dsa: "Les clés DSA ne sont plus sûres : créez une clé Ed25519 avec « ssh-keygen -t ed25519 »."
        case .unknownAlgorithm: "Cette sorte de clé n'est pas acceptée : utilisez une clé Ed25519, ECDSA ou RSA."
        case .shortRSA(let bits):
            "Cette clé RSA n'a que \(bits) bits : il en faut au moins \(AuthorizedKey.minimumRSABits)."
        case .longRSA(let bits):
            "Cette clé RSA a \(bits) bits : elle ne doit pas en avoir plus de \(AuthorizedKey.maximumRSABits)."
        }
    }
}
