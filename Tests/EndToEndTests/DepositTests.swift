import Foundation
import Testing

/// The main job, client by client: a file of 2 000 lines becomes an integrated list, a report and a mail.
@Suite struct DepositTests {
    enum Client: String, CaseIterable { case sftp, scp, curl, paramiko, lftp }

    private func push(_ file: String, as name: String, with client: Client, by depositor: Depositor) throws
        -> CommandResult
    {
        switch client {
        case .sftp: try depositor.sftp("cd \(depositor.folder)\nput \(file) \(name)")
        case .scp: try depositor.scp(file, to: name)
        case .curl: try depositor.curl(file, to: name)
        case .lftp: try depositor.lftp("cd \(depositor.folder) && put \(file) -o \(name)")
        case .paramiko:
            // put() compares the size that STAT gives after the CLOSE with what it sent, and raises if they differ.
            try depositor.paramiko("print(sftp.put('\(file)', folder + '/\(name)').st_size)")
        }
    }

    @Test(arguments: Client.allCases)
    func `a good file is integrated, reported, mailed and gone`(client: Client) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let text = SampleList.good(2_000)
        let pushed = try push(try instance.write(text, to: "liste.csv"), as: "liste.csv", with: client, by: depositor)
        #expect(pushed.succeeded, "\(pushed)")

        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "succes")
        #expect(deposit["size"] as? Int == text.utf8.count)
        #expect(deposit["author"] as? String == depositor.login)
        #expect(depositor.names().count == 2, "nothing but the two report files stays: \(depositor.names())")

        let report = try depositor.report(of: "liste.csv")
        #expect(report["etat"] as? String == "succes")
        #expect(report["fichier"] as? String == "liste.csv")
        #expect(report["taille"] as? Int == text.utf8.count)
        #expect((report["lignes"] as? [String: Int])?["total"] == 2_000)
        #expect((report["lignes"] as? [String: Int])?["integrees"] == 2_000)
        #expect((report["mouvements"] as? [String: Any])?["ajouts"] as? Int == 2_000)
        #expect(
            try depositor.textReport(of: "liste.csv").contains(
                "0 erreur bloquante a été trouvée (1 fichier valide sur 1)."))

        #expect(try eventually { try depositor.mails().count == 1 })
        let mail = try #require(try depositor.mails().first)
        #expect(mail.subject == "QUALIOPI - Dépôt validé")
        #expect(mail.to.contains(depositor.email))
        #expect(
            mail.body.contains(
                "Votre dépôt \"liste.csv\", dans le cadre du projet QUALIOPI, a été validé et transmis. Il contenait 0 erreur(s) non bloquante(s)."
            ))

        let registry = try instance.admin("registry", "export").split(whereSeparator: \.isNewline)
        #expect(registry.count == 2_001)
    }

    @Test func `a partial file integrates its accepted lines and says what it rejected`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.partial(2_000), to: "partiel.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/partiel.csv").succeeded)

        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "succesPartiel")
        let report = try depositor.report(of: "partiel.csv")
        #expect((report["lignes"] as? [String: Int])?["integrees"] == 1_999)
        #expect((report["lignes"] as? [String: Int])?["bloquantLigne"] == 1)
        let details = try #require(report["details"] as? [[String: Any]])
        #expect(details.map { $0["regle"] as? String } == ["nda.inconnu"])
        #expect(details.first?["ligne"] as? Int == 2_001)

        #expect(try eventually { try depositor.mails().count == 1 })
        let mail = try #require(try depositor.mails().first)
        #expect(mail.subject == "QUALIOPI - Dépôt validé")
        #expect(mail.body.contains("1 ligne"), "\(mail.body)")
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 2_000)
    }

    @Test func `both reports name what a deposit changed, and why an organisation is withdrawn`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let first = try instance.write(SampleList.good(4), to: "a.csv")
        #expect(try depositor.sftp("put \(first) \(depositor.folder)/a.csv").succeeded)
        _ = try depositor.treated(1)
        // The organisation 0 stays, 1 is changed, 2 is left out, the line of 3 has another's SIREN, 4 is new.
        let rejected = SampleList.line(3).replacing(SampleList.siren(3), with: SampleList.siren(5))
        let second = try instance.write(
            SampleList.file([
                SampleList.line(0), SampleList.line(1, categories: "OUI;NON;OUI;NON"), rejected, SampleList.line(4),
            ]), to: "b.csv")
        #expect(try depositor.sftp("put \(second) \(depositor.folder)/b.csv").succeeded)
        _ = try depositor.treated(2)

        let report = try depositor.report(of: "b.csv")
        let movements = try #require(report["mouvements"] as? [String: Any])
        #expect(
            ["ajouts", "modifications", "retraits"].map { movements[$0] as? Int } == [1, 1, 2], "\(movements)")
        let withdrawn = try #require(movements["retires"] as? [[String: String]])
        #expect(
            withdrawn == [
                ["nda": SampleList.nda(2), "siren": SampleList.siren(2), "cause": "absent"],
                ["nda": SampleList.nda(3), "siren": SampleList.siren(3), "cause": "ligneRejetee"],
            ])
        let details = try #require(report["details"] as? [[String: Any]])
        #expect(details.map { $0["nda"] as? String } == [SampleList.nda(3)])
        #expect(details.map { $0["siren"] as? String } == [SampleList.siren(5)])

        let text = try depositor.textReport(of: "b.csv")
        for expected in [
            "\nSynthèse\n", "\nAjoutés (1)\n- NDA \(SampleList.nda(4)), SIREN \(SampleList.siren(4))\n",
            "\nModifiés (1)\n- NDA \(SampleList.nda(1)), SIREN \(SampleList.siren(1)) : VAE NON devient OUI\n",
            "\nRetirés car absents du fichier (1)\n- NDA \(SampleList.nda(2)), SIREN \(SampleList.siren(2))\n",
            """

            Retirés car leur ligne a été rejetée (1) : ces organismes ne figurent plus dans votre liste
            - NDA \(SampleList.nda(3)), SIREN \(SampleList.siren(3))

            """,
        ] { #expect(text.contains(expected), "\(expected) in \(text)") }

        // A refused file takes nothing away, and its report names nobody.
        let third = try instance.write(SampleList.refused(2), to: "c.csv")
        #expect(try depositor.sftp("put \(third) \(depositor.folder)/c.csv").succeeded)
        _ = try depositor.treated(3)
        let refused = try depositor.report(of: "c.csv")
        #expect(((refused["mouvements"] as? [String: Any])?["retires"] as? [Any])?.isEmpty == true)
        #expect(try !depositor.textReport(of: "c.csv").contains("Retirés"))
    }

    @Test func `the next deposit is compared with the list that was just imported`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let file = try instance.write(SampleList.good(11), to: "liste.csv")
        for (index, organisations) in [10, 11, 9].enumerated() {
            let list = try instance.write(SampleList.reference(organisations), to: "of-\(organisations).csv")
            try instance.admin("reference", "import", list, "--force", "--yes")
            #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste-\(index).csv").succeeded)
            _ = try depositor.treated(index + 1)
            let report = try depositor.report(of: "liste-\(index).csv")
            #expect((report["lignes"] as? [String: Int])?["integrees"] == min(organisations, 11))
            #expect(
                (report["listeOF"] as? [String: Any])?["organismes"] as? Int == organisations, "\(report)")
        }
    }

    @Test func `a refused file leaves the certified list as it was`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let good = try instance.write(SampleList.good(10), to: "bon.csv")
        #expect(try depositor.sftp("put \(good) \(depositor.folder)/bon.csv").succeeded)
        _ = try depositor.treated(1)
        let refused = try instance.write(SampleList.refused(2_000), to: "refuse.csv")
        #expect(try depositor.sftp("put \(refused) \(depositor.folder)/refuse.csv").succeeded)

        let deposit = try #require(try depositor.treated(2).last)
        #expect(deposit["state"] as? String == "echec")
        #expect(deposit["cause"] as? String == "controle")
        #expect(
            try depositor.textReport(of: "refuse.csv").contains(
                "ne respecte pas la règle \"L'organisme de formation doit avoir au moins une certification.\""))
        #expect(try eventually { try depositor.mails().count == 2 })
        let mail = try #require(try depositor.mails().first { $0.subject == "QUALIOPI - Dépôt refusé" })
        #expect(mail.body.contains("Il contenait 1 erreur(s) bloquante(s) et 0 erreur(s) non bloquante(s)."))
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 11)
    }

    @Test func `a file that was closed is held open by nobody, so that it can be claimed at once`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0"], sections: "log: {level: debug}")
        try instance.start()
        let depositor = try Depositor(instance)
        for count in 1...5 {
            let file = try instance.write(SampleList.good(20), to: "liste-\(count).csv")
            #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste-\(count).csv").succeeded)
        }
        #expect(try depositor.treated(5).count == 5)
        #expect(!instance.finalLog.contains("event=deposit.busy"), "\(instance.log)")
    }

    @Test func `the same name again is a second deposit that replaces the list`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        for (index, count) in [20, 30].enumerated() {
            let file = try instance.write(SampleList.good(count), to: "liste-\(count).csv")
            #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
            _ = try depositor.treated(index + 1)
        }
        #expect(depositor.reports("json").count == 2)
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 31)
    }

    @Test func `a report can be listed, downloaded and deleted, and is never taken for a deposit`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(5), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        _ = try depositor.treated()
        let name = try #require(depositor.reports("txt").first)

        let listed = try depositor.sftp("ls -l \(depositor.folder)")
        #expect(listed.succeeded && listed.output.contains(name), "\(listed)")
        let copy = instance.folder.appending(path: "copie.txt")
        let fetched = try depositor.sftp("get \(depositor.folder)/\(name) \(copy.path)")
        #expect(fetched.succeeded, "\(fetched)")
        #expect(try Data(contentsOf: copy) == Data(contentsOf: depositor.folderOnDisk.appending(path: name)))
        let again = try instance.collecteur("deposit", "report", "1", "--format", "txt")
        // Reading what was printed has taken the byte order mark away.
        #expect(try Data("\u{FEFF}\(again.output)".utf8) == Data(contentsOf: copy), "printed again, it is the same")

        let over = try depositor.sftp("put \(file) \(depositor.folder)/\(name)")
        #expect(!over.succeeded, "a report's name is reserved: \(over)")
        #expect(try depositor.sftp("rm \(depositor.folder)/\(name)").succeeded)
        #expect(depositor.reports("txt").isEmpty)
        #expect(try depositor.deposits().count == 1)
    }
}
