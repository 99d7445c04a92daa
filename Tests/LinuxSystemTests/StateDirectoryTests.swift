import Foundation
import Testing

@testable import LinuxSystem

struct StateDirectoryTests {
    private func withState(_ body: (StateDirectory) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "collecteur-state-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try body(StateDirectory(path: root.appending(path: "deep/state").path))
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `the folders are made, for their owner alone, as often as one likes`() throws {
        try withState { state in
            try state.prepare()
            try state.prepareDepositor("E34350633300032")
            try state.prepare()
            try state.prepareDepositor("E34350633300032")
            for folder in [
                state.path, state.hostKeys, state.depots, state.staging, state.processing, state.archive,
                state.mailSpool,
                state.dropFolder(of: "E34350633300032"), state.stagingFolder(of: "E34350633300032"),
                state.depots + "/E34350633300032", state.depots + "/E34350633300032/QUALIOPI",
            ] {
                #expect(try mode(folder) == 0o700, "\(folder)")
            }
        }
    }

    @Test func `a file in a folder's place is an error that names it`() throws {
        try withState { state in
            try state.prepare()
            try FileManager.default.removeItem(atPath: state.archive)
            try Data().write(to: URL(filePath: state.archive))
            let error = #expect(throws: StateDirectoryError.self) { try state.prepare() }
            #expect(error?.path == state.archive)
            #expect(error?.code == ENOTDIR)
        }
    }
}
