import Foundation
import GRDB
import Qualiopi

@testable import DepositStore
@testable import DepositorStore
@testable import Store

/// A database of the fifth schema, in which a list and a deposit's changes were one packed value each.
final class FormerRegistry {
    let folder: URL
    private let queue: DatabaseQueue

    var path: String { folder.appendingPathComponent("collecteur.sqlite").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("collecteur-former-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try DatabaseQueue(path: folder.appendingPathComponent("collecteur.sqlite").path)
        try Schema.migrator.migrate(queue, upTo: "5")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Opens it as the program does, which brings it up to date.
    func open() throws -> Store {
        try queue.close()
        return try Store(path: path, migratesOlder: true)
    }

    func write(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    func addDepositor(_ id: Int64, code: String) throws {
        try write(
            """
            INSERT INTO depositors (id, code, siret, name, mode, state, added_at, added_on)
            VALUES (?, ?, ?, 'A', 'reel', 'active', 0, '2026-11-01')
            """, [id, code, String(code.dropFirst())])
    }

    /// A deposit with what it changed.
    func addDeposit(_ id: Int64, depositor: Int64, at: Int64, changes: Data) throws {
        try write(
            """
            INSERT INTO deposits (id, depositor, file, size, state, mode, author, channel, received_at, civil_date,
                                  claimed_at, processed_at, step)
            VALUES (?, ?, x'61', 1, 'succes', 'reel', 'a', 'sftp', ?, '2026-11-24', ?, ?, 'done')
            """, [id, depositor, at, at, at])
        try write("INSERT INTO registry_changes (deposit, changes) VALUES (?, ?)", [id, changes])
    }

    func setList(_ depositor: Int64, _ entries: Data) throws {
        try write("INSERT INTO certified_lists (depositor, entries) VALUES (?, ?)", [depositor, entries])
    }
}

/// The former format: records of equal size, little-endian, by ascending NDA.
enum Packed {
    static func list(_ entries: [(CertifiedOrganisation, deposit: Int64, isWithdrawn: Bool)]) -> Data {
        entries.reduce(into: Data()) { data, entry in
            append(entry.0.nda.packed, to: &data)
            append(entry.deposit, to: &data)
            append(entry.0, to: &data)
            data.append(entry.isWithdrawn ? 1 : 0)
        }
    }

    static func changes(_ changes: [RegistryChange], previous: Int64 = 0) -> Data {
        changes.reduce(into: Data()) { data, change in
            append(change.nda.packed, to: &data)
            append(previous, to: &data)
            let cause: UInt8 = change.cause.map { $0 == .absent ? 4 : 8 } ?? 0
            data.append((change.before == nil ? 0 : 1) | (change.after == nil ? 0 : 2) | cause)
            append(change.before, to: &data)
            append(change.after, to: &data)
        }
    }

    private static func append(_ organisation: CertifiedOrganisation?, to data: inout Data) {
        guard let organisation else { return data.append(Data(count: 13)) }
        append(organisation.siren.value, to: &data)
        for day in [organisation.decision, organisation.end] {
            append(UInt32(day.year << 16 | day.month << 8 | day.day), to: &data)
        }
        data.append(organisation.categories.rawValue)
    }

    private static func append(_ value: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
}
