import KafkaProtocol
import RecordFormat

@testable import Broker

/// Of each API the request that takes longest, as far as the limits allow.
struct WorstRequests {
    static let count = 5000
    private static let partitionCount: Int32 = 200

    let batch: [UInt8]
    /// Of `t`.
    let topicID: TopicID
    var list = RequestList()
    var requests: [(ApiKey, Past.Ask)] { list.requests }

    init(_ broker: TestBroker) throws {
        topicID = try broker.topic("t", partitions: Int(Self.partitionCount))[0].topicID
        try broker.topic("decoded", config: ["compression.type": "uncompressed"])
        var builder = try RecordBatchBuilder(
            batchSize: 33 << 20, compression: Compression(.gzip))
        precondition(
            builder.append(
                timestamp: 1_700_000_000_000, key: nil,
                value: [UInt8](repeating: 0, count: 32 << 20)))
        try builder.seal()
        batch = unsafe Array(builder.sealedBytes)
        addProduce()
        addRecords()
        addTopics()
        addConfigs()
        addUsers()
        addAcls()
        addQuotas()
        addTelemetry()
        addGroups()
        addOffsets()
        addTransactions()
        addTransactionAdministration()
        addClusterAdministration()
    }

    static func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    static func many<Value>(
        _ value: Value, _ count: Int = count, _ change: (inout Value, Int) -> Void
    ) -> [Value] {
        (0..<count).map { index in made(value) { change(&$0, index) } }
    }

    static func partition(_ index: Int) -> Int32 { Int32(index) % partitionCount }

    private mutating func addProduce() {
        let bomb = batch
        list.requests.append((.produce, { try $0.produce("decoded", bomb) }))
        // The largest batch that a topic takes by default: of as many records as are read on the
        // event loop, and of more.
        for count in [10_000, 100_000] {
            let value = String(repeating: "x", count: 950_000 / count - 8)
            list.requests.append(
                (
                    .produce,
                    {
                        try $0.produce(
                            "t", testBatch(Array(repeating: value, count: count)))
                    }
                ))
        }
        list.requests.append(
            (
                .produce,
                { client in
                    let small = try testBatch(["x"])
                    var request = ProduceRequest()
                    request.acks = -1
                    let topic = Self.made(ProduceRequest.Topic()) {
                        $0.name = "t"
                        $0.partitionData = Self.many(ProduceRequest.Partition(), 1000) {
                            $0.index = Self.partition($1)
                            $0.records = RecordsRange(position: 0, byteCount: small.count)
                        }
                    }
                    request.topicData = [topic]
                    try client.post(request, version: 9, records: small)
                    return try client.response(ProduceResponse.self, version: 9).body
                }
            ))
    }

    private mutating func addRecords() {
        let topicID = topicID
        for version in [12, 17] as [Int16] {
            list.add(TestClient.fetchRequest("t", offset: 0), version: version) {
                $0.topics[0].topicID = topicID
                $0.topics[0].partitions = Self.many($0.topics[0].partitions[0]) {
                    $0.partition = Self.partition($1)
                }
            }
        }
        list.add(ListOffsetsRequest()) {
            $0.topics = [
                Self.made(ListOffsetsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = Self.many(ListOffsetsRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                        $0.timestamp = -1
                    }
                }
            ]
        }
        list.add(OffsetForLeaderEpochRequest()) {
            $0.topics = [
                Self.made(OffsetForLeaderEpochRequest.Topic()) {
                    $0.topic = "t"
                    $0.partitions = Self.many(OffsetForLeaderEpochRequest.Partition()) {
                        $0.partition = Self.partition($1)
                    }
                }
            ]
        }
        list.add(DeleteRecordsRequest()) {
            $0.topics = [
                Self.made(DeleteRecordsRequest.Topic()) {
                    $0.name = "none"
                    $0.partitions = Self.many(DeleteRecordsRequest.Partition()) {
                        $0.partitionIndex = Int32($1)
                    }
                }
            ]
        }
    }

