import KafkaClient
import KafkaProtocol
import RecordFormat

extension ConsumerError {
    var partition: TopicPartition {
        switch self {
        case .noPosition(let partition, _), .truncated(let partition, _, _),
            .refused(let partition, _, _), .corruptBatch(let partition, _, _),
            .recordTooLarge(let partition, _, _), .invalidAcquisition(let partition),
            .unusableBroker(let partition, _):
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
            let why =
                cause.map { "\($0.reason)" }
                ?? "nothing came within \(ms) ms: it cannot be reached, or speaks another protocol"
            self = .failed(
                "no Kafka broker answers at \(servers): \(why). Start it, or correct the address "
                    + "(--bootstrap-server).")
        case let error as AdministrationError: self.init(error)
        case ClusterError.topic(_, let code):
            self = .failed("\(error)" + (code.remedy.map { " \($0)" } ?? ""))
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
        default: self = .failed("\(error)" + (error.code.remedy.map { " \($0)" } ?? ""))
        }
    }

    /// Of a batch that was not acknowledged.
    init(_ error: DeliveryError) {
        let remedy = error.code?.remedy.map { ". \($0)" } ?? ""
        self = .failed("a batch was refused: \(error)\(remedy)")
    }
}

extension DeliveryError {
    /// The broker's word, if it has spoken.
    fileprivate var code: ErrorCode? {
        switch self {
        case .broker(let code, _), .producer(let code): code
        case .timeout(_, let last): last?.code
        case .connection, .noAcknowledgement, .tooLarge, .closed: nil
        }
    }
}

extension ErrorCode {
    /// What its reader can do, where that is the same whatever was asked for.
    fileprivate var remedy: String? {
        switch self {
        case .topicAuthorizationFailed: "Give the user of this client the right to use the topic."
        case .groupAuthorizationFailed: "Give the user of this client the right to use the group."
        case .clusterAuthorizationFailed:
            "Give the user of this client the right to it, or load topics that are there with "
                + "topics.existing=true."
        case .messageTooLarge, .recordListTooLarge:
            "Lower producers.config.batch.size or the payload's sizes, or raise max.message.bytes of the "
                + "topic."
        case .notEnoughReplicas, .notEnoughReplicasAfterAppend:
            "Start the brokers that are missing from the in-sync replicas, or set acks: 1."
        default: nil
        }
    }
}
