import KafkaProtocol
import RecordFormat

/// Why a partition cannot be consumed.
public enum ConsumerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no position, or the log does not have it, and `auto.offset.reset` is `none`.
    case noPosition(TopicPartition, Offset?)
    /// The log was cut off below the position: the records behind it are lost, and others may take
    /// their offsets.
    case truncated(TopicPartition, position: Offset, endOffset: Offset)
    /// The broker refuses the partition, and would refuse it again.
    case refused(TopicPartition, ApiKey, ErrorCode)
    /// The bytes of a batch are damaged, or of a format before magic 2.
    case corruptBatch(TopicPartition, Offset, RecordFormatError)
    /// One batch is larger than the broker gives out.
    case recordTooLarge(TopicPartition, Offset, byteCount: Int)
    /// The broker gives a member of a share group ranges of records that there cannot be.
    case invalidAcquisition(TopicPartition)
    /// The broker that leads the partition cannot serve this client at all.
    case unusableBroker(TopicPartition, ConnectionError)

    public var description: String {
        switch self {
        case .noPosition(let partition, let offset?):
            "\(partition): the log does not have offset \(offset), and auto.offset.reset is none"
        case .noPosition(let partition, nil):
            "\(partition): nothing is committed, and auto.offset.reset is none"
        case .truncated(let partition, let position, let endOffset):
            "\(partition): the log was truncated at \(endOffset), below the position \(position). "
                + "Set auto.offset.reset to go on from there, or seek."
        case .refused(let partition, let api, let code):
            "\(partition): the broker answers \(api) with \(code.name)"
        case .corruptBatch(let partition, let offset, let fault):
            "\(partition): at offset \(offset), \(fault). Seek behind it to go on."
        case .recordTooLarge(let partition, let offset, let byteCount):
            "\(partition): the batch at offset \(offset) has \(byteCount) bytes, more than the broker "
                + "returned. Raise max.partition.fetch.bytes and fetch.max.bytes."
        case .invalidAcquisition(let partition):
            "\(partition): the broker names records for this member in ranges that there cannot be. That is a fault "
                + "of the broker, or of something between: read the partition in a group of another kind meanwhile."
        case .unusableBroker(let partition, let error): "\(partition): \(error)"
        }
    }
}
