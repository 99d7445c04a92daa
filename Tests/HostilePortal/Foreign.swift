import PortalProtocol

/// Every question, about what is another's.
enum Foreign {
    static func questions(_ stolen: Stolen) -> [Question] {
        var questions: [Question] = []
        var last: Question? = first
        while let question = last {
            questions += variants(question, stolen)
            last = next(question)
        }
        return questions
    }

    private static let first = Question.ping

    /// Goes through all cases: one that is added doesn't compile until it is here. What changes the intruder's own session comes last.
    private static func next(_ question: Question) -> Question? {
        switch question {
        case .ping, .hello: .frame
        case .frame: .home
        case .home: .deposits(DepositsQuery())
        case .deposits: .report(ReportSubject())
        case .report: .findings(FindingsQuery())
        case .findings: .state(deposit: 0)
        case .state: .download(DownloadQuery())
        case .download: .depositForm
        case .depositForm: .beginUpload(UploadBegin())
        case .beginUpload: .dropUpload(UploadDrop())
        case .dropUpload: .formOutcome(key: [])
        case .formOutcome: .confirm(key: [], shown: [])
        case .confirm: .giveUp(key: [])
        case .giveUp: .periods(PeriodsQuery())
        case .periods: .organisations(OrganisationsQuery())
        case .organisations: .organisation(nda: "")
        case .organisation: .information
        case .information: .checkReset(token: [])
        case .checkReset: .reset(NewPassword())
        case .reset: .changePassword(PasswordChange())
        case .changePassword: .setSFTPPassword(SFTPPassword())
        case .setSFTPPassword: .register(Registration())
        case .register: .checkActivation(token: [])
        case .checkActivation: .activate(Activation())
        case .activate: .join(JoinRequest())
        case .join: .addKey(NewKey())
        case .addKey: .removeKey(fingerprint: "")
        case .removeKey: .note(Note())
        case .note: .login(Credentials())
        case .login: .extend
        case .extend: nil
        // Asked by hand at the end, or of no use to an intruder.
        case .endUpload, .endSession, .endOtherSessions, .setMuted, .logout, .askReset: nil
        }
    }

    private static func variants(_ question: Question, _ stolen: Stolen) -> [Question] {
        let subjects = [ReportSubject(deposit: stolen.deposit), ReportSubject(key: stolen.key)]
        switch question {
        case .report: return subjects.map { .report($0) }
        case .findings:
            return subjects.flatMap { subject in
                FindingsView.allCases.map { view in
                    var query = FindingsQuery()
                    query.subject = subject
                    query.view = view
                    return .findings(query)
                }
            }
        case .state: return [.state(deposit: stolen.deposit)]
        case .download:
            return subjects.flatMap { subject in
                DownloadKind.allCases.map { kind in
                    var query = DownloadQuery()
                    query.subject = subject
                    query.kind = kind
                    return .download(query)
                }
            }
        case .beginUpload:
            var begin = UploadBegin()
            begin.key = [UInt8](repeating: 0x11, count: PortalBounds.key)
            begin.depositor = stolen.code
            begin.name = Array("liste.csv".utf8)
            var again = begin
            again.key = stolen.key
            return [.beginUpload(begin), .beginUpload(again)]
        case .dropUpload:
            return (UInt32(0)..<40).map { handle in
                var drop = UploadDrop()
                drop.handle = handle
                return .dropUpload(drop)
            }
        case .formOutcome: return [.formOutcome(key: stolen.key)]
        case .confirm: return [.confirm(key: stolen.key, shown: [])]
        case .giveUp: return [.giveUp(key: stolen.key)]
        case .periods:
            var query = PeriodsQuery()
            query.depositor = stolen.code
            return [.periods(query)]
        case .organisations:
            var query = OrganisationsQuery()
            query.search = stolen.nda
            return [.organisations(query)]
        case .organisation: return [.organisation(nda: stolen.nda)]
        case .deposits:
            var query = DepositsQuery()
            query.before = stolen.deposit + 1
            return [question, .deposits(query)]
        case .checkReset: return [.checkReset(token: stolen.token)]
        case .checkActivation: return [.checkActivation(token: stolen.token)]
        case .activate:
            var activation = Activation()
            activation.token = stolen.token
            activation.password = Array("Intrus-2026".utf8)
            return [.activate(activation)]
        case .join:
            var join = JoinRequest()
            join.siret = String(stolen.code.dropFirst())
            join.code = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"
            return [.join(join)]
        case .reset:
            var new = NewPassword()
            new.token = stolen.token
            new.password = Array("Intrus-2026".utf8)
            return [.reset(new)]
        case .changePassword:
            var change = PasswordChange()
            change.current = Array("Faux-2026-x".utf8)
            change.password = Array("Intrus-2026".utf8)
            return [.changePassword(change)]
        case .login:
            var credentials = Credentials()
            credentials.email = stolen.email
            credentials.password = Array("Faux-2026-x".utf8)
            return [.login(credentials)]
        case .removeKey: return [.removeKey(fingerprint: stolen.fingerprint)]
        default: return [question]
        }
    }

    /// Whether it names something of the other's, so that yes is the wrong answer.
    static func isAnothers(_ question: Question) -> Bool {
        switch question {
        case .report, .findings, .state, .download, .beginUpload, .endUpload, .formOutcome, .confirm, .organisation,
            .checkReset, .reset, .changePassword, .login, .checkActivation, .activate, .join:
            true
        default: false
        }
    }

    /// Whether it is for who is logged in alone.
    static func needsSession(_ question: Question) -> Bool {
        switch question {
        case .hello, .ping, .note, .login, .askReset, .checkReset, .reset, .dropUpload, .register, .checkActivation,
            .activate:
            false
        default: true
        }
    }
}
