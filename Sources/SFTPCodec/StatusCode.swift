/// What became of a request, as SSH_FXP_STATUS carries it.
///
/// Source: draft-ietf-secsh-filexfer-02 §7. Version 3 has no other codes.
package enum StatusCode: UInt32, Sendable, CaseIterable {
    case ok = 0
    case eof = 1
    case noSuchFile = 2
    case permissionDenied = 3
    case failure = 4
    case badMessage = 5
    case noConnection = 6
    case connectionLost = 7
    case operationUnsupported = 8
}
