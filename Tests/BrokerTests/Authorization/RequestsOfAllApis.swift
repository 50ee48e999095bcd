import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// Of each API a request about the topic `t`, the group `g`, the transactional id `tx` or the cluster, with the codes
/// that Kafka answers who may do nothing.
struct RequestsOfAllApis {
    struct Item {
        let apiKey: ApiKey
        /// Empty where an answer only leaves something out.
        let denied: Set<ErrorCode>
        let ask: Past.Ask
    }

    private(set) var items: [Item] = []
    let topicID: TopicID

    init(topicID: TopicID) {
        self.topicID = topicID
        addRecords()
        addTopics()
        addConfigs()
        addGroups()
        addOffsets()
        addTransactions()
        addCluster()
    }

    static func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    mutating func add<Body: Request>(
        _ request: Body, _ denied: ErrorCode?, version: Int16? = nil,
        _ change: (inout Body) -> Void = { _ in }
    ) {
        let request = Self.made(request, change)
        let version = version ?? Body.apiKey.servedVersions.upperBound
        items.append(
            Item(apiKey: Body.apiKey, denied: denied.map { [$0] } ?? []) {
                try $0.ask(request, version: version)
            })
    }

    private mutating func addRecords() {
        items.append(
            Item(apiKey: .produce, denied: [.topicAuthorizationFailed]) {
                try $0.produce("t", testBatch(["a"]))
            })
        let topicID = topicID
        items.append(
            Item(apiKey: .produce, denied: [.topicAuthorizationFailed]) { client in
                let batch = try testBatch(["a"])
                let request = Self.made(TestClient.produceRequest("", batch)) {
                    $0.topicData[0].topicID = topicID
                }
                try client.post(request, version: 13, records: batch)
                return try client.response(ProduceResponse.self, version: 13).body
            })
        items.append(
            Item(apiKey: .produce, denied: [.transactionalIDAuthorizationFailed]) { client in
                let batch = try testBatch(
                    ["a"], producerID: 1, epoch: 0, sequence: 0, isTransactional: true)
                let request = Self.made(TestClient.produceRequest("t", batch)) {
                    $0.transactionalID = "tx"
                }
                try client.post(request, version: 12, records: batch)
                return try client.response(ProduceResponse.self, version: 12).body
            })
        add(TestClient.fetchRequest("t", offset: 0), .topicAuthorizationFailed, version: 12)
        add(TestClient.fetchRequest("", offset: 0), .topicAuthorizationFailed) {
            $0.topics[0].topicID = topicID
        }
        add(TestClient.fetchRequest("t", offset: 0), .topicAuthorizationFailed, version: 12) {
            $0.replicaID = 1
        }
        add(ListOffsetsRequest(), .topicAuthorizationFailed) {
            $0.topics = [
                Self.made(ListOffsetsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [ListOffsetsRequest.Partition()]
                }
            ]
        }
        add(OffsetForLeaderEpochRequest(), .topicAuthorizationFailed) {
            $0.topics = [
                Self.made(OffsetForLeaderEpochRequest.Topic()) {
                    $0.topic = "t"
                    $0.partitions = [OffsetForLeaderEpochRequest.Partition()]
                }
            ]
        }
        add(DeleteRecordsRequest(), .topicAuthorizationFailed) {
            $0.topics = [
                Self.made(DeleteRecordsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [DeleteRecordsRequest.Partition()]
                }
            ]
        }
        add(DescribeProducersRequest(), .topicAuthorizationFailed) {
            $0.topics = [
                Self.made(DescribeProducersRequest.Topic()) {
                    $0.name = "t"
                    $0.partitionIndexes = [0]
                }
            ]
        }
    }

    private mutating func addTopics() {
        let topicID = topicID
        for name in ["t", "missing"] {
            add(MetadataRequest(), .topicAuthorizationFailed) {
                $0.topics = [Self.made(MetadataRequest.Topic()) { $0.name = name }]
            }
            add(DescribeTopicPartitionsRequest(), .topicAuthorizationFailed) {
                $0.topics = [
                    Self.made(DescribeTopicPartitionsRequest.Topic()) { $0.name = name }
                ]
            }
            add(DeleteTopicsRequest(), .topicAuthorizationFailed) {
                $0.topics = [Self.made(DeleteTopicsRequest.Topic()) { $0.name = name }]
            }
            add(CreateTopicsRequest(), .topicAuthorizationFailed) {
                $0.validateOnly = true
                $0.topics = [
                    Self.made(CreateTopicsRequest.Topic()) {
                        $0.name = name
                        $0.numPartitions = 1
                        $0.replicationFactor = 1
                    }
                ]
            }
            add(CreatePartitionsRequest(), .topicAuthorizationFailed) {
                $0.validateOnly = true
                $0.topics = [
                    Self.made(CreatePartitionsRequest.Topic()) {
                        $0.name = name
                        $0.count = 3
                    }
                ]
            }
        }
        add(MetadataRequest(), .topicAuthorizationFailed) {
            $0.topics = [
                Self.made(MetadataRequest.Topic()) {
                    $0.name = nil
                    $0.topicID = topicID
                }
            ]
        }
        add(MetadataRequest(), nil) { $0.topics = nil }
        add(DescribeTopicPartitionsRequest(), nil)
    }

