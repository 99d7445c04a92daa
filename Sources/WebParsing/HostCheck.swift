package import HTTPTypes

/// A request must name the portal's own host, once: links and cookies are made for that one alone.
package enum HostCheck {
    package enum Verdict: Equatable {
        case own
        /// 400.
        case noneOrTwo
        /// 421.
        case foreign
    }

    /// - host: the portal's, with its port where it isn't the scheme's.
    package static func verdict(_ head: HTTPRequest, host: String, isSecure: Bool) -> Verdict {
        // The decoder makes the first Host field the authority and leaves any other where it was.
        guard let named = head.authority, !named.isEmpty, !head.headerFields.contains(.host) else { return .noneOrTwo }
        let name = lowercased(named.utf8)
        let own = lowercased(host.utf8)
        if name == own { return .own }
        // The scheme's port may be said.
        return name == own + Array((isSecure ? ":443" : ":80").utf8) ? .own : .foreign
    }
}
