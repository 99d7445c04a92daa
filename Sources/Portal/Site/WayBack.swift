import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// Where a login leads to: the page that somebody wanted before it.
enum WayBack {
    /// This page, if it can be asked for, or the one that its form stands on.
    static func of(_ exchange: Exchange) -> Address? {
        switch exchange.route {
        case .home, .login, .logout, .extend: return nil
        case .control: return Address(.deposit)
        case .sessions: return Address(.information)
        // A file is saved, and leaves the browser at the page of the login.
        case .report(let subject, let view) where view.isDownload: return Address(.report(subject, .summary))
        case .state(let deposit): return Address(.report(.deposit(deposit), .summary))
        default: return Address(exchange.route, exchange.isPost ? [] : kept(exchange.queryFields ?? FormFields()))
        }
    }

    /// An address of ours, put together anew from what a form gave back; nil for anything else.
    static func read(_ text: String) -> Address? {
        let path = text.prefix { $0 != "?" }
        guard let route = Route(path: path), route.methods.get else { return nil }
        let query = (try? FormFields(text.dropFirst(path.count + 1).utf8)) ?? FormFields()
        return Address(route, kept(query))
    }

    /// The fields of an address that a login keeps.
    private static func kept(_ fields: FormFields) -> [(name: StaticString, value: String)] {
        let names: [StaticString] = ["type", "plie", "page", "etat", "depuis", "avant", "deposant", "recherche"]
        return names.map { ($0, (try? fields.text("\($0)")) ?? "") }
    }
}
