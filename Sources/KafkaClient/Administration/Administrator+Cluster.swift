import KafkaProtocol

/// A broker, as the cluster advertises it.
public struct ClusterBroker: Equatable, Sendable {
    public var nodeID: Int32
    public var address: BrokerAddress
    public var rack: String?
}

/// Which brokers there are.
public struct ClusterDescription: Equatable, Sendable {
    public var clusterID: String?
    public var controllerID: Int32
    public var brokers: [ClusterBroker]
}

extension Administrator {
    /// The cluster as one of its brokers describes it. Metadata is asked for, since all brokers have it.
    public func describeCluster() async throws -> ClusterDescription {
        try await retrying {
            let answer = try await askAny(MetadataRequest())
            return ClusterDescription(
                clusterID: answer.clusterID, controllerID: answer.controllerID,
                brokers: answer.brokers.map {
                    ClusterBroker(
                        nodeID: $0.nodeID,
                        address: BrokerAddress(host: $0.host, port: Int($0.port)), rack: $0.rack)
                }.sorted { $0.nodeID < $1.nodeID })
        }
    }
}
