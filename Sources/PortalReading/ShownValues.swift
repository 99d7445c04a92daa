package import PeriodStore
package import PortalProtocol
package import PublicationStore
package import Qualiopi
internal import ServiceConfiguration

// Days, instants, states and severities of the database, as pages have them.

extension ShownDay {
    package init(_ day: CivilDate) {
        self.init(
            year: UInt16(clamping: day.year), month: UInt8(clamping: day.month), day: UInt8(clamping: day.day))
    }

    package var civil: CivilDate? { CivilDate(year: Int(year), month: Int(month), day: Int(day)) }
}

extension ShownMoment {
    package init(_ time: LocalTime) {
        self.init(day: ShownDay(time.date), hour: UInt8(clamping: time.hour), minute: UInt8(clamping: time.minute))
    }
}

extension ShownState {
    package init(_ state: DepositState) {
        self =
            switch state {
            case .enCours: .running
            case .succes: .success
            case .succesAvecAlertes: .successWithAlerts
            case .succesPartiel: .partial
            case .succesPartielAvecAlertes: .partialWithAlerts
            case .echec: .failure
            }
    }

    package init(_ state: PeriodState) {
        self =
            switch state {
            case .enAttente: .waiting
            case .nonDepose: .notDeposited
            case .enCours: .running
            case .succes: .success
            case .succesAvecAlertes: .successWithAlerts
            case .succesPartiel: .partial
            case .succesPartielAvecAlertes: .partialWithAlerts
            case .echec: .failure
            }
    }

    /// Nil for the two that no deposit has.
    package var depositState: DepositState? {
        switch self {
        case .waiting, .notDeposited: nil
        case .running: .enCours
        case .success: .succes
        case .successWithAlerts: .succesAvecAlertes
        case .partial: .succesPartiel
        case .partialWithAlerts: .succesPartielAvecAlertes
        case .failure: .echec
        }
    }
}

extension ShownSeverity {
    package init(_ severity: Severity) {
        self =
            switch severity {
            case .fichier: .file
            case .ligne: .line
            case .alerte: .alert
            }
    }
}
