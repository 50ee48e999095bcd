import CommitLog
import KafkaProtocol
import Logging
import NIOCore

/// Tells the log what was denied to whom. Each denial is told once a minute, and of each principal's, and of all of
/// them, a bounded number: a client that tries again for ever, or makes up names, neither fills the disk nor hides what
/// is denied to others.
/// Thread contract: any thread.
final class DenialLog: Sendable {
    struct Denial: Hashable {
        var principal: Principal
        var operation: AclOperation
        var resourceType: ResourceType
        /// Kept as far as it is written.
        var resourceName: String
        var host: String
        var apiKey: ApiKey
    }

    static let window = TimeAmount.seconds(60)
    /// Of one principal.
    static let linesPerWindow = 60
    static let linesOfAll = 600
    /// Names are written as far as this.
    private static let longestName = 255

    private struct State {
        var shares = LogShares<Principal>(
            window: DenialLog.window, linesPerOwner: DenialLog.linesPerWindow,
            linesOfAll: DenialLog.linesOfAll)
        var told: Set<Denial> = []
    }

    private let logger: Logger
    private let state = Locked(State())

    init(_ logger: Logger) { self.logger = logger }

    func note(_ noted: Denial, now: NIODeadline = .now()) {
        var denial = noted
        denial.resourceName = Self.beginning(noted.resourceName)
        let (isWanted, omitted) = state.withLock { state -> (Bool, Int) in
            let omitted = state.shares.beginWindow(now: now)
            if omitted != nil { state.told.removeAll() }
            guard !state.told.contains(denial) else {
                state.shares.omit()
                return (false, omitted ?? 0)
            }
            let isWanted = state.shares.take(denial.principal)
            if isWanted { state.told.insert(denial) }
            return (isWanted, omitted ?? 0)
        }
        if omitted > 0 {
            logger.warning("\(omitted) more denials, or the same ones, were not told of")
        }
        guard isWanted else { return }
        logger.warning(
            """
            denied: \(Self.quoted("\(denial.principal)")) at \(denial.host) wants \
            \(denial.operation.name) on \(denial.resourceType.name) \
            \(Self.quoted(denial.resourceName)) for \(denial.apiKey)
            """)
    }

    private static func quoted(_ name: String) -> String { String(reflecting: beginning(name)) }

    private static func beginning(_ name: String) -> String {
        name.utf8.count <= longestName
            ? name : String(decoding: name.utf8.prefix(longestName), as: UTF8.self)
    }
}
