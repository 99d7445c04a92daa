import Testing

/// A client of the matrix, with the way it does each case; a case that it doesn't have is absent.
struct MatrixClient: CustomTestStringConvertible {
    /// What a depositor does with its client; the columns of the table in `docs/clients.md`, in order.
    enum Case: String, CaseIterable {
        case firstUpload = "first upload"
        case preserve = "times, modes kept"
        case temporaryName = "temporary name, rename"
        case makePath = "`mkdir -p`"
        case keyLogin = "key login"
        case resume = "resume after a cut"
        /// In a new connection, and in the client's own way to spare what is there already.
        case correction = "correction of the same size"
        case report = "list, get, delete report"
        case wrongPassword = "wrong password"
    }

    /// - `file`: a file to upload as `liste.csv`; for ``Case/report``, the name of a report to list, to download as
    ///   `copie` and to delete.
    typealias Step = @Sendable (_ depositor: Depositor, _ file: String) throws -> CommandResult

    let name: String
    let cases: [Case: Step]
    /// Other ways to upload.
    let variants: [(name: String, step: Step)]

    init(_ name: String, _ cases: [Case: Step], variants: [(name: String, step: Step)] = []) {
        self.name = name
        self.cases = cases
        self.variants = variants
    }

    var testDescription: String { name }

    static let all = [
        openSSH, scp, lftp, curl, psftp, pscp, rclone, paramiko, asyncSSH, phpseclib, netSFTPForeign, jsch,
    ]
}
