/// Waits until `condition` holds; throws where that takes too long.
func eventually(_ condition: () async throws -> Bool) async throws {
    struct NeverHeld: Error {}
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHeld() }
        try await Task.sleep(for: .milliseconds(2))
    }
}
