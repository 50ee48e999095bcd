import KafkaProtocol
import RecordFormat

/// The share session with one broker (KIP-932): the broker remembers the partitions, and a request names those
/// that it does not know, and those with acknowledgements.
///
/// Topics go by their ids alone.
///
/// Thread contract: a value with one owner.
struct ShareSession: Sendable {
    /// Opens a session; that may not acknowledge anything.
    static let openingEpoch: Int32 = 0
    /// Closes it.
    static let closingEpoch: Int32 = -1

    /// Of the next request.
    private(set) var epoch = openingEpoch
    /// What the broker takes to be asked for.
    private(set) var partitions: [TopicPartition: TopicID] = [:]

    /// Whether the broker has it, as far as is known.
    var isOpen: Bool { epoch != Self.openingEpoch }

    /// Fills in the session, and what changes about it.
    mutating func prepare(
        _ request: inout ShareFetchRequest, wanting wanted: [TopicPartition: TopicID],
        _ acknowledgements: [TopicPartition: Acknowledgements]
    ) {
        if !isOpen { partitions = [:] }
        var (forgotten, added): ([TopicPartition: TopicID], [TopicPartition: TopicID]) = ([:], [:])
        // The same storage nearly always, so that this looks at none.
        if partitions != wanted {
            forgotten = partitions.filter { wanted[$0.key] != $0.value }
            added = wanted.filter { partitions[$0.key] != $0.value }
            partitions = wanted
        }
        request.shareSessionEpoch = epoch
        request.topics = Self.topics(added, acknowledgements, partitions)
        request.forgottenTopicsData = Dictionary(grouping: forgotten, by: \.value)
            .map { id, partitions in
                var topic = TopicIDPartitions()
                topic.topicID = id
                topic.partitions = partitions.map(\.key.partition).sorted()
                return topic
            }.sorted { $0.topicID.description < $1.topicID.description }
    }

    /// The same for acknowledgements alone.
    ///
    /// - Parameter ids: of topics that were asked for in this session or another.
    func prepare(
        _ request: inout ShareAcknowledgeRequest, closes: Bool,
        _ acknowledgements: [TopicPartition: Acknowledgements], ids: [String: TopicID]
    ) {
        request.shareSessionEpoch = closes ? Self.closingEpoch : epoch
        var known = partitions
        for one in acknowledgements.keys where known[one] == nil { known[one] = ids[one.topic] }
        request.topics = Self.topics([:], acknowledgements, known)
        request.isRenewAck = acknowledgements.values.contains { $0.hasRenewals }
    }

    private static func topics(
        _ added: [TopicPartition: TopicID], _ acknowledgements: [TopicPartition: Acknowledgements],
        _ ids: [TopicPartition: TopicID]
    ) -> [ShareFetchRequest.Topic] {
        var topics: [ShareFetchRequest.Topic] = []
        let named = Set(added.keys).union(acknowledgements.keys)
        for one in named.sorted(by: TopicPartition.comesBefore) {
            guard let id = ids[one] else { continue }
            var partition = ShareFetchRequest.Partition()
            partition.partitionIndex = one.partition
            partition.acknowledgementBatches = acknowledgements[one]?.wire ?? []
            if topics.last?.topicID != id {
                var topic = ShareFetchRequest.Topic()
                topic.topicID = id
                topics.append(topic)
            }
            topics[topics.count - 1].partitions.append(partition)
        }
        return topics
    }

    /// The broker took the last request.
    mutating func goOn() { epoch = epoch == .max ? 1 : epoch + 1 }

    /// The broker does not have it, or nobody knows: the next request opens another.
    mutating func end() { epoch = Self.openingEpoch }
}
