import KafkaProtocol
import RecordFormat

/// A consumer's membership in a group, of either protocol.
///
/// A pure state machine. An event is a call; what it wants done is taken with `takeActions` afterwards.
/// Times are milliseconds of any clock that does not go backwards; `advance` is to be called at
/// `nextDeadlineMs`. It does no I/O. An answer that is no longer waited for is ignored.
///
/// Thread contract: a value with one owner.
protocol GroupMembership: Sendable {
    var topics: Set<String> { get }
    /// Between 0 and 1, to be drawn anew now and then, so that members do not come back all at once.
    var jitter: Double { get set }
    var memberID: String { get }
    /// Nil for a member that is not static.
    var instanceID: String? { get }
    /// The generation, or the member's epoch; −1 outside of a group.
    var generation: Int32 { get }
    var owned: Set<TopicPartition> { get }
    var hasCoordinator: Bool { get }
    /// Whether the member has to send heartbeats, and may commit.
    var isInGeneration: Bool { get }
    /// Whether it gives up everything, and then leaves.
    var isClosing: Bool { get }
    /// When `advance` has something to do, if nothing else happens; nil where it never has.
    var nextDeadlineMs: Int64? { get }

    mutating func takeActions() -> [MembershipAction]
    /// Does what is due.
    mutating func advance(nowMs: Int64)
    /// Somebody takes records, or waits for some.
    mutating func polled(nowMs: Int64)
    mutating func answered(_ answer: GroupAnswer, ticket: Int, nowMs: Int64)
    /// The connection was lost, or the answer took too long.
    mutating func requestFailed(ticket: Int, nowMs: Int64)
    /// What a commit was answered concerns the membership, too.
    mutating func committed(with code: ErrorCode, generation: Int32, nowMs: Int64)
    /// The partitions of the last `revoke` are given up.
    mutating func revoked(nowMs: Int64)
    /// Gives up everything, and leaves.
    mutating func close(nowMs: Int64)
    /// Ends the membership.
    mutating func fail(_ error: GroupError)
}