    private mutating func addTopics() {
        list.add(ApiVersionsRequest())
        list.add(DescribeClusterRequest())
        list.add(MetadataRequest()) { $0.topics = nil }
        list.add(MetadataRequest()) {
            $0.topics = Self.many(MetadataRequest.Topic()) { $0.name = "topic-\($1)" }
        }
        list.add(CreateTopicsRequest()) {
            $0.validateOnly = true
            $0.topics = Self.many(CreateTopicsRequest.Topic(), 500) {
                $0.name = "new-\($1)"
                $0.numPartitions = 1
                $0.replicationFactor = 1
            }
        }
        list.add(DescribeTopicPartitionsRequest())
        list.add(DeleteTopicsRequest()) {
            $0.topics = Self.many(DeleteTopicsRequest.Topic()) { $0.name = "none-\($1)" }
        }
        list.add(CreatePartitionsRequest()) {
            $0.validateOnly = true
            $0.topics = Self.many(CreatePartitionsRequest.Topic()) { $0.name = "none-\($1)" }
        }
        list.add(DescribeLogDirsRequest()) { $0.topics = nil }
    }

    private mutating func addTransactions() {
        list.add(InitProducerIDRequest()) {
            $0.transactionalID = "tx"
            $0.transactionTimeoutMs = 60_000
        }
        list.add(AddPartitionsToTxnRequest(), version: 3) {
            $0.transactionalID = "tx"
            $0.topics = [
                Self.made(AddPartitionsToTxnRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = (0..<Self.count).map(Self.partition)
                }
            ]
        }
        list.add(AddOffsetsToTxnRequest()) {
            $0.transactionalID = "tx"
            $0.groupID = "committed"
        }
        list.add(TxnOffsetCommitRequest()) {
            $0.transactionalID = "tx"
            $0.groupID = "committed"
            $0.topics = [
                Self.made(TxnOffsetCommitRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = Self.many(TxnOffsetCommitRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                    }
                }
            ]
        }
        list.add(EndTxnRequest()) { $0.transactionalID = "tx" }
    }

    private mutating func addTransactionAdministration() {
        let topic = Self.made(AddPartitionsToTxnRequest.Topic()) {
            $0.name = "t"
            $0.partitions = [0]
        }
        list.add(AddPartitionsToTxnRequest()) {
            $0.transactions = Self.many(AddPartitionsToTxnRequest.Transaction()) {
                $0.transactionalID = "tx-\($1)"
                $0.verifyOnly = $1 % 2 == 0
                $0.topics = [topic]
            }
        }
        list.add(ListTransactionsRequest()) {
            $0.stateFilters = (0..<Self.count).map { "state-\($0)" }
            $0.transactionalIDPattern = "t.*x"
        }
        list.add(DescribeTransactionsRequest()) {
            $0.transactionalIDs = (0..<Self.count).map { "tx-\($0)" }
        }
        list.add(DescribeProducersRequest()) {
            $0.topics = [
                Self.made(DescribeProducersRequest.Topic()) {
                    $0.name = "t"
                    $0.partitionIndexes = (0..<Int32(Self.count)).map { $0 }
                }
            ]
        }
        list.add(WriteTxnMarkersRequest()) {
            $0.markers = Self.many(WriteTxnMarkersRequest.Marker(), 20) {
                $0.producerID = ProducerID(Int64(1000 + $1))
                $0.topics = [
                    Self.made(WriteTxnMarkersRequest.Topic()) {
                        $0.name = "t"
                        $0.partitionIndexes = (0..<Int32(Self.count)).map { $0 }
                    }
                ]
            }
        }
    }

    private mutating func addClusterAdministration() {
        let indexes = (0..<Int32(Self.count)).map { $0 }
        list.add(ElectLeadersRequest()) {
            $0.topicPartitions = [
                Self.made(ElectLeadersRequest.TopicPartitions()) {
                    $0.topic = "t"
                    $0.partitions = indexes
                }
            ]
        }
        list.add(AlterPartitionReassignmentsRequest()) {
            $0.topics = [
                Self.made(AlterPartitionReassignmentsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = Self.many(AlterPartitionReassignmentsRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                        $0.replicas = [9]
                    }
                }
            ]
        }
        list.add(ListPartitionReassignmentsRequest()) {
            $0.topics = [
                Self.made(ListPartitionReassignmentsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitionIndexes = indexes
                }
            ]
        }
        list.add(DescribeQuorumRequest()) {
            $0.topics = [
                Self.made(DescribeQuorumRequest.Topic()) {
                    $0.topicName = "t"
                    $0.partitions = Self.many(DescribeQuorumRequest.Partition()) {
                        $0.partitionIndex = Int32($1)
                    }
                }
            ]
        }
        list.add(UpdateFeaturesRequest()) {
            $0.featureUpdates = Self.many(UpdateFeaturesRequest.FeatureUpdate()) {
                $0.feature = "feature-\($1)"
            }
        }
    }
}
