import KafkaProtocol
import RecordFormat

/// A partition of a topic that is known by its id.
struct TopicIDPartition: Hashable, Sendable {
    var topicID: TopicID
    var partition: Int32
}

/// What share groups did with the records of partitions, as far as the coordinator of groups asks for it.
///
/// Thread contract: called on the coordinator's loop; replies come once, from any thread.
protocol ShareStates: Sendable {
    /// From where on the group's records are not all done, in the order of the partitions; nil where the group has not
    /// read from the partition yet.
    func describe(
        _ partitions: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([Result<ShareStart?, ShareStateError>]) -> Void)

    /// Begins anew at these offsets, without anything in flight; replies once that is durable.
    func begin(
        _ starts: [(TopicIDPartition, Offset)], of group: String, groupEpoch: Int32,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void)

    /// Forgets all that is known; replies once that is durable.
    func forget(
        _ partitions: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void)

    /// The group is deleted: nothing of it is kept, of whatever partitions.
    func groupDeleted(_ group: String)

    /// A member is gone, by itself or because its session ended: others may have what it has in flight.
    func memberLeft(_ memberID: String, of group: String)
}

/// Where a share group is in a partition.
struct ShareStart: Sendable, Equatable {
    var offset: Offset
    var leaderEpoch = LeaderEpoch.none
    /// How many records are still to be done; −1 if not known.
    var lag: Int64 = -1
}

/// Why a share partition's state cannot be told.
struct ShareStateError: Error, Equatable {
    var code: ErrorCode
}
