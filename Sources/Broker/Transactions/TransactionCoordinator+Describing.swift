import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// What administrators ask.

extension TransactionCoordinator {
    /// Which transactional ids are listed.
    struct ListFilter: Sendable {
        /// Empty for all.
        var states: Set<TransactionState> = []
        /// Names of states were given, if only of none that there is.
        var hasStates = false
        /// Empty for all.
        var producerIDs: Set<ProducerID> = []
        /// Those that run for longer, in milliseconds; negative for all.
        var durationMs: Int64 = -1
        var pattern: TopicPattern?
    }

    /// An id and what is known of it.
    typealias Described = (transactionalID: String, metadata: TransactionMetadata)

    /// The steps of a pattern for all ids together: a second of a thread. A million ids of 36 characters
    /// take a tenth.
    private static let patternAllowance = 1 << 28

    /// The transactional ids that the filter lets through, by name; or why they cannot be told.
    func list(
        _ filter: ListFilter, _ done: @escaping @Sendable (ErrorCode, [Described]) -> Void
    ) {
        eventLoop.execute {
            if let error = self.unavailability { return done(error, []) }
            let now = self.nowMs()
            let found = self.state.machines.compactMap { id, machine -> Described? in
                let metadata = machine.current
                return filter.admits(metadata, nowMs: now) ? (id.text, metadata) : nil
            }
            // There may be many, and whoever asks chooses the pattern, so the loop does not wait for it.
            self.threads.submit { _ in
                let found = found.sorted { $0.transactionalID < $1.transactionalID }
                guard let pattern = filter.pattern else { return done(.none, found) }
                var allowance = Self.patternAllowance
                guard
                    let names = pattern.matches(
                        among: found.map(\.transactionalID), allowance: &allowance)
                else { return done(.invalidRegularExpression, []) }
                done(.none, found.filter { names.contains($0.transactionalID) })
            }
        }
    }

    /// What is known of each id, in their order; or why that cannot be told.
    func describe(
        _ transactionalIDs: [String],
        _ done: @escaping @Sendable ([Result<TransactionMetadata, TransactionRefusal>]) -> Void
    ) {
        eventLoop.execute {
            let unavailability = self.unavailability
            done(
                transactionalIDs.map { id in
                    // As Kafka: an empty id is wrong whatever state the coordinator is in.
                    if id.isEmpty { return .failure(TransactionRefusal(code: .invalidRequest)) }
                    if let unavailability {
                        return .failure(TransactionRefusal(code: unavailability))
                    }
                    guard let machine = self.state.machines[id], machine.current.state != .dead
                    else { return .failure(TransactionRefusal(code: .transactionalIDNotFound)) }
                    var metadata = machine.current
                    // As Kafka: while it ends, those that have no marker yet.
                    if metadata.state.isPreparing {
                        metadata.partitions = machine.unmarked.union(machine.marking)
                    }
                    return .success(metadata)
                })
        }
    }
}

/// Why a transactional id is not described.
struct TransactionRefusal: Error, Equatable {
    var code: ErrorCode
}

extension TransactionCoordinator.ListFilter {
    func admits(_ metadata: TransactionMetadata, nowMs: Int64) -> Bool {
        if metadata.state == .dead { return false }
        if !producerIDs.isEmpty, !producerIDs.contains(metadata.producer.id) { return false }
        if hasStates, !states.contains(metadata.state) { return false }
        let age = nowMs.subtractingReportingOverflow(metadata.startMs).partialValue
        return durationMs < 0 || age > durationMs
    }
}
