import Foundation
import Testing

/// Two accounts of one establishment, two robots say, both with the habit of `put liste.csv.tmp` and `rename`.
@Suite struct TwoAccountsTests {
    private let instance: Instance
    private let mine: Depositor
    private let other: Depositor
    private let list: String
    private let others: String

    init() throws {
        instance = try Instance()
        try instance.start()
        mine = try Depositor(instance, organisations: 300)
        other = try Depositor(colleagueOf: mine, email: "robot@yopmail.com")
        list = try instance.write(SampleList.good(40), to: "list.csv")
        others = try instance.write(SampleList.file((150..<270).map { SampleList.line($0) }), to: "others.csv")
    }

    private func registry() throws -> Int {
        try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count - 1
    }

    @Test
    func `what one has put under a temporary name comes out neither under the other's nor with its lines`() throws {
        let sent = try mine.sftp("cd \(mine.folder)\nput \(list) liste.csv.tmp")
        #expect(sent.succeeded, "\(sent)")
        for attempt in [
            "put \(others) liste.csv.tmp", "reput \(others) liste.csv.tmp", "rename liste.csv.tmp liste.csv",
            "rename liste.csv.tmp l.tmp", "rm liste.csv.tmp",
        ] {
            let refused = try other.sftp("cd \(other.folder)\n\(attempt)")
            #expect(!refused.succeeded, "\(refused)")
        }
        let listed = try other.sftp("ls -l \(other.folder)")
        #expect(listed.output.contains(" \(SampleList.good(40).utf8.count) "), "\(listed)")
        // Also after a restart.
        #expect(instance.stop() == 0)
        try instance.start()
        let again = try other.sftp("cd \(other.folder)\nput \(others) liste.csv.tmp")
        #expect(!again.succeeded, "\(again)")
        let renamed = try mine.sftp("cd \(mine.folder)\nrename liste.csv.tmp liste.csv")
        #expect(renamed.succeeded, "\(renamed)")
        let deposits = try mine.treated()
        #expect(deposits.map { $0["author"] as? String } == [mine.login])
        #expect(deposits.first?["size"] as? Int == SampleList.good(40).utf8.count)
        #expect(try registry() == 40)
        // Once it is published, the name is anybody's.
        let own = try other.sftp("cd \(other.folder)\nput \(others) liste.csv.tmp\nrename liste.csv.tmp liste.csv")
        #expect(own.succeeded, "\(own)")
        #expect(try mine.treated(2).map { $0["author"] as? String } == [mine.login, other.login])
        #expect(try registry() == 120)
    }
}
