import CommitLog
import KafkaProtocol
import RecordFormat

// Kafka's code for every error of the log. Codes are chosen for errors in this place alone.

extension ErrorCode {
    init(_ error: LogError) {
        switch error {
        case .system, .noSpace, .flushFailed, .directoryInUse: self = .kafkaStorageError
        // Consumers report this code, and would retry a storage error for ever.
        case .corrupt: self = .corruptMessage
        // The topic was deleted, or the broker ends: the client asks for the metadata again.
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
        // A producer would take CORRUPT_MESSAGE to be about its own batch.
        case .log(.corrupt): self = .kafkaStorageError
        case .log(let error): self = ErrorCode(error)
        }
    }

    /// A batch whose fields are impossible is invalid and must not be sent again. One whose bytes
    /// do not fit each other was damaged on its way and may be sent again.
    init(_ error: RecordFormatError) {
        switch error {
        case .invalidMagic, .invalidOffsets, .invalidRecordCount: self = .invalidRecord
        case .unknownCodec: self = .unsupportedCompressionType
        default: self = .corruptMessage
        }
    }
}
