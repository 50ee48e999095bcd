import NIOCore
import RecordFormat

/// A consumer of partitions that the application chooses, without a group.
///
/// It fetches ahead as far as `fetch.max.bytes` allows, and hands out whole batches in place.
///
/// Thread contract: what returns a future may be called from any thread; `take` on the cluster's
/// event loop only.
public final class KafkaConsumer: @unchecked Sendable {
    public let cluster: Cluster
    let fetcher: Fetcher
    private let waiters: TakeWaiters<FetchedRecords>

    public init(cluster: Cluster) {
        self.cluster = cluster
        fetcher = Fetcher(cluster: cluster)
        waiters = TakeWaiters(on: cluster.eventLoop)
        cluster.eventLoop.execute { [self] in
            fetcher.didStep = { [cluster, fetcher, waiters] in
                waiters.settle { try fetcher.state.take() }
                // Also where only batches without records left the queue, and nobody got anything.
                guard fetcher.state.takeRoom() else { return }
                cluster.eventLoop.assumeIsolated().execute { fetcher.step() }
            }
            fetcher.start()
        }
    }

    /// Adds partitions, or seeks in those that are consumed already.
    public func seek(_ positions: [TopicPartition: StartingPosition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in fetcher.seek(positions) }
    }

    /// Consumes these no more.
    public func remove(_ partitions: [TopicPartition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            fetcher.state.remove(partitions)
            fetcher.step()
        }
    }

    /// Hands out nothing more of these until `resume`.
    public func pause(_ partitions: [TopicPartition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            fetcher.state.pause(partitions)
            fetcher.step()
        }
    }

    public func resume(_ partitions: [TopicPartition]) -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            fetcher.state.resume(partitions)
            fetcher.step()
        }
    }

    /// The position behind all that was handed out, also of what the application does not get; nil
    /// while something waits to be taken, or the position is not known yet. On the event loop only.
    public func reachedPosition(of partition: TopicPartition) -> Offset? {
        fetcher.state.reachedPosition(of: partition)
    }

    /// The next batches, nil if none are there. On the event loop only. Throws a `ConsumerError`,
    /// once; the other partitions go on.
    public func take() throws(ConsumerError) -> FetchedRecords? {
        defer { if fetcher.state.takeRoom() { fetcher.step() } }
        return try fetcher.state.take()
    }

    /// The next batches, nil if none have come in time. Fails with a `ConsumerError`, once; the
    /// other partitions go on.
    public func next(within time: TimeAmount) -> EventLoopFuture<FetchedRecords?> {
        cluster.eventLoop.flatSubmit { [self] in
            let future = waiters.add(within: time)
            fetcher.step()
            return future
        }
    }

    /// Ends the fetch sessions. The cluster stays open.
    public func close() -> EventLoopFuture<Void> {
        cluster.eventLoop.submit { [self] in
            fetcher.close()
            waiters.endAll()
        }
    }
}
