import KafkaClient
import Measurement
import RecordFormat

/// Where the logs of a cluster begin and end, as far as the run knows from what comes anyway: from
/// acknowledgements, from fetches, and from ListOffsets. Ends only move forward.
///
/// Thread contract: safe from any thread; the lock is held for a few instructions, once a batch.
final class KafkaOffsets: Sendable {
    private struct State {
        var starts: [Offset]
        var ends: [Offset]
        /// Of `ends` what brokers told. The others come from acknowledgements, too.
        var told: [Offset]
        var storedByteCount: UInt64 = 0
    }

    private let state: CheckedMutex<State>

    init(partitionCount: Int) {
        let zeros = Array(repeating: Offset.zero, count: partitionCount)
        state = CheckedMutex(State(starts: zeros, ends: zeros, told: zeros))
    }

    func start(of partition: Int) -> Offset { state.withLock { $0.starts[partition] } }
    func end(of partition: Int) -> Offset { state.withLock { $0.ends[partition] } }

    /// How many records can be read at the brokers since their logs began, over the first `count`
    /// partitions: the others are read and not written by the run.
    func readableEnd(ofFirst count: Int) -> Int64 {
        state.withLock { $0.told.prefix(count).reduce(0) { $0 + $1.rawValue } }
    }

    /// Bytes of the batches that were acknowledged.
    var storedByteCount: UInt64 { state.withLock { $0.storedByteCount } }

    /// A batch was acknowledged. Its end is the log's, or below it.
    func acknowledge(_ byteCount: Int, end: Offset?, of partition: Int) {
        state.withLock { state in
            state.storedByteCount += UInt64(byteCount)
            if let end { state.ends[partition] = max(state.ends[partition], end) }
        }
    }

    /// What a response says; −1 where the broker does not say.
    func learn(start: Offset, end: Offset, of partition: Int) {
        state.withLock { state in
            state.starts[partition] = max(state.starts[partition], start)
            state.ends[partition] = max(state.ends[partition], end)
            state.told[partition] = max(state.told[partition], end)
        }
    }

    /// What ListOffsets says of partitions, the first of which has the index `first`.
    func learn(
        starts: [TopicPartition: ListedOffset], ends: [TopicPartition: ListedOffset],
        of partitions: some Sequence<TopicPartition>, from first: Int
    ) {
        for (place, partition) in partitions.enumerated() {
            learn(
                start: starts[partition]?.offset ?? .zero, end: ends[partition]?.offset ?? .zero,
                of: first + place)
        }
    }
}
