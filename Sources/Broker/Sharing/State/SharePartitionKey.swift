import RecordFormat

/// Names what a share group has made of one partition.
struct SharePartitionKey: Hashable, Sendable, CustomStringConvertible {
    private let name: ExactName
    let topicID: TopicID
    let partition: Int32

    init(group: String, topicID: TopicID, partition: Int32) {
        name = ExactName(group)
        self.topicID = topicID
        self.partition = partition
    }

    var group: String { name.text }

    /// What says which partition of `__share_group_state` holds it, as in Kafka.
    var coordinatorKey: String { "\(group):\(topicID):\(partition)" }

    var description: String { coordinatorKey }
}
