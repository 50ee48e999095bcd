import KafkaProtocol
import Testing

@testable import Broker

@Suite("What APIs need")
struct ApiPermissionTests {
    /// Kafka's documentation, "Operations and Resources on Protocols", of Kafka 4.1, for the APIs that are served.
    private static let documented = """
        PRODUCE 0 Write TransactionalId
        PRODUCE 0 IdempotentWrite Cluster
        PRODUCE 0 Write Topic
        FETCH 1 ClusterAction Cluster
        FETCH 1 Read Topic
        LIST_OFFSETS 2 Describe Topic
        METADATA 3 Describe Topic
        METADATA 3 Create Cluster
        METADATA 3 Create Topic
        OFFSET_COMMIT 8 Read Group
        OFFSET_COMMIT 8 Read Topic
        OFFSET_FETCH 9 Describe Group
        OFFSET_FETCH 9 Describe Topic
        FIND_COORDINATOR 10 Describe Group
        FIND_COORDINATOR 10 Describe TransactionalId
        JOIN_GROUP 11 Read Group
        HEARTBEAT 12 Read Group
        LEAVE_GROUP 13 Read Group
        SYNC_GROUP 14 Read Group
        DESCRIBE_GROUPS 15 Describe Group
        LIST_GROUPS 16 Describe Cluster
        LIST_GROUPS 16 Describe Group
        CREATE_TOPICS 19 Create Cluster
        CREATE_TOPICS 19 Create Topic
        DELETE_TOPICS 20 Delete Topic
        DELETE_RECORDS 21 Delete Topic
        INIT_PRODUCER_ID 22 Write TransactionalId
        INIT_PRODUCER_ID 22 IdempotentWrite Cluster
        OFFSET_FOR_LEADER_EPOCH 23 ClusterAction Cluster
        OFFSET_FOR_LEADER_EPOCH 23 Describe Topic
        ADD_PARTITIONS_TO_TXN 24 Write TransactionalId
        ADD_PARTITIONS_TO_TXN 24 Write Topic
        ADD_OFFSETS_TO_TXN 25 Write TransactionalId
        ADD_OFFSETS_TO_TXN 25 Read Group
        END_TXN 26 Write TransactionalId
        WRITE_TXN_MARKERS 27 Alter Cluster
        WRITE_TXN_MARKERS 27 ClusterAction Cluster
        TXN_OFFSET_COMMIT 28 Write TransactionalId
        TXN_OFFSET_COMMIT 28 Read Group
        TXN_OFFSET_COMMIT 28 Read Topic
        DESCRIBE_ACLS 29 Describe Cluster
        CREATE_ACLS 30 Alter Cluster
        DELETE_ACLS 31 Alter Cluster
        DESCRIBE_CONFIGS 32 DescribeConfigs Cluster
        DESCRIBE_CONFIGS 32 DescribeConfigs Topic
        ALTER_CONFIGS 33 AlterConfigs Cluster
        ALTER_CONFIGS 33 AlterConfigs Topic
        DESCRIBE_LOG_DIRS 35 Describe Cluster
        CREATE_PARTITIONS 37 Alter Topic
        DELETE_GROUPS 42 Delete Group
        ELECT_PREFERRED_LEADERS 43 ClusterAction Cluster
        INCREMENTAL_ALTER_CONFIGS 44 AlterConfigs Cluster
        INCREMENTAL_ALTER_CONFIGS 44 AlterConfigs Topic
        ALTER_PARTITION_REASSIGNMENTS 45 Alter Cluster
        LIST_PARTITION_REASSIGNMENTS 46 Describe Cluster
        OFFSET_DELETE 47 Delete Group
        OFFSET_DELETE 47 Read Topic
        DESCRIBE_CLIENT_QUOTAS 48 DescribeConfigs Cluster
        ALTER_CLIENT_QUOTAS 49 AlterConfigs Cluster
        DESCRIBE_USER_SCRAM_CREDENTIALS 50 Describe Cluster
        ALTER_USER_SCRAM_CREDENTIALS 51 Alter Cluster
        DESCRIBE_QUORUM 55 Describe Cluster
        UPDATE_FEATURES 57 Alter Cluster
        DESCRIBE_CLUSTER 60 Describe Cluster
        DESCRIBE_PRODUCERS 61 Read Topic
        DESCRIBE_TRANSACTIONS 65 Describe TransactionalId
        LIST_TRANSACTIONS 66 Describe TransactionalId
        CONSUMER_GROUP_HEARTBEAT 68 Read Group
        CONSUMER_GROUP_DESCRIBE 69 Read Group
        DESCRIBE_TOPIC_PARTITIONS 75 Describe Topic
        """

    /// Where Kafka 4 does otherwise than its documentation says: what it does not ask for, and what it does besides.
    /// From the sources of KafkaApis and ControllerApis.
    private static let notAsked: Set<String> = [
        // Since Kafka 3.0 whoever may write a topic may write to it idempotently.
        "0 IdempotentWrite Cluster",
        "43 ClusterAction Cluster", "69 Read Group",
    ]
    private static let besides: Set<String> = [
        // For what may be done to the cluster, where a client asks for that.
        "3 Describe Cluster",
        // For the settings in the answer.
        "19 DescribeConfigs Topic",
        "20 Delete Cluster", "20 Describe Topic",
        // To write any topic is as good as IdempotentWrite (KIP-679).
        "22 Write Topic",
        // Of the versions for brokers.
        "24 ClusterAction Cluster",
        "43 Alter Cluster",
        // Only the partitions of topics are shown that the client may describe.
        "65 Describe Topic", "68 Describe Topic", "69 Describe Group", "69 Describe Topic",
        // Later than that table.
        "74 DescribeConfigs Cluster",
        // Settings of groups, and share groups (KIP-932).
        "10 ClusterAction Cluster", "32 DescribeConfigs Group", "33 AlterConfigs Group",
        "44 AlterConfigs Group",
        "76 Read Group", "76 Describe Topic", "77 Describe Group", "77 Describe Topic",
        "78 Read Group", "78 Read Topic", "79 Read Group", "79 Read Topic",
        "90 Describe Group", "90 Describe Topic", "91 Read Group", "91 Read Topic",
        "92 Delete Group", "92 Read Topic",
    ]

    @Test("are what Kafka's documentation says, but where Kafka itself does otherwise")
    func documentation() {
        var documented: Set<String> = []
        for line in Self.documented.split(separator: "\n") {
            let words = line.split(separator: " ")
            let isServed = Int16(words[1]).flatMap { ApiKey(rawValue: $0) } != nil
            if isServed { documented.insert(words.dropFirst().joined(separator: " ")) }
        }
        var actual: Set<String> = []
        for apiKey in ApiKey.allCases {
            for needed in ApiPermissions.of(apiKey) {
                actual.insert(
                    "\(apiKey.rawValue) \(needed.operation.name) \(needed.resource.name)")
            }
        }
        #expect(documented.subtracting(actual) == Self.notAsked)
        #expect(actual.subtracting(documented) == Self.besides)
    }

    @Test("is something in each case, but for what comes before a login, and telemetry")
    func something() {
        let without = ApiKey.allCases.filter { ApiPermissions.of($0).isEmpty }
        let documented = [17, 18, 36, 71, 72].compactMap { ApiKey(rawValue: $0) }
        #expect(Set(without) == Set(documented))
    }
}
