import CommitLog
import KafkaProtocol
import RecordFormat

/// The partitions of a Produce that its transaction does not have yet, which a producer of the
/// second version leaves for the broker to add (KIP-890).
struct ImplicitAddition: Sendable {
    static let firstVersion: Int16 = 12

    let transactionalID: String
    let producer: ProducerIdentity
    let partitions: Set<TopicPartition>

    /// Nil where there is nothing to add: mostly, since a transaction has many batches for a
    /// partition.
    init?(
        _ request: ProduceRequest, _ frame: RequestFrame, _ context: RequestContext,
        _ broker: Broker
    ) {
        guard context.version >= Self.firstVersion, let id = request.transactionalID else {
            return nil
        }
        var producer: ProducerIdentity?
        var partitions: Set<TopicPartition> = []
        for topic in request.topicData {
            guard let topicName = broker.log.name(of: topic, version: context.version),
                !InternalTopic.contains(topicName),
                // Appending tells of it.
                context.allows(.topic, topicName, logs: false)
            else { continue }
            for partition in topic.partitionData {
                let name = TopicPartition(topic: topicName, partition: partition.index)
                let batch = unsafe frame.records(partition.records ?? .empty)
                // What is wrong with others is said when they are to be appended.
                guard
                    let header = unsafe try? RecordBatchHeader(
                        RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch))),
                    header.attributes.isTransactional, broker.log.partition(name) != nil
                else { continue }
                let own = ProducerIdentity(id: header.producerID, epoch: header.producerEpoch)
                // A request has one producer; batches of another one are not added.
                guard own == producer ?? own else { continue }
                producer = own
                let refusal = broker.transactions.ongoing.refusal(
                    of: own, transactionalID: id, for: name)
                // A fenced producer is told so when its batch is to be appended.
                if let refusal, refusal != .wrongEpoch { partitions.insert(name) }
            }
        }
        guard let producer, !partitions.isEmpty else { return nil }
        self.transactionalID = id
        self.producer = producer
        self.partitions = partitions
    }
}

extension LogDirectory {
    /// The name of a topic that is produced to, whether there is such a topic or not; nil where
    /// there is none with its id.
    func name(of topic: ProduceRequest.Topic, version: Int16) -> String? {
        version < ProduceRequest.firstVersionByID ? topic.name : topicName(of: topic.topicID)
    }
}

extension ProduceRequest {
    fileprivate static let firstVersionByID: Int16 = 13
}
