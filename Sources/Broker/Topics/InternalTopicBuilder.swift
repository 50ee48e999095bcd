import CommitLog
import KafkaProtocol
import RecordFormat

/// Makes batches of the records of an internal topic, and appends them. The buffer is made when it is first used.
///
/// Thread contract: one owner.
struct InternalTopicBuilder: ~Copyable {
    /// What is written at once goes into one batch, which must not be larger.
    static let batchByteCount = 1 << 20

    private var builder: RecordBatchBuilder?

    init() { builder = nil }

    /// Appends one batch with all the records, or none of them.
    mutating func append(
        _ records: some Sequence<some InternalTopicRecord>, to partition: PartitionLog,
        nowMs: Int64, producer: TransactionalProducer? = nil
    ) throws(InternalTopicError) -> AppendResult {
        do {
            return try appendBatch(records, to: partition, nowMs, producer)
        } catch let error as InternalTopicError {
            throw error
        } catch let error as AppendError {
            throw .append(error)
        } catch {
            throw .encoding("\(error)")
        }
    }

    private mutating func appendBatch(
        _ records: some Sequence<some InternalTopicRecord>, to partition: PartitionLog,
        _ nowMs: Int64, _ producer: TransactionalProducer?
    ) throws -> AppendResult {
        if builder == nil { builder = try RecordBatchBuilder(batchSize: Self.batchByteCount) }
        defer { builder?.reset() }
        for record in records {
            let (key, value) = try record.encoded()
            guard builder?.append(timestamp: nowMs, key: key, value: value) == true else {
                throw InternalTopicError.tooLarge(limit: Self.batchByteCount)
            }
        }
        if let producer {
            // Sequences serve producers that send a batch again. The coordinator does not, so all
            // its batches have sequence 0, as in Kafka.
            try builder?.seal(
                producerID: producer.id, producerEpoch: producer.epoch, baseSequence: 0,
                isTransactional: true)
        } else {
            try builder?.seal()
        }
        guard let batch = unsafe builder?.sealedBytes else {
            preconditionFailure("a builder was just made")
        }
        return try unsafe partition.append(batch, origin: .coordinator, validation: .trusted)
    }
}

/// Whose transaction a batch belongs to.
struct TransactionalProducer: Sendable, Equatable {
    var id: ProducerID
    var epoch: ProducerEpoch
}

/// Why nothing was written to an internal topic.
enum InternalTopicError: Error, Equatable {
    /// The topic is not there.
    case unavailable
    /// The records do not fit into one batch.
    case tooLarge(limit: Int)
    /// A record could not be encoded, such as one with a name longer than 32,767 bytes.
    case encoding(String)
    case append(AppendError)
    /// It was appended, but flushing it failed.
    case flush(LogError)
}

extension InternalTopicError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unavailable: "the topic is not there"
        case .tooLarge(let limit): "the records do not fit into a batch of \(limit) bytes"
        case .encoding(let reason): reason
        case .append(let error): "\(error)"
        case .flush(let error): "\(error)"
        }
    }
}
