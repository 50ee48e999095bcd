import CommitLog
import Logging
import NIOCore

/// Tells the log of logins that failed: of each address, and of all of them, a bounded number a minute. Who guesses
/// passwords neither fills the disk nor hides what others do.
/// Thread contract: any thread.
final class FailedLogins: Sendable {
    static let window = TimeAmount.seconds(60)
    static let linesPerAddress = 20
    static let linesOfAll = 300

    private let logger: Logger
    private let shares = Locked(
        LogShares<String>(
            window: FailedLogins.window, linesPerOwner: FailedLogins.linesPerAddress,
            linesOfAll: FailedLogins.linesOfAll))

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameters:
    ///   - address: as connections are counted by it.
    ///   - line: which is made only if it is written.
    func note(
        from address: String, _ line: @autoclosure () -> String, now: NIODeadline = .now()
    ) {
        let (isWanted, omitted) = shares.withLock { shares in
            let omitted = shares.beginWindow(now: now)
            return (shares.take(address), omitted ?? 0)
        }
        if omitted > 0 {
            logger.warning("\(omitted) more failed logins were not told of")
        }
        if isWanted { logger.warning("\(line())") }
    }
}
