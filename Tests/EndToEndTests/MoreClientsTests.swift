import Foundation
import Testing

/// More clients than depositors are known to use, through the same cases as those of ``ClientMatrixTests``.
@Suite struct MoreClientsTests {
    @Test(arguments: MatrixClient.scripted)
    func `another client is told the truth`(client: MatrixClient) throws { try ClientMatrixTests.go(through: client) }

    /// `make test-clients`, which installs them, asks for these.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["COLLECTEUR_TEST_CLIENTS"] != nil, "make test-clients"),
        arguments: MatrixClient.rare)
    func `a client that needs much else is told the truth`(client: MatrixClient) throws {
        try ClientMatrixTests.go(through: client)
    }
}
