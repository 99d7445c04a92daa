import Foundation
import Testing

/// Whether everybody can use the portal, as far as a machine can tell: the real program on made-up answers, in a real Chromium.
@Suite struct PortalAccessibilityTests {
    private func run(_ what: String) throws -> CommandResult {
        let script = Depositor.fixtures.deletingLastPathComponent().appending(path: "Accessibility/accessibility.py")
            .path
        let folder = FileManager.default.temporaryDirectory.appending(path: "portal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try BackgroundCommand([Instance.python, "-B", script, Instance.programs.path, what], folder: folder)
            .finish(within: 1_800)
    }

    /// Every address in every state, and what every form answers: by the Nu Html Checker, by axe, in all sizes of text and window, by
    /// the keyboard, without stylesheet and without scripts, and by what no checker sees.
    @Test func `no page has a fault that a machine sees`() throws {
        let result = try run("pages")
        #expect(result.succeeded, "\(result)")
    }

    /// The test of the test above.
    @Test func `each of the known faults is found where it is put into a page`() throws {
        let result = try run("faults")
        #expect(result.succeeded, "\(result)")
    }
}
