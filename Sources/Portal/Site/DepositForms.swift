import HTTPTypes
import HummingbirdCore
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// A deposit by the page: the form with its file, and the word that a file may wait for.
struct DepositForms {
    let common: CommonAnswers

    func upload(_ exchange: Exchange, onlyControl: Bool) async -> Outgoing {
        guard let parser = MultipartParser(contentType: exchange.request.headers[.contentType] ?? "") else {
            return .closing(.page(ErrorPages.badRequest(common.anonymous), .badRequest))
        }
        var upload = Upload(common: common, exchange: exchange, onlyControl: onlyControl, parser: parser)
        let end = await upload.run()
        upload.dropIfOpen()
        return await answer(end, upload, exchange)
    }

    private func answer(_ end: Upload.End, _ upload: Upload, _ exchange: Exchange) async -> Outgoing {
        switch end {
        case .answered(.outcome(_, let outcome)):
            return .seeOther(Self.outcome(outcome, key: upload.key))
        case .answered(.refused(let text)):
            let end: HTML = text.contains("aucun dépôt n'a été fait") ? "" : " Aucun dépôt n'a été fait."
            let isAboutDepositor = text.hasPrefix("Choisissez l'établissement")
            return .closing(
                await formAgain(
                    exchange, upload, FormFault("\(text)\(end)", field: isAboutDepositor ? "deposant" : "fichier")))
        case .answered(.unavailable(let text)):
            return .closing(
                .page(
                    ErrorPages.unavailable(
                        common.anonymous,
                        "\(text.isEmpty ? "Le service redémarre." : text) Aucun dépôt n'est certain : voyez « Mes dépôts » avant de recommencer."
                    ),
                    .serviceUnavailable))
        case .answered(let answer):
            return .closing(await common.other(answer, exchange))
        case .tooLarge(let deposit):
            return .closing(
                .page(
                    ErrorPages.tooLarge(
                        await common.layout(for: exchange.visitor, current: .deposit), cap: upload.limit,
                        deposit: deposit),
                    .contentTooLarge))
        case .severalFiles:
            return .closing(
                await formAgain(
                    exchange, upload,
                    FormFault(
                        "Un seul fichier par dépôt : envoyez-les l'un après l'autre. Aucun dépôt n'a été fait.",
                        field: "fichier")))
        case .noFile:
            return await formAgain(
                exchange, upload, FormFault("Sélectionnez un fichier. Aucun dépôt n'a été fait.", field: "fichier"))
        case .malformed:
            return .closing(.page(ErrorPages.badRequest(common.anonymous), .badRequest))
        case .storage:
            return .closing(
                .page(
                    ErrorPages.unavailable(
                        common.anonymous,
                        "Le fichier n'a pas pu être enregistré. Aucun dépôt n'a été fait, réessayez plus tard."),
                    .serviceUnavailable))
        case .cut:
            // Nobody is there to read it.
            return .closing(.text("", .badRequest))
        }
    }

    /// The form with a new key, what was wrong on top.
    private func formAgain(_ exchange: Exchange, _ upload: Upload, _ error: FormFault) async -> Outgoing {
        let answer = await common.ask(.depositForm, exchange)
        guard case .page(let frame, .depositForm(let form)) = answer else {
            return await common.other(answer, exchange)
        }
        return .page(
            UploadPages.form(
                common.layout(frame, .deposit), frame, form, depositor: (try? upload.fields.text("deposant")) ?? "",
                error: error),
            .unprocessableContent)
    }

    /// The word that a file waits for.
    func decide(
        _ exchange: Exchange, _ form: FormFields, _ key: [UInt8]
    ) async throws(FormFields.Fault) -> Outgoing {
        let question: Question
        switch try form.text("action") {
        case "confirmer": question = .confirm(key: key, shown: try Self.shown(form))
        case "abandonner": question = .giveUp(key: key)
        default: return .page(ErrorPages.badRequest(common.anonymous), .badRequest)
        }
        let answer = await common.ask(question, exchange)
        switch answer {
        case .outcome(let frame, let outcome) where outcome.hasChanged:
            // Said with this answer: the page, asked for again, would show what is true now without a word of it.
            return .page(
                UploadPages.outcome(common.layout(frame, .deposit), frame, key: key, outcome), .unprocessableContent)
        case .outcome(_, let outcome): return .seeOther(Self.outcome(outcome, key: key))
        case .done: return .seeOther(.home)
        default: return await common.other(answer, exchange)
        }
    }

    /// Nothing where the page did not say; what can't be read is nothing that was ever shown.
    private static func shown(_ form: FormFields) throws(FormFields.Fault) -> [UInt8] {
        let text = try form.text("vu")
        return text.isEmpty
            ? []
            : Hexadecimal.decode(text[...], count: PortalBounds.shown)
                ?? [UInt8](repeating: 0, count: PortalBounds.shown)
    }

    private static func outcome(_ outcome: FormOutcome, key: [UInt8]) -> Route {
        outcome.state == .deposited ? .report(.deposit(outcome.deposit), .summary) : .report(.form(key), .summary)
    }
}
