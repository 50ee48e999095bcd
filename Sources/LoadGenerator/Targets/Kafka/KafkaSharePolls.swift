import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// Asks a coordinator again and again how far a share group is: once an interval of the reports, since it asks the
/// partitions' leaders, which are measured; and more often once the end of the run waits for the group.
///
/// Thread contract: safe from any thread.
final class KafkaSharePolls: Sendable {
    private static let drainingPause = TimeAmount.milliseconds(100)

    private struct State {
        var isDraining = false
        var isPolling = false
        var hasEnded = false
        var news: [Int: ShareProgress]?
        var last: EventLoopFuture<Void>?
        var next: Scheduled<Void>?
        /// Since when no poll has succeeded, and why the last one did not; nil if it did.
        var failure: (since: Int64, reason: String)?
    }

    private let administrator: Administrator
    private let group: String
    /// Those that the group reads, by their indices.
    private let partitions: [Int: TopicPartition]
    private let pause: TimeAmount
    private let state = CheckedMutex(State())

    private var eventLoop: any EventLoop { administrator.cluster.eventLoop }

    /// - Parameter pause: between polls, until `take` hurries.
    init(
        _ administrator: Administrator, group: String, partitions: [Int: TopicPartition],
        pause: TimeAmount
    ) {
        self.administrator = administrator
        self.group = group
        self.partitions = partitions
        self.pause = pause
        poll()
    }

    /// What was heard since the last call.
    ///
    /// - Parameter isDraining: whether to ask more often from now on.
    func take(isDraining: Bool) -> [Int: ShareProgress]? {
        let (news, mustHurry) = state.withLock { state in
            defer {
                state.news = nil
                state.isDraining = state.isDraining || isDraining
            }
            return (state.news, isDraining && !state.isDraining)
        }
        if mustHurry { eventLoop.execute { [self] in poll() } }
        return news
    }

    /// Nil if the last poll succeeded.
    var fault: String? {
        state.withLock { $0.failure }.map { failure in
            let seconds = (MonotonicClock.now() - failure.since) / 1_000_000_000
            return "for \(seconds) s the brokers have not told how far the share group \(group) "
                + "is: \(failure.reason)"
        }
    }

    /// Begins no other poll.
    ///
    /// - Returns: the last one.
    func end() -> EventLoopFuture<Void>? {
        state.withLock { state in
            state.hasEnded = true
            state.next?.cancel()
            return state.last
        }
    }

    private func poll() {
        let asked = state.withLock { state -> EventLoopFuture<Void>? in
            // Under the lock, so that whoever ends this waits for the last one.
            guard !state.hasEnded, !state.isPolling else { return nil }
            state.isPolling = true
            state.next?.cancel()
            state.next = nil
            let asked = eventLoop.makeFutureWithTask { [self] in
                let news = try await ask()
                self.state.withLock { $0.news = news }
            }
            state.last = asked
            return asked
        }
        asked?.whenComplete { [self] result in
            state.withLock { state in
                state.isPolling = false
                switch result {
                case .success: state.failure = nil
                case .failure(let error):
                    state.failure = (state.failure?.since ?? MonotonicClock.now(), "\(error)")
                }
                guard !state.hasEnded else { return }
                let pause = state.isDraining ? min(pause, Self.drainingPause) : pause
                state.next = eventLoop.scheduleTask(in: pause) { [self] in poll() }
            }
        }
    }

    private func ask() async throws -> [Int: ShareProgress] {
        let all = Array(partitions.values)
        // First the ends: see `ShareProgress`.
        let ends = try await administrator.listOffsets(all, .latest)
        let told = try await administrator.shareGroupProgress(of: group, in: all)
        return partitions.compactMapValues { partition in
            told[partition].map {
                ShareProgress(
                    start: $0.startOffset, end: ends[partition]?.offset, lag: $0.lag)
            }
        }
    }
}
