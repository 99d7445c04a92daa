internal import DepositorStore
internal import DropBox
internal import PortalStore

extension PortalVisitor {
    /// As reports name whoever deposits by the page.
    var author: String { "\(shown) via le site" }

    /// Whom the person deposits for.
    ///
    /// - Throws: why that person can't, as of now.
    func depositor(of upload: WebUpload) throws(WebUpload.Refused) -> Depositor {
        guard let depositor = depositors.first(where: { $0.code == upload.depositor }) else {
            throw WebUpload.Refused(text: "Vous n'avez plus accès à cet établissement.")
        }
        guard depositor.state == .active else {
            throw WebUpload.Refused(
                text:
                    "Les dépôts de cet établissement sont suspendus : aucun dépôt n'a été fait, et le fichier n'est pas gardé. Contactez l'assistance, puis déposez-le de nouveau."
            )
        }
        return depositor
    }
}
