import CommitLog
import KafkaProtocol
import Logging
import NIOCore

/// Tells the log what was denied to whom. Each denial is told once a minute, and of all of them a bounded number: a
/// client that tries again for ever, or makes up names, does not fill the disk.
/// Thread contract: any thread.
final class DenialLog: Sendable {
    struct Denial: Hashable {
        var principal: Principal
        var operation: AclOperation
        var resourceType: ResourceType
        var resourceName: String
        var host: String
        var apiKey: ApiKey
    }

    static let window = TimeAmount.seconds(60)
    static let linesPerWindow = 60
    /// Names are written as far as this.
    private static let longestName = 255

    private struct State {
        var windowEnd = NIODeadline.uptimeNanoseconds(0)
        var told: Set<Denial> = []
        var suppressed = 0
    }

    private let logger: Logger
    private let state = Locked(State())

    init(_ logger: Logger) { self.logger = logger }

    func note(_ denial: Denial, now: NIODeadline = .now()) {
        var isWanted = false
        var suppressed = 0
        state.withLock { state in
            if now >= state.windowEnd {
                suppressed = state.suppressed
                state = State(windowEnd: now + Self.window)
            }
            isWanted =
                state.told.count < Self.linesPerWindow && state.told.insert(denial).inserted
            if !isWanted { state.suppressed += 1 }
        }
        if suppressed > 0 {
            logger.warning("\(suppressed) more denials, or the same ones, were not told of")
        }
        guard isWanted else { return }
        logger.warning(
            """
            denied: \(Self.quoted("\(denial.principal)")) at \(denial.host) wants \
            \(denial.operation.name) on \(denial.resourceType.name) \
            \(Self.quoted(denial.resourceName)) for \(denial.apiKey)
            """)
    }

    private static func quoted(_ name: String) -> String {
        String(reflecting: String(decoding: name.utf8.prefix(longestName), as: UTF8.self))
    }
}
