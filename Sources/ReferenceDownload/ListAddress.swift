internal import Foundation

/// An address that an OF list may be fetched from: https, and without a password in it.
package struct ListAddress: Sendable, Equatable {
    /// As libcurl takes it.
    let text: String
    /// Without what may be secret: the host and the last part of the path. Reports and listings call the list so.
    package let name: String

    /// - Throws: ``ListDownloadError`` of kind `address`.
    package init(_ text: String) throws(ListDownloadError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text),
            let host = parts.host, !host.isEmpty
        else { throw .address("\(text) is not an address: https://HOST/PATH is expected") }
        guard parts.scheme?.lowercased() == "https" else {
            throw .address("\(text): the OF list is fetched by https alone, so that nobody on the way can change it")
        }
        guard parts.user == nil, parts.password == nil else {
            throw .address("a password in the address of \(host) would be seen by everybody who lists processes")
        }
        self.text = text
        let path = parts.path.split(separator: "/")
        name = host + (path.count > 1 ? "/…/" : "/") + (path.last ?? "")
    }
}

/// Why an OF list could not be fetched, in a sentence for operators.
package enum ListDownloadError: Error, Equatable, CustomStringConvertible {
    /// What was given is no address to fetch a list from.
    case address(String)
    /// Server or network: libcurl's words, or the server's status.
    case failed(String)

    package var description: String {
        switch self {
        case .address(let text), .failed(let text): text
        }
    }
}
