import NIOCore
import RecordFormat

/// A consumer that shares the partitions of its topics with the other members of its group.
///
/// The application asks for one event after the other. Asking again says that it has processed what
/// it got before: with `enable.auto.commit` those positions are committed, and partitions that
/// others are to have are given up.
///
/// Thread contract: what returns a future may be called from any thread.
public final class KafkaGroupConsumer: @unchecked Sendable {
    public let cluster: Cluster
    private let driver: GroupMemberDriver

    /// Joins the group of the cluster's settings, `group.id`, as a consumer of these topics.
    public init(cluster: Cluster, topics: Set<String>) {
        self.cluster = cluster
        driver = GroupMemberDriver(cluster: cluster, topics: topics)
        cluster.eventLoop.execute { [self] in driver.start() }
    }

    /// The next event, nil if none has come in time. Fails with a `ConsumerError` of one partition,
    /// once, and with a `GroupError` once the membership has ended.
    ///
    /// It has to be called at least every `max.poll.interval.ms`.
    public func next(within time: TimeAmount) -> EventLoopFuture<GroupEvent?> {
        cluster.eventLoop.flatSubmit { [self] in driver.next(within: time) }
    }

    /// Commits these offsets, whatever was processed. Fails with a `GroupError`.
    public func commit(_ offsets: [TopicPartition: CommittedOffset]) -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in driver.commit(offsets) }
    }

    /// Commits the positions behind everything that was handed out. Fails with a `GroupError`.
    public func commit() -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in driver.commitHandedOut() }
    }

    /// Goes on elsewhere in partitions that the member has.
    public func seek(_ positions: [TopicPartition: StartingPosition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            driver.fetcher.seek(
                positions.filter { driver.membership.owned.contains($0.key) })
        }
    }

    public func pause(_ partitions: [TopicPartition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            driver.fetcher.state.pause(partitions)
            driver.fetcher.step()
        }
    }

    public func resume(_ partitions: [TopicPartition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            driver.fetcher.state.resume(partitions)
            driver.fetcher.step()
        }
    }

    /// The position behind all that was handed out, also of what the application does not get; nil
    /// while something waits to be taken, or the position is not known yet. On the event loop only.
    public func reachedPosition(of partition: TopicPartition) -> Offset? {
        driver.fetcher.state.reachedPosition(of: partition)
    }

    /// The partitions that the member has.
    public func assignment() -> EventLoopFuture<Set<TopicPartition>> {
        cluster.eventLoop.submit { [self] in driver.membership.owned }
    }

    /// Commits what was handed out, if `enable.auto.commit` says so, and leaves the group. The
    /// cluster stays open.
    public func close() -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in driver.close() }
    }
}
