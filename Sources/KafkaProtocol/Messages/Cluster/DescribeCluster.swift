// DescribeCluster, versions 0–1, all flexible.

/// Asks which brokers there are.
public struct DescribeClusterRequest: Request {
    public typealias Response = DescribeClusterResponse
    public static var apiKey: ApiKey { .describeCluster }

    public var includeClusterAuthorizedOperations = false
    /// 1 for brokers, 2 for controllers.
    public var endpointType: Int8 = 1

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations)
        try wire.field("EndpointType", &endpointType, from: 1)
    }
}

/// The brokers of the cluster.
public struct DescribeClusterResponse: Response {
    public static var apiKey: ApiKey { .describeCluster }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var endpointType: Int8 = 1
    public var clusterID = ""
    public var controllerID: Int32 = -1
    public var brokers: [Broker] = []
    /// A bit for each operation; the smallest integer if the request did not ask for them.
    public var clusterAuthorizedOperations: Int32 = .min

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("EndpointType", &endpointType, from: 1)
        try wire.field("ClusterId", &clusterID)
        try wire.field("ControllerId", &controllerID)
        try wire.field("Brokers", &brokers)
        try wire.field("ClusterAuthorizedOperations", &clusterAuthorizedOperations)
    }
}

extension DescribeClusterResponse {
    public struct Broker: FieldSet {
        public var brokerID: Int32 = 0
        public var host = ""
        public var port: Int32 = 0
        public var rack: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("BrokerId", &brokerID)
            try wire.field("Host", &host)
            try wire.field("Port", &port)
            try wire.field("Rack", &rack)
        }
    }
}
