import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// A deposit's report in its views, and the files that belong to it.
struct ShownReports {
    let common: CommonAnswers
    let downloads: Downloads

    func report(_ exchange: Exchange, _ subject: Route.Subject, _ view: Route.ReportView) async -> Outgoing {
        switch view {
        case .summary: await summary(exchange, subject)
        case .lines, .fields: await findings(exchange, subject, view)
        case .text: await download(exchange, subject, .text, type: "text/plain; charset=utf-8")
        case .json: await download(exchange, subject, .json, type: "application/json")
        case .annotated: await download(exchange, subject, .annotated, type: "text/csv; charset=utf-8")
        case .file: await download(exchange, subject, .file, type: "application/octet-stream")
        }
    }

    private func summary(_ exchange: Exchange, _ subject: Route.Subject) async -> Outgoing {
        switch subject {
        case .deposit(let id):
            let answer = await common.ask(.report(ReportSubject(deposit: id)), exchange)
            guard case .page(let frame, .report(let page)) = answer else { return await common.other(answer, exchange) }
            return .page(ReportPages.summary(common.layout(frame, .deposits), frame, subject, page))
        case .form(let key):
            let answer = await common.ask(.formOutcome(key: key), exchange)
            guard case .outcome(let frame, let outcome) = answer else { return await common.other(answer, exchange) }
            if outcome.state == .deposited { return .seeOther(.report(.deposit(outcome.deposit), .summary)) }
            return .page(UploadPages.outcome(common.layout(frame, .deposit), frame, key: key, outcome))
        }
    }

    private func findings(
        _ exchange: Exchange, _ subject: Route.Subject, _ view: Route.ReportView
    ) async -> Outgoing {
        guard let fields = exchange.queryFields,
            let page = Exchange.number((try? fields.text("page")) ?? "", else: 1)
        else { return await common.notFound(exchange.visitor) }
        var query = FindingsQuery()
        query.subject = subject.question
        query.view = view == .lines ? .lines : .fields
        query.rule = (try? fields.text("type")) ?? ""
        query.page = UInt32(clamping: page)
        let answer = await common.ask(.findings(query), exchange)
        guard case .page(let frame, .findings(let page)) = answer else { return await common.other(answer, exchange) }
        let current = page.heading.row.id == 0 ? Route.deposit : .deposits
        let isFolded = (try? fields.text("plie")) == "oui"
        return .page(
            FindingsPages.page(
                common.layout(frame, current), frame, subject, view, rule: query.rule, isFolded: isFolded, page))
    }

    /// Never shown in the browser, whatever the file says it is.
    private func download(
        _ exchange: Exchange, _ subject: Route.Subject, _ kind: DownloadKind, type: String
    ) async -> Outgoing {
        var query = DownloadQuery()
        query.subject = subject.question
        query.kind = kind
        let reply = await common.backend.ask(.download(query), from: exchange.visitor)
        guard case .download(let file) = reply.answer, let descriptor = reply.descriptor else {
            return await common.other(reply.answer, exchange)
        }
        // Only now: whoever has no session to fetch a file with takes nobody's place.
        guard let place = downloads.enter(exchange.visitor.token) else {
            var page = Outgoing.page(
                ErrorPages.downloads(await common.layout(for: exchange.visitor)), .tooManyRequests)
            page.fields[.retryAfter] = "10"
            return page
        }
        return Outgoing(
            .ok,
            [
                .contentType: type,
                .contentDisposition: "attachment; filename*=UTF-8''\(percentEncoded(file.name))",
                .contentSecurityPolicy: "default-src 'none'; sandbox",
            ],
            body: .file(descriptor, size: file.size, place))
    }
}
