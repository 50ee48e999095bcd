import KafkaProtocol

/// What a client must be allowed to do, for an API.
struct ApiPermission: Hashable {
    var operation: AclOperation
    var resource: ResourceType

    init(_ operation: AclOperation, _ resource: ResourceType) {
        self.operation = operation
        self.resource = resource
    }
}

/// What each API needs: Kafka's table "Operations and Resources on Protocols", as Kafka 4 does it. Handlers ask
/// by the type of a resource, and this table says the operation.
///
/// Where there are two lines for one type, the first is what the API mostly needs, and handlers name the other.
/// Tests compare the table with Kafka's documentation, and name the places where Kafka does otherwise than that says.
enum ApiPermissions {
    static func of(_ apiKey: ApiKey) -> [ApiPermission] {
        let row = Int(apiKey.rawValue)
        return rows[row]
    }

    /// The operation of an API on a type of resource.
    static func operation(of apiKey: ApiKey, on type: ResourceType) -> AclOperation {
        guard let permission = of(apiKey).first(where: { $0.resource == type }) else {
            preconditionFailure("\(apiKey) asks for nothing on \(type.name)")
        }
        return permission.operation
    }

    private static let rows: [[ApiPermission]] = {
        let count = (ApiKey.allCases.map(\.rawValue).max() ?? 0) + 1
        var rows = [[ApiPermission]](repeating: [], count: Int(count))
        for apiKey in ApiKey.allCases { rows[Int(apiKey.rawValue)] = row(apiKey) }
        return rows
    }()

    private typealias Needs = ApiPermission

    private static func row(_ apiKey: ApiKey) -> [ApiPermission] {
        switch apiKey {
        // Before a login, and part of it; what clients measure of themselves.
        case .apiVersions, .saslHandshake, .saslAuthenticate, .getTelemetrySubscriptions,
            .pushTelemetry:
            []

        case .produce: [Needs(.write, .topic), Needs(.write, .transactionalID)]
        // ClusterAction is for other brokers.
        case .fetch: [Needs(.read, .topic), Needs(.clusterAction, .cluster)]
        case .listOffsets: [Needs(.describe, .topic)]
        case .offsetForLeaderEpoch: [Needs(.describe, .topic), Needs(.clusterAction, .cluster)]
        case .deleteRecords: [Needs(.delete, .topic)]

        // Creating is for topics that are created because somebody asks for them, on the cluster or else on the
        // topic. Describing the cluster is for what may be done to it.
        case .metadata:
            [
                Needs(.describe, .topic), Needs(.create, .topic), Needs(.create, .cluster),
                Needs(.describe, .cluster),
            ]
        case .describeTopicPartitions: [Needs(.describe, .topic)]
        // Describing settings is for those in the answer.
        case .createTopics:
            [
                Needs(.create, .topic), Needs(.create, .cluster), Needs(.describeConfigs, .topic),
            ]
        // Describing is for what an answer tells of a topic that may not be deleted.
        case .deleteTopics:
            [Needs(.delete, .topic), Needs(.describe, .topic), Needs(.delete, .cluster)]
        case .createPartitions: [Needs(.alter, .topic)]

        case .describeConfigs:
            [
                Needs(.describeConfigs, .topic), Needs(.describeConfigs, .cluster),
                Needs(.describeConfigs, .group),
            ]
        case .alterConfigs, .incrementalAlterConfigs:
            [
                Needs(.alterConfigs, .topic), Needs(.alterConfigs, .cluster),
                Needs(.alterConfigs, .group),
            ]
        case .describeClientQuotas, .listConfigResources: [Needs(.describeConfigs, .cluster)]
        case .alterClientQuotas: [Needs(.alterConfigs, .cluster)]

        // ClusterAction is for the keys of brokers.
        case .findCoordinator:
            [
                Needs(.describe, .group), Needs(.describe, .transactionalID),
                Needs(.clusterAction, .cluster),
            ]
        case .joinGroup, .syncGroup, .heartbeat, .leaveGroup: [Needs(.read, .group)]
        case .consumerGroupHeartbeat: [Needs(.read, .group), Needs(.describe, .topic)]
        case .consumerGroupDescribe: [Needs(.describe, .group), Needs(.describe, .topic)]
        case .shareGroupHeartbeat: [Needs(.read, .group), Needs(.describe, .topic)]
        case .shareGroupDescribe, .describeShareGroupOffsets:
            [Needs(.describe, .group), Needs(.describe, .topic)]
        case .alterShareGroupOffsets: [Needs(.read, .group), Needs(.read, .topic)]
        case .deleteShareGroupOffsets: [Needs(.delete, .group), Needs(.read, .topic)]
        case .describeGroups: [Needs(.describe, .group)]
        case .listGroups: [Needs(.describe, .group), Needs(.describe, .cluster)]
        case .deleteGroups: [Needs(.delete, .group)]
        case .offsetCommit: [Needs(.read, .group), Needs(.read, .topic)]
        case .offsetFetch: [Needs(.describe, .group), Needs(.describe, .topic)]
        case .offsetDelete: [Needs(.delete, .group), Needs(.read, .topic)]
        case .shareFetch, .shareAcknowledge: [Needs(.read, .group), Needs(.read, .topic)]

        // Without a transactional id IdempotentWrite will do, or to be allowed to write to any topic (KIP-679).
        case .initProducerID:
            [
                Needs(.write, .transactionalID), Needs(.idempotentWrite, .cluster),
                Needs(.write, .topic),
            ]
        // ClusterAction is for the versions of brokers.
        case .addPartitionsToTxn:
            [
                Needs(.write, .transactionalID), Needs(.write, .topic),
                Needs(.clusterAction, .cluster),
            ]
        case .addOffsetsToTxn: [Needs(.write, .transactionalID), Needs(.read, .group)]
        case .endTxn: [Needs(.write, .transactionalID)]
        case .txnOffsetCommit:
            [Needs(.write, .transactionalID), Needs(.read, .group), Needs(.read, .topic)]
        // Either of both.
        case .writeTxnMarkers: [Needs(.clusterAction, .cluster), Needs(.alter, .cluster)]
        case .describeProducers: [Needs(.read, .topic)]
        case .describeTransactions: [Needs(.describe, .transactionalID), Needs(.describe, .topic)]
        case .listTransactions: [Needs(.describe, .transactionalID)]

        case .describeAcls, .describeLogDirs, .listPartitionReassignments, .describeQuorum,
            .describeUserScramCredentials:
            [Needs(.describe, .cluster)]
        // Everybody is told the brokers; describing is for what may be done to the cluster.
        case .describeCluster: [Needs(.describe, .cluster)]
        case .createAcls, .deleteAcls, .electLeaders, .alterPartitionReassignments,
            .updateFeatures, .alterUserScramCredentials:
            [Needs(.alter, .cluster)]
        }
    }
}
