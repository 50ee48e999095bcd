import RecordFormat

/// Who leads a partition.
public struct PartitionLeader: Hashable, Sendable {
    /// The id of the broker; −1 where there is none at the moment.
    public var nodeID: Int32
    /// `LeaderEpoch.none` from brokers that do not tell it.
    public var epoch: LeaderEpoch

    public init(nodeID: Int32, epoch: LeaderEpoch) {
        self.nodeID = nodeID
        self.epoch = epoch
    }

    /// No leader.
    static let noNode: Int32 = -1
}
