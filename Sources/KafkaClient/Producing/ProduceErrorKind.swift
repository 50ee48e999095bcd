import KafkaProtocol

/// What follows from an error of a partition in a Produce response, as in Kafka's producer.
enum ProduceErrorKind: Equatable {
    /// The same request may succeed later.
    case retriable
    /// The same, at another broker perhaps.
    case refreshMetadata
    /// The broker has the batch already.
    case duplicate
    /// The batch's sequence does not follow the last one that the broker knows. If all batches before it
    /// are done, the numbering starts again.
    case outOfOrder
    /// The broker does not know the producer's id or epoch any more: it needs a new id.
    case newProducerID
    /// The batch is refused.
    case fatal
    /// The transaction must be aborted.
    case abortable
    /// The producer is refused.
    case producerFatal

    init(_ code: ErrorCode) {
        switch code {
        case .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition,
            .fencedLeaderEpoch, .unknownLeaderEpoch, .replicaNotAvailable, .kafkaStorageError,
            .networkException, .unknownTopicID, .inconsistentTopicID, .brokerNotAvailable,
            .listenerNotFound, .newLeaderElected:
            self = .refreshMetadata
        case .duplicateSequenceNumber: self = .duplicate
        case .outOfOrderSequenceNumber, .unknownProducerID: self = .outOfOrder
        case .invalidProducerEpoch, .invalidProducerIDMapping: self = .newProducerID
        case .transactionAbortable, .invalidTxnState: self = .abortable
        case .producerFenced, .clusterAuthorizationFailed, .transactionalIDAuthorizationFailed,
            .unsupportedVersion, .saslAuthenticationFailed, .transactionCoordinatorFenced:
            self = .producerFatal
        default: self = code.isRetriable ? .retriable : .fatal
        }
    }
}

extension ErrorCode {
    /// Whether a batch that was answered with this may be in the log all the same.
    var leavesProduceDoubt: Bool {
        switch self {
        case .unknownServerError, .requestTimedOut, .notEnoughReplicasAfterAppend,
            .networkException, .kafkaStorageError:
            true
        default: false
        }
    }
}