    private mutating func addConfigs() {
        for (type, name, code) in [
            (.topic, "t", .topicAuthorizationFailed), (.broker, "1", .clusterAuthorizationFailed),
            (.broker, "", .clusterAuthorizationFailed), (.group, "g", .groupAuthorizationFailed),
        ] as [(ConfigResourceType, String, ErrorCode)] {
            add(DescribeConfigsRequest(), code) {
                $0.resources = [
                    Self.made(DescribeConfigsRequest.Resource()) {
                        $0.resourceType = type
                        $0.resourceName = name
                    }
                ]
            }
            add(AlterConfigsRequest(), code) {
                $0.resources = [
                    Self.made(AlterConfigsRequest.Resource()) {
                        $0.resourceType = type
                        $0.resourceName = name
                    }
                ]
            }
            add(IncrementalAlterConfigsRequest(), code) {
                $0.resources = [
                    Self.made(IncrementalAlterConfigsRequest.Resource()) {
                        $0.resourceType = type
                        $0.resourceName = name
                    }
                ]
            }
        }
    }

    private mutating func addTransactions() {
        let denied = ErrorCode.transactionalIDAuthorizationFailed
        add(FindCoordinatorRequest(), denied) {
            $0.keyType = .transaction
            $0.coordinatorKeys = ["tx"]
        }
        add(InitProducerIDRequest(), denied) {
            $0.transactionalID = "tx"
            $0.transactionTimeoutMs = 60_000
        }
        add(InitProducerIDRequest(), .clusterAuthorizationFailed)
        let topic = Self.made(AddPartitionsToTxnRequest.Topic()) {
            $0.name = "t"
            $0.partitions = [0]
        }
        add(AddPartitionsToTxnRequest(), denied, version: 3) {
            $0.transactionalID = "tx"
            $0.topics = [topic]
        }
        add(AddPartitionsToTxnRequest(), .clusterAuthorizationFailed) {
            $0.transactions = [
                Self.made(AddPartitionsToTxnRequest.Transaction()) {
                    $0.transactionalID = "tx"
                    $0.topics = [topic]
                }
            ]
        }
        add(AddOffsetsToTxnRequest(), denied) {
            $0.transactionalID = "tx"
            $0.groupID = "g"
        }
        add(TxnOffsetCommitRequest(), denied) {
            $0.transactionalID = "tx"
            $0.groupID = "g"
            $0.topics = [
                Self.made(TxnOffsetCommitRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [TxnOffsetCommitRequest.Partition()]
                }
            ]
        }
        add(EndTxnRequest(), denied) { $0.transactionalID = "tx" }
        add(DescribeTransactionsRequest(), denied) { $0.transactionalIDs = ["tx"] }
        add(ListTransactionsRequest(), nil)
        add(WriteTxnMarkersRequest(), .clusterAuthorizationFailed) {
            $0.markers = [
                Self.made(WriteTxnMarkersRequest.Marker()) {
                    $0.producerID = ProducerID(9)
                    $0.topics = [
                        Self.made(WriteTxnMarkersRequest.Topic()) {
                            $0.name = "t"
                            $0.partitionIndexes = [0]
                        }
                    ]
                }
            ]
        }
    }

    private mutating func addCluster() {
        let denied = ErrorCode.clusterAuthorizationFailed
        add(ApiVersionsRequest(), nil)
        add(DescribeClusterRequest(), nil)
        add(DescribeLogDirsRequest(), denied) { $0.topics = nil }
        add(ElectLeadersRequest(), denied) {
            $0.topicPartitions = [
                Self.made(ElectLeadersRequest.TopicPartitions()) {
                    $0.topic = "t"
                    $0.partitions = [0]
                }
            ]
        }
        add(AlterPartitionReassignmentsRequest(), denied) {
            $0.topics = [
                Self.made(AlterPartitionReassignmentsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [AlterPartitionReassignmentsRequest.Partition()]
                }
            ]
        }
        add(ListPartitionReassignmentsRequest(), denied)
        add(DescribeQuorumRequest(), denied)
        add(UpdateFeaturesRequest(), denied)
        add(DescribeUserScramCredentialsRequest(), denied)
        add(AlterUserScramCredentialsRequest(), denied) {
            $0.deletions = [
                Self.made(AlterUserScramCredentialsRequest.Deletion()) {
                    $0.name = "eve"
                    $0.mechanism = 1
                }
            ]
        }
        add(DescribeClientQuotasRequest(), denied)
        add(AlterClientQuotasRequest(), denied) {
            $0.entries = [AlterClientQuotasRequest.Entry()]
        }
        add(ListConfigResourcesRequest(), denied)
        add(DescribeAclsRequest(), denied) {
            $0.resourceTypeFilter = .any
            $0.patternTypeFilter = .any
            $0.operation = .any
            $0.permissionType = .any
        }
        add(CreateAclsRequest(), denied) {
            $0.creations = [CreateAclsRequest.Creation()]
        }
        add(DeleteAclsRequest(), denied) { $0.filters = [DeleteAclsRequest.Filter()] }
    }
}
