import KafkaProtocol

/// What a client may do with a topic: a bit for each operation of Kafka's `AclOperation` (KIP-430).
public struct TopicOperations: OptionSet, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let read = Self(rawValue: 1 << 3)
    public static let write = Self(rawValue: 1 << 4)
}

extension Administrator {
    /// What this client may do with a topic; nil where the broker does not tell.
    public func operations(on topic: String) async throws -> TopicOperations? {
        try await retrying {
            var wanted = MetadataRequest.Topic()
            wanted.name = topic
            var request = MetadataRequest()
            request.topics = [wanted]
            request.allowAutoTopicCreation = false
            request.includeTopicAuthorizedOperations = true
            let answer = try await askAny(request).topics.first { $0.name == topic }
            // The least integer says that there is no answer; brokers that know no rights also send 0.
            guard let bits = answer?.topicAuthorizedOperations, bits != .min, bits != 0 else {
                return nil
            }
            return TopicOperations(rawValue: bits)
        }
    }
}
