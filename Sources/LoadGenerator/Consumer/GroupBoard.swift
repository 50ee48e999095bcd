import Measurement
import RecordFormat

/// State that a consumer group's workers and the run share: the workers set their positions; the
/// run sets pause, goal and stop.
///
/// Thread contract: safe from any thread; a worker takes the lock once a fetch.
public final class GroupBoard: Sendable {
    /// Where the group started, by partition index.
    private let starts: [Offset]

    private struct State {
        var positions: [Offset]
        /// The indices in the ledger of the entries whose batches are next, by partition index.
        var nextEntries: [Int]
        var committed: [Offset]?
        var goal: [Offset]?
        var isPaused: Bool
        /// Since `takePaused`.
        var hasPaused = false
        var isStopped = false
        /// Of other programs, in the measured part.
        var readRecords = 0
    }

    public let group: String
    /// The indices of the partitions that the group reads.
    let partitions: [Int]
    private let recordLimit: Int?
    /// Of the partitions that no worker reads at the moment; nil where they do not move.
    let audits: AuditPool?
    /// Of a share group, by partition index; nil for other groups.
    let shared: [Int: SharedAudit]?
    private let state: CheckedMutex<State>

    /// - Parameters:
    ///   - positions: where the group starts, by partition index.
    ///   - partitions: those that it reads; nil for all.
    ///   - recordLimit: the group stops once `countRead` has got so many.
    init(
        group: String, positions: [Offset], partitions: [Int]? = nil, isPaused: Bool,
        recordLimit: Int? = nil, audits: AuditPool? = nil, shared: [Int: SharedAudit]? = nil
    ) {
        self.audits = audits
        self.shared = shared
        starts = positions
        self.group = group
        self.partitions = partitions ?? Array(positions.indices)
        self.recordLimit = recordLimit
        state = CheckedMutex(
            State(
                positions: positions, nextEntries: positions.map { _ in 0 }, isPaused: isPaused))
    }

    /// The next offset that the group will read, by partition index.
    public var positions: [Offset] { state.withLock { $0.positions } }

    /// The same, each with the index of the ledger's entry whose batch is next.
    var places: [(position: Offset, nextEntry: Int)] {
        state.withLock { state in
            zip(state.positions, state.nextEntries).map { ($0, $1) }
        }
    }

    /// The offsets that were committed last, by partition index; nil before the first commit.
    var committed: [Offset]? { state.withLock { $0.committed } }

    func commit(_ offsets: [Offset]) {
        state.withLock { $0.committed = offsets }
    }

    var isPaused: Bool { state.withLock { $0.isPaused } }
    var isStopped: Bool { state.withLock { $0.isStopped } }

    func start(of partition: Int) -> Offset { starts[partition] }

    func position(of partition: Int) -> Offset {
        state.withLock { $0.positions[partition] }
    }

    func advance(_ partition: Int, to position: Offset, nextEntry: Int) {
        state.withLock { state in
            // Where a member begins again before the place that another has reached, records come again.
            guard position > state.positions[partition] else { return }
            state.positions[partition] = position
            state.nextEntries[partition] = nextEntry
        }
    }

    /// Takes up how far a share group is, as the brokers say.
    func follow(_ progress: [Int: ShareProgress]) {
        // Not while the lock is held, which the audits' workers take.
        let news = progress.map { ($0, $1.position, shared?[$0]?.follow(start: $1.start) ?? 0) }
        state.withLock { state in
            for (partition, position, entry) in news {
                state.positions[partition] = max(state.positions[partition], position)
                state.nextEntries[partition] = entry
            }
            state.committed = state.positions
        }
    }

    func pause() {
        state.withLock { $0.isPaused = true }
    }

    /// Whether the group paused at any time since the last call.
    func takePaused() -> Bool {
        state.withLock { state in
            defer { state.hasPaused = false }
            return state.hasPaused || state.isPaused
        }
    }

    func resume() {
        state.withLock { state in
            state.hasPaused = state.hasPaused || state.isPaused
            state.isPaused = false
        }
    }

    /// Ends the group's workers once they have read everything before these offsets.
    func drain(to goal: [Offset]) {
        state.withLock { $0.goal = goal }
    }

    /// Counts records of other programs, and stops the group if there are enough.
    func countRead(_ records: Int) {
        state.withLock { state in
            state.readRecords += records
            if let recordLimit, state.readRecords >= recordLimit { state.isStopped = true }
        }
    }

    var readRecords: Int { state.withLock { $0.readRecords } }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Whether a goal is set and the whole group has reached it, whoever reads which partition.
    var hasReachedGoal: Bool {
        state.withLock { state in
            guard let goal = state.goal else { return false }
            return partitions.allSatisfy { state.positions[$0] >= goal[$0] }
        }
    }

    /// Whether a goal is set and these partitions have reached it.
    func isDrained(_ partitions: some Sequence<(Int, Offset)>) -> Bool {
        guard let goal = state.withLock({ $0.goal }) else { return false }
        return partitions.allSatisfy { partition, position in position >= goal[partition] }
    }
}
