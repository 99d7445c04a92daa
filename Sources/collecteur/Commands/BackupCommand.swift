import Workplace
import Console
import ArgumentParser
import Store

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a consistent copy of the database while the daemon runs.",
        discussion: """
            The copy is a new file, readable by its owner alone: whoever owns its folder. /var/backups/collecteur is there \
            for that. To restore, stop the daemon, put the copy in place of \
            <state>/collecteur.sqlite, remove the files collecteur.sqlite-wal and -shm, start.

            Example: collecteur backup /var/backups/collecteur/2026-11-24.sqlite
            """)

    @Argument(help: "The file to write; it must not exist.", completion: .file()) var file: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let place = try Workplace(common, writesElsewhere: true)
        try Privileges.asCaller {
            do {
                try place.store.backup(to: file)
            } catch StoreError.unusable(let detail) {
                throw Failure.failed("the copy can't be written: \(detail)")
            }
            Privileges.giveToFolderOwner(file)
        }
        Terminal.note("\(file): written")
    }
}
