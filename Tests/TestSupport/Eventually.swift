package import Testing

/// Waits until a condition holds, half a minute at most.
package func eventually(_ condition: () throws -> Bool, _ location: SourceLocation = #_sourceLocation) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("still not so after 30 s", sourceLocation: location)
            return
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
