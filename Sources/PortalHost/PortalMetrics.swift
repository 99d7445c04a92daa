internal import PortalProtocol

// The words of the metrics: few, and none that a visitor chooses.

extension Question {
    /// Nil for what the portal asks on its own account.
    var metricsKind: String? {
        switch self {
        case .hello, .ping, .note: nil
        case .login: "login"
        case .beginUpload, .endUpload, .dropUpload, .confirm, .giveUp: "deposit"
        case .frame, .home, .deposits, .report, .findings, .state, .download, .depositForm, .formOutcome, .periods,
            .organisations, .organisation, .information, .checkReset, .checkActivation:
            "page"
        default: "account"
        }
    }
}

extension Answer {
    var metricsResult: String {
        switch self {
        case .done, .session, .page, .download, .upload, .state, .outcome, .registrant: "ok"
        case .loginNeeded: "login_needed"
        case .notFound: "not_found"
        case .refused, .problems: "refused"
        case .later: "later"
        case .unavailable: "unavailable"
        }
    }
}

extension NoteKind {
    var metricsKind: String {
        switch self {
        case .foreignHost: "foreign_host"
        case .foreignOrigin: "foreign_origin"
        case .tooManyConnections: "too_many_connections"
        case .badRequest: "bad_request"
        case .deadline: "deadline"
        case .failure: "failure"
        }
    }
}
