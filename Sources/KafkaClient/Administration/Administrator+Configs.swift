import KafkaProtocol

/// A setting of a topic or a broker.
public struct ConfigEntry: Equatable, Sendable {
    public var name: String
    /// Nil where the broker does not tell it, because it is sensitive.
    public var value: String?
    public var source: ConfigSource
    public var isReadOnly: Bool
    public var isSensitive: Bool
}

extension Administrator {
    /// The settings of a topic, or those of them that are named.
    public func topicConfigs(_ topic: String, names: [String]? = nil) async throws -> [ConfigEntry]
    {
        try await configs(.topic, topic, names, of: "topic \(topic)") { try await askAny($0) }
    }

    /// The settings of a broker, which only it knows.
    public func brokerConfigs(_ nodeID: Int32, names: [String]? = nil) async throws -> [ConfigEntry]
    {
        try await configs(.broker, String(nodeID), names, of: "broker \(nodeID)") {
            try await ask(nodeID, $0)
        }
    }

    private func configs(
        _ type: ConfigResourceType, _ name: String, _ names: [String]?, of what: String,
        _ ask: @Sendable (DescribeConfigsRequest) async throws -> DescribeConfigsResponse
    ) async throws -> [ConfigEntry] {
        try await cluster.connect().get()
        return try await retrying {
            var resource = DescribeConfigsRequest.Resource()
            resource.resourceType = type
            resource.resourceName = name
            resource.configurationKeys = names
            var request = DescribeConfigsRequest()
            request.resources = [resource]
            let answer = try await ask(request).results.first
            try await check(
                answer?.errorCode ?? .unknownServerError, "describe the settings of \(what)",
                message: answer?.errorMessage)
            return (answer?.configs ?? []).map {
                ConfigEntry(
                    name: $0.name, value: $0.value, source: $0.configSource,
                    isReadOnly: $0.readOnly, isSensitive: $0.isSensitive)
            }
        }
    }
}
