import KafkaProtocol
import RecordFormat

/// What the producer's state machine wants done.
enum ProducerAction: Equatable {
    /// Send a request with these batches to the leader of all of them.
    case send(ProduceSend)
    /// Tell the owner of a batch, who has its memory back.
    case complete(PendingBatch, DeliveryOutcome)
    /// Ask for a producer id.
    case initProducerID
    /// What is known of the leaders is wrong.
    case refreshMetadata
    /// A broker has said who leads a partition now (KIP-951).
    case learnLeader(TopicPartition, PartitionLeader, BrokerAddress?)
}

/// One Produce request.
struct ProduceSend: Equatable {
    typealias ID = UInt64

    struct Part: Equatable {
        var partition: TopicPartition
        var batch: PendingBatch
    }

    var id: ID
    var nodeID: Int32
    /// At most one batch of each partition.
    var parts: [Part]
}

/// Who leads a partition, as far as the client knows.
enum LeaderLookup: Equatable {
    case node(Int32)
    /// Nobody at the moment, or the topic is not known yet.
    case unknown
    /// The topic cannot be used.
    case refused(ErrorCode)
}
