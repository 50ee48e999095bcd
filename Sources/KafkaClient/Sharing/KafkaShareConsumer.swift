import KafkaProtocol
import NIOCore
import RecordFormat

/// A consumer that shares the records of its topics with the other members of a share group (KIP-932, Kafka 4.2):
/// several members may read one partition, and each record is one member's until its lock ends.
///
/// The application asks for one batch of records after the other. With `share.acknowledgement.mode=implicit` asking
/// again says that it has consumed what it got before; with `explicit` it says so itself of each record. What is not
/// acknowledged in time, or released, is given again, to any member, until the group's limit of deliveries.
///
/// The settings are best made by `ClientSettings(ofShareConsumer:)`, which refuses what has no meaning here.
///
/// Thread contract: what returns a future may be called from any thread.
public final class KafkaShareConsumer: @unchecked Sendable {
    public let cluster: Cluster
    private let driver: ShareMemberDriver
    /// By which the group knows it.
    public let memberID: String

    /// Joins the group of the cluster's settings, `group.id`, as a consumer of these topics.
    public init(cluster: Cluster, topics: Set<String>) {
        self.cluster = cluster
        driver = ShareMemberDriver(cluster: cluster, topics: topics)
        memberID = driver.state.memberID
        cluster.eventLoop.execute { [self] in driver.start() }
    }

    /// All records that are there, of each partition an element; nil if none have come in time. Fails with a
    /// `ConsumerError` of one partition, once, and with a `GroupError` once the membership has ended.
    ///
    /// With implicit acknowledgement, accepts what was handed out before. It has to be called at least every
    /// `max.poll.interval.ms`.
    public func next(within time: TimeAmount) -> EventLoopFuture<[ShareRecords]?> {
        cluster.eventLoop.flatSubmit { [self] in driver.next(within: time) }
    }

    /// Says what became of records that were handed out. It goes to the broker at the latest with the next fetch or
    /// `commit`, and at once if it asks for more time (`renew`, KIP-1222): then the records stay the application's.
    ///
    /// Fails with a `GroupError` where the member does not have all of these records, or does not have them any more
    /// since the session with their broker ended, and where the broker is too old for a renewal. Then nothing is said.
    public func acknowledge(
        _ offsets: OffsetRanges.Range, of partition: TopicPartition, _ type: AcknowledgeType
    ) -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in driver.acknowledge(offsets, of: partition, type) }
    }

    /// Sends what is acknowledged, and with implicit acknowledgement accepts all that was handed out.
    ///
    /// - Returns: the partitions of which a broker has refused something since the last call, with its reason. Those
    ///   records may be given again. Fails with a `GroupError` once the membership has ended.
    public func commit() -> EventLoopFuture<[TopicPartition: ErrorCode]> {
        cluster.eventLoop.flatSubmit { [self] in driver.commit() }
    }

    /// The partitions that the member reads, maybe beside others. Fails with a `GroupError` once the membership has
    /// ended.
    public func assignment() -> EventLoopFuture<Set<TopicPartition>> {
        cluster.eventLoop.submit { [self] in try driver.assignment }
    }

    /// Of how many records the acknowledgement was refused, or lost with its connection. On the event loop only.
    public var refusedCount: Int64 { driver.state.refusedCount }

    /// How often the member had to give up a partition. On the event loop only.
    public var lostPartitionCount: Int { driver.lostPartitionCount }

    /// How often the member has asked to join the group. On the event loop only.
    public var joinCount: Int { driver.membership.joinCount }

    /// Sends what is acknowledged, gives back the rest, and leaves the group. The cluster stays open. After
    /// `request.timeout.ms` it is over, whatever the brokers do.
    public func close() -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in driver.close() }
    }
}
