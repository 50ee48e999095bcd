import Foundation

/// Does work that blocks on a thread of its own: a target that waits for a task must not hold one of
/// the threads on which tasks run.
func onThread<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
}
