import CommitLog
import KafkaProtocol
import RecordFormat

// Kafka's code for every error of the log: the only place where one is chosen for another.

extension ErrorCode {
    init(_ error: LogError) {
        switch error {
        case .system, .noSpace, .flushFailed, .directoryInUse: self = .kafkaStorageError
        // Readers of this one are told, where those of a storage error try again for ever.
        case .corrupt: self = .corruptMessage
        // A topic that was deleted, or a broker that ends: the client looks again.
        case .closed, .unknownTopic: self = .unknownTopicOrPartition
        case .invalidTopicName: self = .invalidTopicException
        case .invalidGroupName: self = .invalidGroupID
        case .invalidPartitionCount: self = .invalidPartitions
        case .topicExists: self = .topicAlreadyExists
        case .offsetOutOfRange: self = .offsetOutOfRange
        case .unknownConfigKey, .invalidConfigValue: self = .invalidConfig
        }
    }

    init(_ error: AppendError) {
        switch error {
        case .invalidRecord: self = .invalidRecord
        case .refusedRecords(let refused):
            self = refused.hasTimestamp ? .invalidTimestamp : .invalidRecord
        case .corruptMessage(let reason): self = ErrorCode(reason)
        case .messageTooLarge, .recordsTooLarge, .beyondAllowance: self = .messageTooLarge
        case .recordListTooLarge: self = .recordListTooLarge
        case .invalidTimestamp, .logAppendTimeFromClient: self = .invalidTimestamp
        case .invalidProducerEpoch: self = .invalidProducerEpoch
        case .outOfOrderSequence: self = .outOfOrderSequenceNumber
        case .invalidTransactionState: self = .invalidTxnState
        case .coordinatorFenced: self = .transactionCoordinatorFenced
        // To a producer it would mean that its batch is corrupt.
        case .log(.corrupt): self = .kafkaStorageError
        case .log(let error): self = ErrorCode(error)
        }
    }

    /// A batch that says of itself what cannot be is invalid and must not be sent again; one whose bytes
    /// do not fit each other was damaged on its way and may be.
    init(_ error: RecordFormatError) {
        switch error {
        case .invalidMagic, .invalidOffsets, .invalidRecordCount: self = .invalidRecord
        case .unknownCodec: self = .unsupportedCompressionType
        default: self = .corruptMessage
        }
    }
}
