import NIOCore
import NIOSSL
import Synchronization

/// The newest keys and certificates that the settings' files have: when a file changes, connections that are
/// made from then on get what it has. What cannot be read leaves the old ones, and is told once.
///
/// Thread contract: any thread. A look at the files is a call of `stat` for each, once a second at most.
package final class SSLContextSource: Sendable {
    private struct State {
        var credentials: SSLCredentials
        var files: [FileState?]
        var nextLook: NIODeadline
    }

    private static let interval = TimeAmount.seconds(1)

    private let settings: SSLSettings
    private let side: SSLCredentials.Side
    private let state: Mutex<State>
    private let report: @Sendable (Result<SSLCredentials, StoreError>) -> Void

    /// Reads the files. Throws a `StoreError`.
    /// - Parameter report: gets what a changed file has brought.
    package init(
        _ settings: SSLSettings, side: SSLCredentials.Side,
        report: @escaping @Sendable (Result<SSLCredentials, StoreError>) -> Void
    ) throws(StoreError) {
        self.settings = settings
        self.side = side
        self.report = report
        // The files are looked at before they are read: what changes in between is read again.
        let files = Self.files(settings)
        state = Mutex(
            State(
                credentials: try SSLCredentials(settings, side: side), files: files,
                nextLook: .now() + Self.interval))
    }

    package func current(now: NIODeadline = .now()) -> SSLCredentials {
        var outcome: Result<SSLCredentials, StoreError>?
        let current = state.withLock { state in
            guard now >= state.nextLook else { return state.credentials }
            state.nextLook = now + Self.interval
            let files = Self.files(settings)
            guard files != state.files else { return state.credentials }
            state.files = files
            do throws(StoreError) {
                state.credentials = try SSLCredentials(settings, side: side)
                outcome = .success(state.credentials)
            } catch {
                outcome = .failure(error)
            }
            return state.credentials
        }
        if let outcome { report(outcome) }
        return current
    }

    private static func files(_ settings: SSLSettings) -> [FileState?] {
        [settings.keystoreLocation, settings.truststoreLocation].filter { !$0.isEmpty }
            .map { FileState($0) }
    }
}
