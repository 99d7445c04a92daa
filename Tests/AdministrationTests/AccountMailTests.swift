import OutboxStore
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
