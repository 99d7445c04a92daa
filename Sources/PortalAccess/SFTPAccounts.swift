internal import Characters
internal import AccountStore
internal import Administration
internal import Credentials
internal import Foundation
internal import Logging
package import PortalProtocol
package import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
package import Store

/// The SFTP account that a person opens for the robot, its password and its keys (manual, 4.2.1).
///
/// Called on a thread that may hash passwords. What was changed is durable and audited when the answer is there, and the account's live sessions
/// end where it says so; what is thrown is the database's, and nothing was changed.
package struct SFTPAccounts: Sendable {
    private let portal: Store.Portal
    private let accounts: Store.Accounts
    private let administration: AccountAdministration
    private let logins: PortalLogins
    private let logger: Logger

    init(
        portal: Store.Portal, accounts: Store.Accounts, administration: AccountAdministration, logins: PortalLogins,
        logger: Logger
    ) {
        self.portal = portal
        self.accounts = accounts
        self.administration = administration
        self.logins = logins
        self.logger = logger
    }

    /// Opens the person's SFTP account with that password, or gives it that password, which ends its live sessions.
    package func setPassword(_ wanted: SFTPPassword, _ person: PortalVisitor, from address: String) throws -> Answer {
        guard !person.depositors.isEmpty else {
            return .refused(
                text: "Vous n'avez accès à aucun établissement : saisissez d'abord le SIRET et le code d'activation.")
        }
        if let refusal = try logins.refusalUnlessFresh(wanted.current, person, from: address) { return refusal }
        if let objection = PasswordObjection.text(wanted.password) { return .refused(text: objection) }
        let hash = try Passwords.hash(wanted.password)
        let author = AuditAuthor(person.email, from: address)
        do {
            if let login = try portal.people.sftpLogin(email: person.email) {
                _ = try administration.resetPassword(login: login, hash: hash, by: author)
            } else {
                _ = try administration.create(email: person.email, hash: hash, by: author)
            }
            logger.notice("portal.sftp_password_set", metadata: ["user": "\(person.email)", "address": "\(address)"])
            return .done
        } catch StoreError.conflict {
            return .refused(text: "Cet identifiant est déjà celui d'un autre compte : écrivez à l'assistance.")
        }
    }

    /// Keys that a person may have at once.
    private static let mostKeys = 20

    package func addKey(_ new: NewKey, _ person: PortalVisitor, _ author: AuditAuthor) throws -> Answer {
        if let refusal = try logins.refusalUnlessFresh(new.current, person, from: author.origin) { return refusal }
        guard let login = try portal.people.sftpLogin(email: person.email) else {
            return .refused(text: "Vous n'avez pas encore de compte SFTP : demandez d'abord un accès.")
        }
        guard try accounts.keys(login: login).count < Self.mostKeys else {
            return .refused(text: "Ce compte a déjà \(Self.mostKeys) clés : retirez celles qui ne servent plus.")
        }
        let name = new.name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard name.count <= 100 else { return .refused(text: "Le nom de la clé doit tenir en 100 caractères.") }
        guard !name.unicodeScalars.contains(where: \.isInvisible) else {
            return .refused(
                text: "Le nom de la clé contient un caractère invisible : saisissez-le de nouveau au clavier.")
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

    package func removeKey(_ fingerprint: String, _ person: PortalVisitor, _ author: AuditAuthor) throws -> Answer {
        guard let login = try portal.people.sftpLogin(email: person.email) else { return .notFound }
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
