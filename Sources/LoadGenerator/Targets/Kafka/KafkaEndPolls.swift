import KafkaClient
import KafkaProtocol
import Measurement
import NIOCore
import RecordFormat

/// Asks the brokers again and again where the logs end. That also comes with acknowledgements and
/// fetches; this makes it right where neither comes.
///
/// Each time a limited number of partitions is asked for, in turns, so that a poll is short however many
/// there are.
///
/// Thread contract: safe from any thread.
final class KafkaEndPolls: Sendable {
    private static let pause = TimeAmount.milliseconds(100)

    private struct State {
        var hasBegun = false
        var hasEnded = false
        /// The first partition of the next poll.
        var next = 0
        var roundStart: Int64?
        var roundNanos: Int64 = 0
        var last: EventLoopFuture<Void>?
    }

    private let administrator: Administrator
    private let partitions: [TopicPartition]
    private let partitionLimit: Int
    private let offsets: KafkaOffsets
    private let state = CheckedMutex(State())

    /// - Parameter partitionLimit: so many are asked for at a time.
    init(
        _ administrator: Administrator, _ partitions: [TopicPartition],
        learnedBy offsets: KafkaOffsets, partitionLimit: Int = 1_000
    ) {
        self.partitionLimit = partitionLimit
        self.administrator = administrator
        self.partitions = partitions
        self.offsets = offsets
    }

    /// How long the last round over all partitions took, its pauses included: no older is what is known.
    var roundNanos: Int64 { state.withLock { $0.roundNanos } }

    /// Begins, if that was not done before.
    func begin() {
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        if isFirst { poll() }
    }

    /// Begins no other poll.
    ///
    /// - Returns: the last one, if there was one.
    func end() -> EventLoopFuture<Void>? {
        state.withLock { state in
            state.hasEnded = true
            return state.last
        }
    }

    private func poll() {
        let asked = state.withLock { state -> EventLoopFuture<Void>? in
            // Under the lock, so that whoever ends this waits for the last one.
            guard !state.hasEnded, !partitions.isEmpty else { return nil }
            let now = MonotonicClock.now()
            if state.next == 0 {
                if let start = state.roundStart { state.roundNanos = now - start }
                state.roundStart = now
            }
            let end = min(state.next + partitionLimit, partitions.count)
            let asked = ask(state.next..<end)
            state.next = end < partitions.count ? end : 0
            state.last = asked
            return asked
        }
        asked?.whenComplete { [self] _ in
            _ = administrator.cluster.eventLoop.scheduleTask(in: Self.pause) { [self] in poll() }
        }
    }

    private func ask(_ range: Range<Int>) -> EventLoopFuture<Void> {
        administrator.cluster.eventLoop.makeFutureWithTask { [administrator, offsets, partitions] in
            let asked = Array(partitions[range])
            let ends = try await administrator.listOffsets(
                asked, .latest, isolationLevel: administrator.cluster.isolationLevel)
            offsets.learn(starts: [:], ends: ends, of: asked, from: range.lowerBound)
        }
    }
}

extension Cluster {
    /// Up to where its consumers read.
    var isolationLevel: IsolationLevel {
        settings.consumer.isolation == .readCommitted ? .readCommitted : .readUncommitted
    }
}
