import WireCodec

enum QuestionTag: UInt8 {
    case hello = 1
    case ping
    case frame
    case login
    case logout
    case extend
    case home
    case deposits
    case report
    case findings
    case state
    case download
    case depositForm
    case beginUpload
    case endUpload
    case dropUpload
    case formOutcome
    case confirm
    case giveUp
    case periods
    case organisations
    case organisation
    case information
    case setMuted
    case endSession
    case endOtherSessions
    case askReset
    case checkReset
    case reset
    case changePassword
    case note
    case setSFTPPassword
    case addKey
    case removeKey
    case register
    case checkActivation
    case activate
    case join
}

extension WireWriter {
    private mutating func put(_ tag: QuestionTag, _ record: some WireRecord) throws(ProtocolError) {
        put(tag.rawValue)
        var record = record
        try record.fields(&self)
    }

    private mutating func put(_ tag: QuestionTag, key: [UInt8]) throws(ProtocolError) {
        put(tag.rawValue)
        try put(key, "key", limit: PortalBounds.key)
    }

    mutating func put(_ question: Question) throws(ProtocolError) {
        switch question {
        case .hello(let version):
            put(QuestionTag.hello.rawValue)
            put(cutting: version, limit: PortalBounds.version)
        case .ping: put(QuestionTag.ping.rawValue)
        case .frame: put(QuestionTag.frame.rawValue)
        case .login(let credentials): try put(.login, credentials)
        case .logout: put(QuestionTag.logout.rawValue)
        case .extend: put(QuestionTag.extend.rawValue)
        case .home: put(QuestionTag.home.rawValue)
        case .deposits(let query): try put(.deposits, query)
        case .report(let subject): try put(.report, subject)
        case .findings(let query): try put(.findings, query)
        case .state(let deposit):
            put(QuestionTag.state.rawValue)
            put(deposit)
        case .download(let query): try put(.download, query)
        case .depositForm: put(QuestionTag.depositForm.rawValue)
        case .beginUpload(let begin): try put(.beginUpload, begin)
        case .endUpload(let end): try put(.endUpload, end)
        case .dropUpload(let drop): try put(.dropUpload, drop)
        case .formOutcome(let key): try put(.formOutcome, key: key)
        case .confirm(let key, let shown):
            try put(.confirm, key: key)
            try put(shown, "shown", limit: PortalBounds.shown)
        case .giveUp(let key): try put(.giveUp, key: key)
        case .periods(let query): try put(.periods, query)
        case .organisations(let query): try put(.organisations, query)
        case .organisation(let nda):
            put(QuestionTag.organisation.rawValue)
            put(cutting: nda, limit: PortalBounds.number)
        case .information: put(QuestionTag.information.rawValue)
        case .setMuted(let muted):
            put(QuestionTag.setMuted.rawValue)
            put(muted)
        case .endSession(let id):
            put(QuestionTag.endSession.rawValue)
            put(id)
        case .endOtherSessions: put(QuestionTag.endOtherSessions.rawValue)
        case .askReset(let email):
            put(QuestionTag.askReset.rawValue)
            put(cutting: email, limit: PortalBounds.email)
        case .checkReset(let token):
            put(QuestionTag.checkReset.rawValue)
            try put(token, "token", limit: PortalBounds.token)
        case .reset(let password): try put(.reset, password)
        case .changePassword(let change): try put(.changePassword, change)
        case .setSFTPPassword(let password): try put(.setSFTPPassword, password)
        case .addKey(let key): try put(.addKey, key)
        case .removeKey(let fingerprint):
            put(QuestionTag.removeKey.rawValue)
            put(cutting: fingerprint, limit: PortalBounds.name)
        case .note(let note): try put(.note, note)
        case .register(let registration): try put(.register, registration)
        case .checkActivation(let token):
            put(QuestionTag.checkActivation.rawValue)
            try put(token, "token", limit: PortalBounds.token)
        case .activate(let activation): try put(.activate, activation)
        case .join(let request): try put(.join, request)
        }
    }
}

extension WireReader {
    private mutating func record<Record: WireRecord>() throws(ProtocolError) -> Record {
        var record = Record()
        try record.fields(&self)
        return record
    }

    private mutating func key() throws(ProtocolError) -> [UInt8] {
        try bytes("key", limit: PortalBounds.key)
    }

    mutating func question() throws(ProtocolError) -> Question {
        let raw = try number(UInt8.self)
        guard let tag = QuestionTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        return switch tag {
        case .hello: .hello(version: try text("version", limit: PortalBounds.version))
        case .ping: .ping
        case .frame: .frame
        case .login: .login(try record())
        case .logout: .logout
        case .extend: .extend
        case .home: .home
        case .deposits: .deposits(try record())
        case .report: .report(try record())
        case .findings: .findings(try record())
        case .state: .state(deposit: try number())
        case .download: .download(try record())
        case .depositForm: .depositForm
        case .beginUpload: .beginUpload(try record())
        case .endUpload: .endUpload(try record())
        case .dropUpload: .dropUpload(try record())
        case .formOutcome: .formOutcome(key: try key())
        case .confirm: .confirm(key: try key(), shown: try bytes("shown", limit: PortalBounds.shown))
        case .giveUp: .giveUp(key: try key())
        case .periods: .periods(try record())
        case .organisations: .organisations(try record())
        case .organisation: .organisation(nda: try text("nda", limit: PortalBounds.number))
        case .information: .information
        case .setMuted: .setMuted(try flag("muted"))
        case .endSession: .endSession(id: try number())
        case .endOtherSessions: .endOtherSessions
        case .askReset: .askReset(email: try text("email", limit: PortalBounds.email))
        case .checkReset: .checkReset(token: try bytes("token", limit: PortalBounds.token))
        case .reset: .reset(try record())
        case .changePassword: .changePassword(try record())
        case .setSFTPPassword: .setSFTPPassword(try record())
        case .addKey: .addKey(try record())
        case .removeKey: .removeKey(fingerprint: try text("fingerprint", limit: PortalBounds.name))
        case .note: .note(try record())
        case .register: .register(try record())
        case .checkActivation: .checkActivation(token: try bytes("token", limit: PortalBounds.token))
        case .activate: .activate(try record())
        case .join: .join(try record())
        }
    }
}
