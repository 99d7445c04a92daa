import WireCodec

enum AnswerTag: UInt8 {
    case done = 1
    case loginNeeded
    case notFound
    case refused
    case later
    case unavailable
    case session
    case page
    case download
    case upload
    case state
    case outcome
    case problems
    case registrant
}

enum PageTag: UInt8 {
    case bare = 1
    case home
    case deposits
    case report
    case findings
    case depositForm
    case periods
    case organisations
    case organisation
    case information
}

extension WireWriter {
    private mutating func put(_ record: some WireRecord) throws(ProtocolError) {
        var record = record
        try record.fields(&self)
    }

    private mutating func put(_ tag: AnswerTag, text: String) {
        put(tag.rawValue)
        put(cutting: text, limit: PortalBounds.text)
    }

    mutating func put(_ answer: Answer) throws(ProtocolError) {
        switch answer {
        case .done: put(AnswerTag.done.rawValue)
        case .loginNeeded: put(AnswerTag.loginNeeded.rawValue)
        case .notFound: put(AnswerTag.notFound.rawValue)
        case .refused(let text): put(.refused, text: text)
        case .later(let seconds):
            put(AnswerTag.later.rawValue)
            put(seconds)
        case .unavailable(let text): put(.unavailable, text: text)
        case .session(let token):
            put(AnswerTag.session.rawValue)
            try put(token, "token", limit: PortalBounds.token)
        case .page(let frame, let page):
            put(AnswerTag.page.rawValue)
            try put(frame)
            try put(page)
        case .download(let download):
            put(AnswerTag.download.rawValue)
            try put(download)
        case .upload(let upload):
            put(AnswerTag.upload.rawValue)
            try put(upload)
        case .state(let state):
            put(AnswerTag.state.rawValue)
            put(state.rawValue)
        case .outcome(let frame, let outcome):
            put(AnswerTag.outcome.rawValue)
            try put(frame)
            try put(outcome)
        case .problems(var problems):
            put(AnswerTag.problems.rawValue)
            try list(&problems, "problems", limit: PortalBounds.problems)
        case .registrant(let registrant):
            put(AnswerTag.registrant.rawValue)
            try put(registrant)
        }
    }

    private mutating func put(_ tag: PageTag, _ record: some WireRecord) throws(ProtocolError) {
        put(tag.rawValue)
        try put(record)
    }

    private mutating func put(_ page: Page) throws(ProtocolError) {
        switch page {
        case .bare: put(PageTag.bare.rawValue)
        case .home(let page): try put(.home, page)
        case .deposits(let page): try put(.deposits, page)
        case .report(let page): try put(.report, page)
        case .findings(let page): try put(.findings, page)
        case .depositForm(let page): try put(.depositForm, page)
        case .periods(let page): try put(.periods, page)
        case .organisations(let page): try put(.organisations, page)
        case .organisation(let page): try put(.organisation, page)
        case .information(let page): try put(.information, page)
        }
    }
}

extension WireReader {
    private mutating func record<Record: WireRecord>() throws(ProtocolError) -> Record {
        var record = Record()
        try record.fields(&self)
        return record
    }

    private mutating func problems() throws(ProtocolError) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        try list(&problems, "problems", limit: PortalBounds.problems)
        return problems
    }

    mutating func answer() throws(ProtocolError) -> Answer {
        let raw = try number(UInt8.self)
        guard let tag = AnswerTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        return switch tag {
        case .done: .done
        case .loginNeeded: .loginNeeded
        case .notFound: .notFound
        case .refused: .refused(text: try text("text", limit: PortalBounds.text))
        case .later: .later(seconds: try number())
        case .unavailable: .unavailable(text: try text("text", limit: PortalBounds.text))
        case .session: .session(token: try bytes("token", limit: PortalBounds.token))
        case .page: .page(try record(), try page())
        case .download: .download(try record())
        case .upload: .upload(try record())
        case .state: .state(try value("state"))
        case .outcome: .outcome(try record(), try record())
        case .problems: .problems(try problems())
        case .registrant: .registrant(try record())
        }
    }

    private mutating func page() throws(ProtocolError) -> Page {
        let raw = try number(UInt8.self)
        guard let tag = PageTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        return switch tag {
        case .bare: .bare
        case .home: .home(try record())
        case .deposits: .deposits(try record())
        case .report: .report(try record())
        case .findings: .findings(try record())
        case .depositForm: .depositForm(try record())
        case .periods: .periods(try record())
        case .organisations: .organisations(try record())
        case .organisation: .organisation(try record())
        case .information: .information(try record())
        }
    }
}
