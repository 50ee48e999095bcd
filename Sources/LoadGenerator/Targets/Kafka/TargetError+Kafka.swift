import KafkaClient
import KafkaProtocol
import RecordFormat

extension ConsumerError {
    var partition: TopicPartition {
        switch self {
        case .noPosition(let partition, _), .truncated(let partition, _, _),
            .refused(let partition, _, _), .corruptBatch(let partition, _, _),
            .recordTooLarge(let partition, _, _), .unusableBroker(let partition, _):
            partition
        }
    }
}

extension TargetError {
    init(_ error: ConsumerError, logStartOffset: Offset) {
        switch error {
        case .noPosition(let partition, let offset?):
            self = .offsetOutOfRange(partition, offset: offset, logStartOffset: logStartOffset)
        case .corruptBatch: self = .damaged("\(error)")
        default: self = .failed("\(error)")
        }
    }

    /// An error of a cluster that was to be prepared for the load.
    ///
    /// - Parameter servers: the addresses that were asked first.
    init(kafka error: any Error, servers: String) {
        switch error {
        case let error as TargetError: self = error
        case let error as ClientSettingsError: self = .unfit("\(error)")
        case ClusterError.noBrokerAnswers(_, let cause?) where cause.peer.nodeID != nil:
            self = .failed("the cluster at \(servers) cannot be reached: \(cause)")
        case ClusterError.noBrokerAnswers(let ms, let cause):
            let why = cause.map { "\($0.reason)" } ?? "nothing came within \(ms) ms"
            self = .failed(
                "no Kafka broker answers at \(servers): \(why). Start it, or correct the address "
                    + "(--bootstrap-server).")
        case let error as AdministrationError: self.init(error)
        default: self = .failed("\(error)")
        }
    }

    private init(_ error: AdministrationError) {
        switch error.code {
        case .topicAlreadyExists:
            self = .unfit(
                "\(error) Choose another topics.name, or load the topic as it is with "
                    + "topics.existing=true.")
        case .invalidReplicationFactor:
            self = .unfit(
                "\(error) Set topics.replication.factor to the number of brokers, or less.")
        case .policyViolation, .invalidConfig, .invalidPartitions, .invalidTopicException,
            .invalidRequest:
            self = .unfit("\(error)")
        default: self = .failed("\(error)")
        }
    }
}
