import PortalProtocol

/// Made-up contents, with what pages find hard: long names, markup in names, no rows, many rows.
enum Samples {
    static let running: UInt64 = 13
    static let states: [ShownState] = ShownState.allCases

    private static let newcomer = "nouveau@exemple.fr"

    /// Nothing has happened yet.
    static func isNew(_ frame: Frame) -> Bool { frame.email == newcomer }

    /// The answers that are no page, by the deposit whose report is asked for.
    static let hindrances: [UInt64: Answer] = [
        9422: .refused(text: "Ce rapport n'est plus conservé."), 9429: .later(seconds: 75),
        9503: .unavailable(text: "La base de données est occupée. Réessayez dans un instant."),
    ]

    /// Forms that were sent already, one in each state but the deposited.
    static let forms: [(key: [UInt8], outcome: @Sendable (Frame) -> FormOutcome)] = [
        (key(0xE1), { outcome("liste.csv", bytes: 10, onlyControl: true, $0) }),
        (key(0xE2), { outcome("baisse.csv", bytes: 10, onlyControl: false, $0) }),
        (key(0xE3), { outcome("vide.csv", bytes: 0, onlyControl: false, $0) }),
        (
            key(0xE4),
            { _ in
                var outcome = FormOutcome()
                outcome.state = .underWay
                return outcome
            }
        ),
    ]

