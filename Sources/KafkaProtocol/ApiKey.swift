/// The APIs that Weir implements, by Kafka's numbers.
public enum ApiKey: Int16, CaseIterable, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case describeGroups = 15
    case listGroups = 16
    case saslHandshake = 17
    case apiVersions = 18
    case createTopics = 19
    case deleteTopics = 20
    case deleteRecords = 21
    case initProducerID = 22
    case offsetForLeaderEpoch = 23
    case addPartitionsToTxn = 24
    case addOffsetsToTxn = 25
    case endTxn = 26
    case writeTxnMarkers = 27
    case txnOffsetCommit = 28
    case describeAcls = 29
    case createAcls = 30
    case deleteAcls = 31
    case describeConfigs = 32
    case alterConfigs = 33
    case describeLogDirs = 35
    case saslAuthenticate = 36
    case createPartitions = 37
    case deleteGroups = 42
    case electLeaders = 43
    case incrementalAlterConfigs = 44
    case alterPartitionReassignments = 45
    case listPartitionReassignments = 46
    case offsetDelete = 47
    case describeClientQuotas = 48
    case alterClientQuotas = 49
    case describeUserScramCredentials = 50
    case alterUserScramCredentials = 51
    case describeQuorum = 55
    case updateFeatures = 57
    case describeCluster = 60
    case describeProducers = 61
    case describeTransactions = 65
    case listTransactions = 66
    case consumerGroupHeartbeat = 68
    case consumerGroupDescribe = 69
    case getTelemetrySubscriptions = 71
    case pushTelemetry = 72
    case listConfigResources = 74
    case describeTopicPartitions = 75
    case shareGroupHeartbeat = 76
    case shareGroupDescribe = 77
    case shareFetch = 78
    case shareAcknowledge = 79
    case describeShareGroupOffsets = 90
    case alterShareGroupOffsets = 91
    case deleteShareGroupOffsets = 92

    /// The versions that ApiVersions announces to clients.
    public var advertisedVersions: ClosedRange<Int16> { table.advertised }

    /// The versions of requests that are answered. Only Produce announces more: librdkafka does
    /// without gzip, snappy and lz4 if Produce 0 is not announced.
    public var servedVersions: ClosedRange<Int16> {
        self == .produce ? 3...table.advertised.upperBound : table.advertised
    }

    /// Older versions that are decoded and refused: the response, which the client can read, has
    /// UNSUPPORTED_VERSION for each element.
    public var refusableVersions: Range<Int16> {
        switch self {
        case .produce, .fetch, .listOffsets, .offsetCommit, .offsetFetch, .createTopics,
            .deleteTopics, .describeConfigs, .describeLogDirs, .offsetForLeaderEpoch,
            .writeTxnMarkers, .describeAcls, .createAcls, .deleteAcls:
            0..<servedVersions.lowerBound
        default: 0..<0
        }
    }

    /// The versions in which messages can be encoded and decoded.
    public var codedVersions: ClosedRange<Int16> {
        let refusable = refusableVersions
        let oldest = refusable.isEmpty ? advertisedVersions.lowerBound : refusable.lowerBound
        return oldest...advertisedVersions.upperBound
    }

    /// Whether `version` has compact lengths and tagged fields.
    public func isFlexible(version: Int16) -> Bool {
        table.firstFlexible.map { version >= $0 } ?? false
    }

    /// Version 2 has tagged fields after the client id. Version 0, without a client id, is used
    /// only by ControlledShutdown 0, which Weir does not implement.
    public func requestHeaderVersion(_ version: Int16) -> Int16 {
        isFlexible(version: version) ? 2 : 1
    }

    /// Version 1 has tagged fields. ApiVersions keeps version 0, so that a client can read the
    /// response to a version that the broker does not know.
    public func responseHeaderVersion(_ version: Int16) -> Int16 {
        self != .apiVersions && isFlexible(version: version) ? 1 : 0
    }

    private typealias Versions = (advertised: ClosedRange<Int16>, firstFlexible: Int16?)

    private var table: Versions {
        switch self {
        case .produce: (0...13, 9)
        case .fetch: (4...17, 12)
        case .listOffsets: (1...11, 6)
        case .metadata: (0...13, 9)
        case .offsetForLeaderEpoch: (2...4, 4)
        case .apiVersions: (0...4, 3)

        case .offsetCommit: (2...10, 8)
        case .offsetFetch: (1...10, 6)
        case .findCoordinator: (0...6, 3)
        case .joinGroup: (0...9, 6)
        case .heartbeat: (0...4, 4)
        case .leaveGroup: (0...5, 4)
        case .syncGroup: (0...5, 4)
        case .describeGroups: (0...5, 5)
        case .listGroups: (0...5, 3)
        case .deleteGroups: (0...2, 2)
        case .offsetDelete: (0...0, nil)
        case .consumerGroupHeartbeat: (0...1, 0)
        case .consumerGroupDescribe: (0...1, 0)
        case .shareGroupHeartbeat: (1...1, 1)
        case .shareGroupDescribe: (1...1, 1)
        case .shareFetch: (1...2, 0)
        case .shareAcknowledge: (1...2, 0)
        case .describeShareGroupOffsets: (0...1, 0)
        case .alterShareGroupOffsets: (0...0, 0)
        case .deleteShareGroupOffsets: (0...0, 0)

        case .createTopics: (2...7, 5)
        case .deleteTopics: (1...6, 4)
        case .deleteRecords: (0...2, 2)
        case .createPartitions: (0...3, 2)
        case .describeConfigs: (1...4, 4)
        case .alterConfigs: (0...2, 2)
        case .incrementalAlterConfigs: (0...1, 1)
        case .describeLogDirs: (1...4, 2)
        case .describeCluster: (0...1, 0)
        case .describeTopicPartitions: (0...0, 0)
        case .electLeaders: (0...2, 2)
        case .alterPartitionReassignments: (0...1, 0)
        case .listPartitionReassignments: (0...0, 0)
        case .describeQuorum: (0...2, 0)
        case .updateFeatures: (0...2, 0)

        case .initProducerID: (0...6, 2)
        case .addPartitionsToTxn: (0...5, 3)
        case .addOffsetsToTxn: (0...4, 3)
        case .endTxn: (0...5, 3)
        case .txnOffsetCommit: (0...5, 3)
        case .writeTxnMarkers: (1...2, 1)
        case .describeProducers: (0...0, 0)
        case .describeTransactions: (0...0, 0)
        case .listTransactions: (0...2, 0)

        case .saslHandshake: (0...1, nil)
        case .saslAuthenticate: (0...2, 2)
        case .describeUserScramCredentials: (0...0, 0)
        case .alterUserScramCredentials: (0...0, 0)
        case .describeAcls, .createAcls, .deleteAcls: (1...3, 2)

        case .describeClientQuotas: (0...1, 1)
        case .alterClientQuotas: (0...1, 1)
        case .getTelemetrySubscriptions: (0...0, 0)
        case .pushTelemetry: (0...0, 0)
        case .listConfigResources: (0...1, 0)
        }
    }
}
