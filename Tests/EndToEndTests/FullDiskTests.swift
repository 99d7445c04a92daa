import Foundation
import Testing

/// A disk without one free block, where SQLite says « disk I/O error »: whoever runs the service is told that the disk is full, and what to do.
@Suite struct FullDiskTests {
    private static let words = "the disk is full: free some space and try again"

    /// The database without its log and the log's index, which the last to close it removes; with a second argument as the version before left it, its last
    /// migration undone.
    private static let alone = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        if len(sys.argv) > 2:
            db.executescript('''
                DROP INDEX publications_by_identity;
                DROP INDEX deposits_by_identity;
                ALTER TABLE publications DROP COLUMN identity;
                ALTER TABLE deposits DROP COLUMN identity;
                ALTER TABLE portal_forms DROP COLUMN identity;
                ALTER TABLE portal_forms ADD COLUMN device INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE portal_forms ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
                DELETE FROM grdb_migrations WHERE identifier = '15';
            ''')
        db.execute('UPDATE depositors SET name = name')
        db.commit()
        db.close()
        """

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot), arguments: [false, true])
    func `a start is refused in words, whether the database is to be upgraded or not, and goes on with room`(
        isOlder: Bool
    ) throws {
        let instance = try Instance()
        try SmallDisk.with(instance, megabytes: 300) { fill in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            #expect(instance.stop() == 0)
            let made = try instance.run(
                [Instance.python, "-c", Self.alone, instance.state.appending(path: "collecteur.sqlite").path]
                    + (isOlder ? ["older"] : []))
            try #require(made.succeeded, "\(made)")
            try fill(0)
            try Self.fillTheRest(instance)
            let daemon = try BackgroundCommand(instance.serving, folder: instance.folder).finish()
            #expect(daemon.status == 1 && daemon.errors.contains(Self.words), "\(daemon)")
            #expect(!daemon.errors.contains("I/O error"), "\(daemon)")
            for arguments in [
                ["depositor", "list"], ["user", "add", "b@example.com", "--depositor", depositor.code],
                ["backup", instance.state.appending(path: "copie.sqlite").path],
            ] where !isOlder {
                let result = try Self.command(instance, arguments)
                #expect(result.status == 1 && result.errors.contains(Self.words), "\(result)")
            }
            // Nothing of the attempts is left, and nothing of the data lost.
            try fill(-1)
            try Self.free(instance)
            try instance.start()
            #expect(try instance.admin("depositor", "list").contains(depositor.code))
            let left = try FileManager.default.contentsOfDirectory(atPath: instance.state.path)
            #expect(!left.contains { $0.hasPrefix(".collecteur-room") || $0 == "copie.sqlite" }, "\(left)")
        }
    }

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `commands beside a daemon that runs say it too, and the daemon goes on with room`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0.1"])
        try SmallDisk.with(instance, megabytes: 300) { fill in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            try fill(0)
            try Self.fillTheRest(instance)
            // Pages of the log that are there already take a few.
            var said: CommandResult?
            for number in 1...400 where said == nil {
                let result = try instance.collecteur(
                    "user", "add", "u\(number)@example.com", "--depositor", depositor.code)
                if !result.succeeded { said = result }
            }
            let result = try #require(said)
            #expect(result.status == 1 && result.errors.contains(Self.words), "\(result)")
            try fill(-1)
            try Self.free(instance)
            try instance.admin("user", "add", "apres@example.com", "--depositor", depositor.code)
            #expect(instance.daemon?.process.isRunning == true)
        }
    }

    private static func command(_ instance: Instance, _ arguments: [String]) throws -> CommandResult {
        try instance.run(Array(instance.serving.dropLast()) + arguments)
    }

    /// To the last page.
    private static func fillTheRest(_ instance: Instance) throws {
        _ = try instance.run(["sh", "-c", "cat /dev/zero >\"$1\"", "sh", rest(instance)])
    }

    private static func free(_ instance: Instance) throws {
        try FileManager.default.removeItem(atPath: rest(instance))
    }

    private static func rest(_ instance: Instance) -> String { instance.state.appending(path: "rest").path }
}