    private static func key(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: PortalBounds.key) }

    static func frame(of token: [UInt8]) -> Frame? {
        var frame = Frame()
        frame.person = "Silvio DA SILVA"
        frame.email = "silvio.dasilva@exemple.fr"
        frame.idleSeconds = 1800
        frame.absoluteSeconds = 72_000
        switch token {
        case SampleBackend.one: frame.establishments = [establishment(0)]
        case SampleBackend.nine: frame.establishments = (0..<9).map(establishment)
        case SampleBackend.new:
            frame.establishments = [establishment(2)]
            frame.email = newcomer
        case SampleBackend.unattached:
            frame.email = newcomer
        default: return nil
        }
        return frame
    }

    private static func establishment(_ number: Int) -> Establishment {
        let names = [
            "ARCHER", "SCI CMP", "Certif & Fils", "École <b>d'été</b>", "Institut du \"Label\"", "Bureau de contrôle",
            "Association pour la qualité de la formation professionnelle continue des territoires", "Veritest",
            "Sud Audit",
        ]
        var one = Establishment()
        one.code = "E3435063330003\(number)"
        one.siret = "3435063330003\(number)"
        one.name = names[number]
        one.isTest = number == 7
        one.isSuspended = number == 8
        return one
    }

    static func day(_ day: UInt8, _ month: UInt8 = 11) -> ShownDay { ShownDay(year: 2026, month: month, day: day) }

    static func row(_ id: UInt64, _ frame: Frame) -> DepositRow {
        let states: [ShownState] = [.success, .successWithAlerts, .partial, .partialWithAlerts, .failure]
        let files = [
            "OK-CSV.csv", "fichier_certificateur_erreurs.csv", "<script>alert(1)</script>.csv",
            "liste-complete-des-organismes.csv", "été \u{202E}vsc.exe",
        ]
        var row = DepositRow()
        row.id = id
        row.file = files[Int(id % 5)]
        row.state =
            id == running
            ? .running : id == 12 || id == 9 ? .failure : id == 10 ? .partialWithAlerts : states[Int(id % 5)]
        row.periodStart = day(UInt8(id % 27) + 1)
        row.periodEnd = row.periodStart
        row.received = ShownMoment(day: row.periodStart, hour: 3, minute: 7)
        if row.state != .running { row.processed = ShownMoment(day: row.periodStart, hour: 3, minute: 8) }
        row.author = id % 2 == 0 ? "Silvio DA SILVA via le site" : "archer_yopmail.com via SFTP"
        let owner = frame.establishments[Int(id) % frame.establishments.count]
        row.depositor = owner.code
        row.depositorName = owner.name
        row.isTest = owner.isTest
        return row
    }

    static func home(_ frame: Frame) -> HomePage {
        var page = HomePage()
        for (number, establishment) in frame.establishments.enumerated() {
            var day = DayState()
            day.depositor = establishment.code
            day.state = states[number % states.count]
            day.start = self.day(28)
            day.end = self.day(28)
            day.deposit = day.state == .waiting || day.state == .notDeposited ? 0 : UInt64(10 + number)
            day.missedBefore = number == 0
            page.states.append(day)
        }
        if isNew(frame) {
            for index in page.states.indices {
                page.states[index].state = .waiting
                page.states[index].deposit = 0
                page.states[index].missedBefore = false
            }
            return page
        }
        page.deposits = (4..<14).reversed().map { row($0, frame) }
        return page
    }

    static func deposits(_ frame: Frame, _ query: DepositsQuery) -> DepositsPage {
        var page = DepositsPage()
        if isNew(frame) { return page }
        let last = query.before == 0 ? 120 : query.before
        for id in stride(from: last &- 1, to: 0, by: -1) where page.deposits.count < 50 {
            let row = row(id, frame)
            if query.state == 0 || row.state.rawValue == query.state { page.deposits.append(row) }
        }
        page.hasOlder = (page.deposits.last?.id ?? 1) > 1
        return page
    }

    static func heading(_ id: UInt64, _ frame: Frame) -> ReportHeading {
        var heading = ReportHeading()
        heading.row = row(id, frame)
        heading.size = 122_130
        heading.reference = "2, importée le 20/11/2026 (160 934 organismes)"
        heading.hasFile = id != 9
        heading.lines.total = 2000
        heading.lines.clean = 2000
        guard heading.row.state == .failure || heading.row.state == .partialWithAlerts else { return heading }
        heading.cause = heading.row.state != .failure ? .none : id == 9 ? .technical : .control
        if id == 9 {
            heading.reason =
                "Le dépôt n'a pas pu être traité : remplacé par un dépôt plus récent. Il n'y a rien à faire : c'est la liste de ce dernier qui est en vigueur."
            return heading
        }
        heading.blockingFile = id == 12 ? 1700 : 0
        heading.blockingLine = 12
        heading.alerts = 3
        heading.detailed = 250
        heading.lines.blockingFile = id == 12 ? 1700 : 0
        heading.lines.blockingLine = 12
        heading.lines.alert = 3
        heading.lines.clean = id == 12 ? 285 : 1985
        return heading
    }

    private static let rules: [(rule: String, field: String, text: String, message: String, value: String)] = [
        (
            "organisme.certification", "Organisme de formation (ligne)",
            "L'organisme de formation doit avoir au moins une certification.",
            "L'organisme de formation doit avoir au moins une certification.", "NON;NON;NON;NON"
        ),
        (
            "dateFinValiditeCertif.format", "dateFinValiditeCertif", "Format jj/mm/aaaa",
            "La date est écrite « 2027-01-31 » : écrivez 31/01/2027.", "2027-01-31"
        ),
        (
            "nda.inconnu", "NDA", "OF non présent dans la liste OF",
            "Le NDA 11755555555 n'est pas dans la liste OF ; le NDA actuel de cet organisme est 11756666666.",
            "<i>117 555</i>"
        ),
        (
            "liste.baisse", "Fichier", "La liste ne perd pas plus de 20 % de ses organismes",
            "La liste passe de 2 500 à 2 000 organismes.", ""
        ),
    ]

    static func synthesis(_ id: UInt64) -> [SynthesisRow] {
        guard id != 9, id != 11, id != running else { return [] }
        return rules.enumerated().compactMap { number, rule in
            guard number > 0 || id == 12 else { return nil }
            var row = SynthesisRow()
            row.rule = rule.rule
            row.field = rule.field
            row.text = rule.text
            row.severity = number < 2 ? .file : number == 2 ? .line : .alert
            row.count = number == 0 ? 1700 : number == 1 ? 30 : number == 2 ? 12 : 1
            row.lines =
                number == 0
                ? [LineRun(first: 2, last: 1701)]
                : number == 3 ? [] : [LineRun(first: 16, last: 16), LineRun(first: 40, last: 44)]
            row.otherLines = number == 1 ? 24 : 0
            row.example = rule.value
            row.hasExample = number < 3
            row.message = rule.message
            return row
        }
    }

    static func movements() -> ShownMovements {
        var movements = ShownMovements()
        movements.added = 3
        movements.changed = 1
        movements.absent = 140
        movements.rejected = 2
        for (kind, count) in [(MovementKind.added, 3), (.changed, 1), (.absent, 100), (.rejected, 2)] {
            for number in 0..<count {
                var row = MovementRow()
                row.kind = kind
                row.nda = "1175620\(6000 + number)"
                row.siren = "55210\(1000 + number)"
                if kind == .absent || kind == .rejected { row.end = day(30, 6) }
                movements.rows.append(row)
            }
        }
        return movements
    }

    static func report(_ id: UInt64, _ frame: Frame) -> ReportPage? {
        guard (1..<120).contains(id) else { return nil }
        var page = ReportPage()
        page.heading = heading(id, frame)
        page.rules = synthesis(id)
        if id != running, id != 9 { page.movements = id == 12 ? ShownMovements() : movements() }
        return page
    }

    static func findings(_ id: UInt64, _ query: FindingsQuery, _ frame: Frame) -> FindingsPage? {
        guard (1..<120).contains(id) else { return nil }
        var page = FindingsPage()
        page.heading = heading(id, frame)
        guard id != 11, id != 9 else { return page }
        let all = (0..<250).map { number -> FindingRow in
            let rule = rules[number == 0 ? 3 : number % 3]
            var row = FindingRow()
            row.line = number == 0 ? 0 : UInt32(number / 2 + 2)
            row.nda = number == 0 ? "" : "1175620\(6000 + number / 2)"
            row.siren = number == 0 ? "" : "55210\(1000 + number / 2)"
            row.field = rule.field
            row.rule = rule.rule
            row.text = rule.text
            row.severity = number == 0 ? .alert : number % 3 == 2 ? .line : .file
            row.value = rule.value
            row.hasValue = number != 0
            row.message = rule.message
            return row
        }
        page.rules = rules.map { rule in
            var count = RuleCount()
            count.rule = rule.rule
            count.text = rule.text
            count.field = rule.field
            count.count = UInt64(all.count { $0.rule == rule.rule })
            return count
        }
        let matching = all.filter { query.rule.isEmpty || $0.rule == query.rule }
        page.matching = UInt64(matching.count)
        page.pages = UInt32(max(1, (matching.count + 99) / 100))
        page.page = min(max(1, query.page), page.pages)
        page.findings = Array(matching.dropFirst(Int(page.page - 1) * 100).prefix(100))
        return page
    }

    static func outcome(_ name: String, bytes: Int, onlyControl: Bool, _ frame: Frame) -> FormOutcome {
        var outcome = FormOutcome()
        if bytes == 0 {
            outcome.state = .refused
            outcome.text = "Ce fichier est vide."
            return outcome
        }
        var report = ReportPage()
        report.heading = heading(10, frame)
        report.heading.row.id = 0
        report.heading.row.file = name
        report.heading.size = UInt64(bytes)
        report.rules = synthesis(10)
        report.movements = movements()
        outcome.secondsLeft = 880
        if onlyControl {
            outcome.state = .controlled
            outcome.report = report
        } else if name.hasPrefix("baisse") {
            outcome.state = .toConfirm
            outcome.report = report
            outcome.before = 2500
            outcome.after = 1900
        } else {
            outcome.state = .deposited
            outcome.deposit = name.hasPrefix("encours") ? running : 12
        }
        return outcome
    }

    static func periods(_ frame: Frame, _ query: PeriodsQuery) -> PeriodsPage {
        var page = PeriodsPage()
        page.depositor = query.depositor.isEmpty ? frame.establishments[0].code : query.depositor
        if isNew(frame) { return page }
        for number in 1..<26 {
            var row = PeriodRow()
            row.start = day(UInt8(27 - number))
            row.end = row.start
            row.state = number % 6 == 0 ? .notDeposited : states[2 + number % 5]
            if row.state != .notDeposited {
                row.deposit = UInt64(number)
                row.file = self.row(UInt64(number), frame).file
            }
            page.periods.append(row)
        }
        page.hasOlder = true
        for number in 1..<20 {
            var point = CurvePoint()
            point.deposit = UInt64(number)
            point.at = ShownMoment(day: day(UInt8(number)), hour: 3, minute: 8)
            point.size = UInt64(1900 + (number * 37) % 120 + number * 6)
            page.curve.append(point)
        }
        return page
    }

    private static func organisation(_ number: Int, _ frame: Frame) -> OrganisationRow {
        var row = OrganisationRow()
        row.nda = "1175620\(6000 + number)"
        row.siren = "55210\(1000 + number)"
        row.categories = UInt8(1 + number % 15)
        row.decision = day(3, 2)
        row.end = ShownDay(year: 2029, month: 2, day: 2)
        row.depositor = frame.establishments[number % frame.establishments.count].code
        return row
    }

    static func organisations(_ frame: Frame, _ query: OrganisationsQuery) -> OrganisationsPage {
        var page = OrganisationsPage()
        guard !isNew(frame), query.search.isEmpty || query.search.hasPrefix("1") else { return page }
        page.matching = 1900
        page.pages = 38
        page.page = min(max(1, query.page), 38)
        page.organisations = (0..<50).map { organisation(Int(page.page - 1) * 50 + $0, frame) }
        return page
    }

    static func organisation(_ nda: String, _ frame: Frame) -> OrganisationPage {
        var page = OrganisationPage()
        page.nda = nda
        if isNew(frame) { return page }
        page.current = [organisation(0, frame)]
        let kinds: [EventKind] = [.changed, .added, .withdrawn, .added]
        for (number, kind) in kinds.enumerated() {
            var event = OrganisationEvent()
            event.kind = kind
            event.at = ShownMoment(day: day(UInt8(20 - number)), hour: 3, minute: 8)
            event.deposit = UInt64(12 - number)
            event.depositor = frame.establishments[0].code
            var before = organisation(0, frame)
            before.end = day(31, 12)
            before.categories = 2
            event.before = kind == .added ? nil : before
            event.after = kind == .withdrawn ? nil : organisation(0, frame)
            page.events.append(event)
        }
        return page
    }

    static var registrant: Registrant {
        var registrant = Registrant()
        registrant.name = "Jeanne <b>ARCHER"
        registrant.email = "jeanne@exemple.fr"
        registrant.siret = "34350633300032"
        return registrant
    }

    static func information(_ frame: Frame) -> InformationPage {
        var page = InformationPage()
        for establishment in frame.establishments.prefix(2) {
            var address = PostalAddress()
            address.depositor = establishment.code
            address.street = "11 RUE DE L'AMIRAL MOUCHEZ"
            address.postalCode = "75201"
            address.city = "PARIS 13"
            page.addresses.append(address)
        }
        page.sftp.host = "collecteur.exemple.fr"
        page.sftp.port = 2222
        page.sftp.login = "nouveau_exemple.fr"
        page.sftp.asksPassword = isNew(frame)
        page.sessions = (1...(isNew(frame) ? 1 : 3)).map(session)
        if isNew(frame) { return page }
        page.sftp.login = "silvio.dasilva_exemple.fr"
        page.sftp.isOpen = true
        var hostKey = HostKeyRow()
        hostKey.type = "ssh-ed25519"
        hostKey.fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrUJXPzbLaQWrJ9bbtnQ3aE4"
        hostKey.key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
        page.sftp.hostKeys = [hostKey]
        page.sftp.asksPassword = true
        for name in ["serveur de nuit", ""] {
            var key = KeyRow()
            key.name = name
            key.algorithm = "ssh-ed25519"
            key.fingerprint = "SHA256:\(name.isEmpty ? "a" : "b")NiVztksCsDhcc0u9e8BrUJXPzbLaQWrJ9bbtnQ3aE4"
            key.added = ShownMoment(day: day(27), hour: 8, minute: 0)
            page.sftp.keys.append(key)
        }
        for (index, outcome) in LoginOutcome.allCases.enumerated() {
            var login = LoginRow()
            login.at = ShownMoment(day: day(28), hour: 2, minute: UInt8(index))
            login.outcome = outcome
            login.byKey = index % 2 == 1
            login.address = "192.0.2.\(index)"
            login.detail = outcome == .accepted ? "SSH-2.0-OpenSSH_9.2p1" : ""
            page.sftp.logins.append(login)
        }
        var ban = BanRow()
        ban.address = "192.0.2.12"
        ban.seconds = 1700
        page.sftp.bans = [ban]
        for (index, establishment) in frame.establishments.enumerated() {
            var colleague = ColleagueRow()
            colleague.depositor = establishment.code
            colleague.email = "collegue\(index)@exemple.fr"
            colleague.name = index == 0 ? "" : "Anne <b>LEROY"
            colleague.isInPortal = index != 0
            colleague.hasSFTP = index == 1
            page.colleagues.append(colleague)
        }
        page.moreColleagues = 2
        return page
    }

    private static func session(_ number: Int) -> SessionRow {
        var session = SessionRow()
        session.id = UInt64(number)
        session.begun = ShownMoment(day: day(28), hour: 8, minute: UInt8(number))
        session.seen = ShownMoment(day: day(28), hour: 9, minute: 30)
        session.address = "192.0.2.\(number)"
        session.agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
        session.age = 5400
        session.isThis = number == 1
        return session
    }
}
