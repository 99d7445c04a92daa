import ServiceConfiguration
import Foundation
import Qualiopi
import TestSupport
import Testing

@testable import Outbox

@Suite struct SpoolTests {
    @Test func `a repeat replaces the file`() throws {
        let folder = try TemporaryFolder()
        let spool = Spool(path: folder.url.path)
        let message = Message(
            from: Mailbox(name: "", address: "robot@example.com"), replyTo: nil, recipient: "someone@example.com",
            subject: "QUALIOPI", body: "texte", identifier: "1@example.com",
            date: LocalTime(date: CivilDate(daysSinceEpoch: 20_000), hour: 1, minute: 2, second: 3, offsetSeconds: 0))
        try spool.deliver(message, name: "7")
        try spool.deliver(message, name: "7")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["7.eml"])
        #expect(try Data(contentsOf: folder.appending("7.eml")) == Data(message.bytes))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.appending("7.eml").path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `a folder that is not there condemns no message`() throws {
        let spool = Spool(path: "/nonexistent/mail")
        let message = Message(
            from: Mailbox(name: "", address: "a@b.fr"), replyTo: nil, recipient: "c@d.fr", subject: "s", body: "b",
            identifier: "1@b.fr",
            date: LocalTime(date: CivilDate(daysSinceEpoch: 0), hour: 0, minute: 0, second: 0, offsetSeconds: 0))
        #expect(throws: DeliveryFailure.unavailable("/nonexistent/mail: No such file or directory")) {
            try spool.deliver(message, name: "1")
        }
    }
}
