import AccountStore
internal import Administration
internal import Console
internal import Credentials
internal import DepositStore
internal import Foundation
internal import LinuxSystem
internal import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import PortalStore
internal import OutboxStore
internal import Store

/// The story that `demo` tells.
package struct Demonstration {
    let instance: DemoInstance
    let keep: Bool

    private static let email = "archer@yopmail.com"

    package init(instance: DemoInstance, keep: Bool) {
        self.instance = instance
        self.keep = keep
    }

    /// - Throws: ``Failure`` where something of it does not work.
    package func run() throws {
        let clock = CivilClock(zone: Settings().timeZone)
        let files = SampleFiles(today: clock.today())
        let port = try instance.start()
        title("A daemon listens on 127.0.0.1, port \(port)")

        try instance.write(files.reference, to: "liste-of.csv")
        try command("reference", "import", "liste-of.csv")
        let code = try command("depositor", "add", "--siret", "34350633300032", "--name", "ARCHER")
        try command("user", "add", Demonstration.email, "--depositor", code)
        let account = try command("account", "create", Demonstration.email, "--generate").split(separator: "\n")
        guard account.count == 2 else { throw Failure.failed("no account was made") }
        let login = String(account[0])
        try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", instance.folder + "/key"])
        try command("account", "add-key", login, "key.pub")

        let sftp = client(login: login, port: port)
        let folder = "/\(code)/QUALIOPI/FICHIER_QUALIOPI"
        let deposits = [
            ("liste-complete.csv", files.good), ("liste-partielle.csv", files.partial),
            ("liste-refusee.csv", files.refused),
        ]
        for (name, content) in deposits {
            title("Deposits \(name)")
            try instance.write(content, to: name)
            try deposit(name, in: folder, sftp)
        }

        title("What became of them")
        try command("deposit", "list")
        title("The folder, as the depositor sees it")
        Output.line(try batch("ls -1 \(folder)\n", sftp))
        title("The report on liste-partielle.csv, downloaded from there")
        try batch("get \(folder)/liste-partielle.csv.*.rapport.txt rapport.txt\n", sftp)
        // As Windows wants it: with a byte order mark and CR LF.
        try showBlockedLines(of: "liste-partielle.csv", files.partial)
        let report = try String(contentsOfFile: instance.folder + "/rapport.txt", encoding: .utf8)
        Output.line(report.replacing("\u{FEFF}", with: "").replacing("\r\n", with: "\n"))
        title("The mails")
        try showMails()
        title("The certified list after these deposits")
        try command("registry", "export")
        try portal(code: code)
        sumUp()
        if keep { explain(login: login, password: String(account[1]), port: port, folder: folder) }
    }

    // MARK: The portal

    /// A web password for the same person, and where it leads.
    private func portal(code: String) throws {
        title("The espace déposant")
        let password = "Demo-" + PortalTokens.text(PortalTokens.make()).prefix(12)
        let store = try Store.openExisting(path: instance.state.database)
        try store.portal.people.setPassword(
            email: Demonstration.email, hash: Passwords.hash(password), by: AuditAuthor("demo", from: "command line"),
            at: CivilClock(zone: Settings().timeZone).now())
        let health = try instance.run(["curl", "-sS", "--max-time", "10", "\(instance.portal)/sante"])
        guard health == "ok" else { throw Failure.failed("the portal does not answer: see \(instance.log)") }
        Output.line("Address:    \(instance.portal)/")
        Output.line("Email:      \(Demonstration.email)        password: \(password)")
        if !keep { Output.line("(with --keep it stays, and the mails' links lead to it)") }
    }

    // MARK: Deposits

    private func client(login: String, port: Int) -> [String] {
        [
            "sftp", "-q", "-F", "/dev/null", "-i", "\(instance.folder)/key", "-P", String(port),
            "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=accept-new",
            "-o", "UserKnownHostsFile=\(instance.folder)/known_hosts", "-b", "\(instance.folder)/batch",
            "\(login)@127.0.0.1",
        ]
    }

    @discardableResult
    private func batch(_ commands: String, _ sftp: [String]) throws -> String {
        try instance.write(commands, to: "batch")
        return try instance.run(sftp).split(separator: "\n").filter { !$0.hasPrefix("sftp> ") }.joined(separator: "\n")
    }

    /// Uploads a file and waits for its report.
    private func deposit(_ name: String, in folder: String, _ sftp: [String]) throws {
        Output.line("$ sftp … put \(name)")
        try batch("cd \(folder)\nput \(name)\n", sftp)
        let store = try Store.openExisting(path: instance.state.database)
        let done = try eventually(within: 60) {
            try store.deposits.deposits(DepositFilter()).first { $0.file == Array(name.utf8) && $0.step == .done }
        }
        guard let done else { throw Failure.failed("\(name) was not treated within a minute: see \(instance.log)") }
        Output.line("  \(done.state.outcome?.label ?? done.state.rawValue)")
    }

    // MARK: What is shown

    /// The lines that the report tells of, as they were deposited.
    private func showBlockedLines(of name: String, _ content: String) throws {
        let store = try Store.openExisting(path: instance.state.database)
        guard let deposit = try store.deposits.deposits(DepositFilter()).first(where: { $0.file == Array(name.utf8) })
        else { return }
        let blocked = Set(try store.deposits.findings(deposit: deposit.id).compactMap(\.line))
        Output.line("Its lines that are blocked, as they were deposited:")
        for (number, line) in zip(1..., content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline))
        where blocked.contains(number) {
            Output.line("  \(number): \(line)")
        }
        Output.line("")
    }

    private func sumUp() {
        title("What this was")
        Output.line(
            """
            Three lists came in by SFTP: one whole, one with two lines that are blocked, one that is refused. Each had its report in the
            folder and its mail, and the certified list is what the accepted ones left of it.

            Next:       docs/deposants.md for who deposits, docs/operations.md to install it: make release, sudo make install
            Look around: collecteur demo --keep leaves it running\(keep ? "" : "; nothing of this one remains")
            """)
    }

    private func showMails() throws {
        let store = try Store.openExisting(path: instance.state.database)
        _ = try eventually(within: 30) { try store.outbox.figures().queued == 0 ? true : nil }
        for mail in try store.outbox.mails().sorted(by: { $0.id < $1.id }) {
            Output.line("À : \(mail.recipient)\nObjet : \(mail.subject)\n\n\(mail.body)")
        }
        let spooled = try FileManager.default.contentsOfDirectory(atPath: instance.state.mailSpool)
            .filter { $0.hasSuffix(".eml") }
        Output.line("(\(spooled.count) messages in the spool)")
    }

    @discardableResult
    private func command(_ arguments: String...) throws -> String {
        Output.line("$ collecteur " + arguments.joined(separator: " "))
        let output = try instance.run([instance.program, "--config", instance.settings] + arguments)
        if !output.isEmpty { Output.line(output) }
        return output
    }

    private func title(_ text: String) {
        // In order with what the commands say themselves, also where nobody but a file reads it.
        Output.line("\n── \(text)")
    }

    private func explain(login: String, password: String, port: Int, folder: String) {
        title("The instance goes on")
        let pid = instance.processID.map { String($0) } ?? "?"
        Output.line(
            """
            Deposit:    sftp -P \(port) \(login)@127.0.0.1        password: \(password)
                        put FILE \(folder)/
            Administer: \(instance.program) --config \(instance.settings) status
            Log:        tail -f \(instance.log)
            Stop:       kill \(pid); while kill -0 \(pid); do sleep 0.2; done 2>/dev/null; rm -r \(instance.folder)
            """)
    }
}
