import OutboxStore
import Qualiopi
import Testing

@testable import Administration

/// What the person of an SFTP account is told of its new password.
@Suite struct AccountMailTests {
    @Test(arguments: [true, false])
    func `the mail says who gave the new password, and where it is`(isOwn: Bool) {
        let mail = AccountMail.passwordReset(
            email: "a@example.com", login: "a_example.com", at: "28/11/2026 21:00", isOwn: isOwn)
        #expect(mail.body.contains("par un administrateur") == !isOwn)
        #expect(mail.body.contains("depuis votre espace déposant") == isOwn)
        #expect(mail.body.contains("vous est communiqué par ailleurs") == !isOwn)
        #expect(mail.body.contains("à remplacer par celui que vous avez choisi.") == isOwn)
    }
}

/// The mails about access to the portal, as people read them.
@Suite struct PortalMailTests {
    @Test func `guillemets hold what is between them, and what is copied is as it is typed`() {
        let mail = PortalMail.activation(
            to: "a@example.com", link: "https://depot.example.fr/activation/x", hours: 24,
            until: Timestamp(milliseconds: 0))
        #expect(mail.body.contains("Ce lien est valable 24 heures\u{A0}:\n\nhttps://depot.example.fr/activation/x\n"))
        let changed = PortalMail.changed(to: "a@example.com")
        #expect(changed.body.contains("«\u{A0}Mot de passe oublié\u{A0}»") && !changed.body.contains("« "))
    }
}
