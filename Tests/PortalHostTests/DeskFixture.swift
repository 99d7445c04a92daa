import AccountStore
import Administration
import DepositStore
import DepositorStore
import DropBox
import Foundation
import LinuxSystem
import Logging
import LoginStore
import PeriodStore
import PortalProtocol
import PortalReading
import PortalStore
import PublicationStore
import Qualiopi
import ReferenceStore
import RegistryStore
import ServiceConfiguration
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ingestion
@testable import PortalHost

/// A desk over a real drop box and a real database, asked without a process.
struct DeskFixture: Sendable {
    static let address = "192.0.2.9"

    let box: DropBoxFixture
    let desk: PortalDesk

    /// - beforeTreatment: called on the thread that is to treat a deposit; beforeReport: on the one that is to make a report.
    init(
        mostWaiting: Int = 2000, beforeTreatment: @escaping @Sendable () -> Void = {},
        beforeReport: @escaping @Sendable () -> Void = {}
    ) throws {
        let box = try DropBoxFixture()
        self.box = box
        let nda = try #require(NDA(text: "11755161475"))
        let list = ReferenceList(entries: [.init(nda: nda, siren: SIREN("123456782"))])
        _ = try box.store.referenceLists.importReference(
            packed: list.packed, count: 1, sha256: "", by: "test", at: box.clock.now(), source: "test")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let files = DepositFiles(state: box.state)
        let treatment = Treatment(
            dropBox: box.box, depositors: box.store.depositors, deposits: box.store.deposits,
            registry: box.store.registry, referenceLists: box.store.referenceLists, files: files,
            settings: box.settings, clock: box.clock, metrics: Metrics(), logger: quiet, kickMailer: {})
        desk = try PortalDesk(
            store: box.store, dropBox: box.box, treatment: treatment,
            documents: DepositDocuments(
                isFilePresent: { files.isPresent($0) },
                openFile: { try files.open($0) },
                report: { _, _ in
                    beforeReport()
                    return []
                },
                repeatedControls: { try treatment.repeatedControls(of: $0, $1, kept: $2) }),
            settings: box.settings, clock: box.clock, logger: quiet,
            administration: Administration(
                store: box.store, state: box.state, clock: box.clock, signal: ChangeSignal { _ in nil }),
            treat: {
                beforeTreatment()
                try? treatment.run($0)
            }, sftp: SFTPFacts(port: 22, hostKeys: { [] }, ban: { _ in nil }), metrics: Metrics(),
            scratch: Folder(path: box.state.path), mostWaiting: mostWaiting)
    }

    /// Somebody who is logged in, or another session of theirs.
    func visitor(_ login: String = DropBoxFixture.login) throws -> Visitor {
        let email = login.replacing("_", with: "@")
        return Visitor(
            address: Self.address, token: try box.store.portal.testSession(email, now: box.clock.now()))
    }

    func ask(_ question: Question, _ visitor: Visitor) async -> (answer: Answer, descriptor: SharedDescriptor?) {
        await withCheckedContinuation { continuation in
            desk.answer(PortalRequest(id: 1, visitor: visitor, question: question)) {
                continuation.resume(returning: ($0, $1))
            }
        }
    }

    /// When the visitor was last there, as the database knows.
    func seen(_ login: String = DropBoxFixture.login) throws -> Timestamp {
        try #require(try box.store.portal.sessions.all(email: login.replacing("_", with: "@")).first).seenAt
    }

    // MARK: Uploads

    static func key(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: PortalBounds.key) }

    /// An empty list's header: it is refused, and asks nothing first.
    static let content = Array("NDA;SIREN\r\n".utf8)

    func begin(_ number: UInt8, _ visitor: Visitor) async -> (answer: Answer, descriptor: SharedDescriptor?) {
        var begin = UploadBegin()
        begin.key = Self.key(number)
        begin.name = Array("liste-\(number).csv".utf8)
        return await ask(.beginUpload(begin), visitor)
    }

    /// Begins an upload and writes its file; what its end is asked with.
    func written(_ number: UInt8, _ visitor: Visitor, _ content: [UInt8] = content) async throws -> UploadEnd {
        let (answer, descriptor) = await begin(number, visitor)
        guard case .upload(let opened) = answer else { throw UnexpectedAnswer(what: "\(answer)") }
        try FileIO.write(#require(descriptor).raw, content, offset: 0)
        var end = UploadEnd()
        end.handle = opened.handle
        end.bytes = UInt64(content.count)
        end.sha256 = SHA256.hash(content)
        return end
    }

    struct UnexpectedAnswer: Error {
        var what: String
    }
}
