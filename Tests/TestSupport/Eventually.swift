package import Testing

/// Waits until a condition holds, two minutes at most: a loaded machine is slow, and only a failure takes that long.
package func eventually(_ condition: () throws -> Bool, _ location: SourceLocation = #_sourceLocation) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("still not so after two minutes", sourceLocation: location)
            return
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
