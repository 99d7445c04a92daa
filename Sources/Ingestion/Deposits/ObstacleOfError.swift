internal import PublicationStore
internal import Store
internal import SystemPackage

extension Obstacle {
    /// What an error of the disk or the database means to a deposit.
    init(_ error: any Error) {
        self =
            switch error {
            case let obstacle as Obstacle: obstacle
            case StoreError.full, Errno.noSpace, Errno.diskQuotaExceeded: .diskFull
            case StoreError.busy: .databaseBusy
            case StoreError.notFound, StoreError.conflict: .other
            case is StoreError: .databaseUnusable
            case Errno.noSuchFileOrDirectory: .bytesGone
            case Errno.ioError, Errno.permissionDenied, Errno.notPermitted: .bytesUnreadable
            default: .other
            }
    }
}
