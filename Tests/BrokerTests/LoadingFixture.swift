import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// A directory in which a group has committed an offset and a transaction is open.
struct Past {
    enum Loader: CaseIterable {
        case groups
        case transactions
    }

    let directory = TestBroker.temporaryDirectory()
    private var producer = ProducerIdentity.none
    /// How often the open transaction has written.
    private var sequence: Int32 = 0

    init() throws {
        let broker = try TestBroker(directory: directory)
        try broker.topic("t", partitions: 2)
        let client = try broker.client()
        let committed = try retried {
            try client.ask(Self.commit, version: 8)
        } code: {
            $0.topics[0].partitions[0].errorCode
        }
        #expect(committed.topics[0].partitions[0].errorCode == .none)
        let begun = try retried {
            try client.ask(Self.begin, version: 4)
        } code: {
            $0.errorCode
        }
        producer = ProducerIdentity(id: begun.producerID, epoch: begun.producerEpoch)
        let added = try client.ask(addPartitions, version: 3)
        try #require(ErrorCodes.all(in: added).allSatisfy { $0 == .none })
        try broker.stopForNext()
    }

    /// What works once everything is read: the transaction goes on, the group has its offset.
    mutating func check(_ client: TestClient) throws {
        let produced = try retried {
            try produce(client)
        } code: {
            $0.errorCode
        }
        #expect(produced.errorCode == .none)
        sequence += 1
        let offsets = try retried {
            try client.ask(addOffsets, version: 3)
        } code: {
            $0.errorCode
        }
        #expect(offsets.errorCode == .none)
        let staged = try retried {
            try client.ask(txnCommit, version: 3)
        } code: {
            $0.topics[0].partitions[0].errorCode
        }
        #expect(staged.topics[0].partitions[0].errorCode == .none)
        var fetch = OffsetFetchRequest()
        fetch.groupID = "g"
        let topic = Self.made(OffsetFetchRequest.Topic()) {
            $0.name = "t"
            $0.partitionIndexes = [0]
        }
        fetch.topics = [topic]
        let fetched = try retried {
            try client.ask(fetch, version: 7)
        } code: {
            $0.errorCode
        }
        #expect(fetched.topics[0].partitions[0].committedOffset == Offset(7))
    }

    private static func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    private static let commit = made(OffsetCommitRequest()) {
        $0.groupID = "g"
        $0.topics = [
            made(OffsetCommitRequest.Topic()) {
                $0.name = "t"
                $0.partitions = [
                    made(OffsetCommitRequest.Partition()) { $0.committedOffset = Offset(7) }
                ]
            }
        ]
    }

    private static let begin = made(InitProducerIDRequest()) {
        $0.transactionalID = "tx"
        $0.transactionTimeoutMs = 600_000
    }

    private var addPartitions: AddPartitionsToTxnRequest {
        Self.made(AddPartitionsToTxnRequest()) {
            $0.transactionalID = "tx"
            $0.producerID = producer.id
            $0.producerEpoch = producer.epoch
            $0.topics = [
                Self.made(AddPartitionsToTxnRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [0]
                }
            ]
        }
    }

    private var addOffsets: AddOffsetsToTxnRequest {
        Self.made(AddOffsetsToTxnRequest()) {
            $0.transactionalID = "tx"
            $0.producerID = producer.id
            $0.producerEpoch = producer.epoch
            $0.groupID = "g"
        }
    }

    private var txnCommit: TxnOffsetCommitRequest {
        Self.made(TxnOffsetCommitRequest()) {
            $0.transactionalID = "tx"
            $0.groupID = "g"
            $0.producerID = producer.id
            $0.producerEpoch = producer.epoch
            $0.topics = [
                Self.made(TxnOffsetCommitRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [
                        Self.made(TxnOffsetCommitRequest.Partition()) {
                            $0.committedOffset = Offset(8)
                        }
                    ]
                }
            ]
        }
    }

    private func produce(_ client: TestClient) throws -> ProduceResponse.Partition {
        let batch = try testBatch(
            ["a"], producerID: producer.id.rawValue, epoch: producer.epoch.rawValue,
            sequence: sequence, isTransactional: true)
        var request = TestClient.produceRequest("t", batch)
        request.transactionalID = "tx"
        try client.post(request, version: 9, records: batch)
        return try client.response(ProduceResponse.self, version: 9)
            .body.responses[0].partitionResponses[0]
    }

    typealias Ask = (TestClient) throws -> Any

    /// Requests such as clients send that go on after a restart: of every API that can be asked twice, and of
    /// the others while what they need is not read.
    func requests(while loader: Loader) -> [(ApiKey, Ask)] {
        var list = RequestList()
        list.requests.append((.produce, { try produce($0) }))
        list.add(TestClient.fetchRequest("t", offset: 0), version: 12)
        list.add(ApiVersionsRequest())
        list.add(DescribeClusterRequest())
        list.add(FindCoordinatorRequest()) { $0.coordinatorKeys = ["g"] }
        list.add(FindCoordinatorRequest()) {
            $0.keyType = .transaction
            $0.coordinatorKeys = ["tx"]
        }
        addTopics(&list)
        // Another id: the transaction that is open would else be aborted.
        list.add(Self.begin) { $0.transactionalID = "other" }
        list.add(addPartitions, version: 3)
        list.add(addOffsets)
        list.add(txnCommit)
        addAdministration(&list)
        addGroups(&list)
        switch loader {
        case .groups: addMembership(&list)
        case .transactions:
            list.add(EndTxnRequest()) {
                $0.transactionalID = "tx"
                $0.producerID = producer.id
                $0.producerEpoch = producer.epoch
            }
        }
        return list.requests
    }

    private func addTopics(_ list: inout RequestList) {
        list.add(MetadataRequest()) { $0.topics = nil }
        list.add(ListOffsetsRequest()) {
            $0.topics = [
                Self.made(ListOffsetsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [ListOffsetsRequest.Partition()]
                }
            ]
        }
        list.add(OffsetForLeaderEpochRequest()) {
            $0.topics = [
                Self.made(OffsetForLeaderEpochRequest.Topic()) {
                    $0.topic = "t"
                    $0.partitions = [OffsetForLeaderEpochRequest.Partition()]
                }
            ]
        }
        list.add(CreateTopicsRequest()) {
            $0.validateOnly = true
            $0.topics = [
                Self.made(CreateTopicsRequest.Topic()) {
                    $0.name = "new"
                    $0.numPartitions = 1
                    $0.replicationFactor = 1
                }
            ]
        }
        list.add(DeleteTopicsRequest()) {
            $0.topics = [Self.made(DeleteTopicsRequest.Topic()) { $0.name = "none" }]
        }
        list.add(DeleteRecordsRequest()) {
            $0.topics = [
                Self.made(DeleteRecordsRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [DeleteRecordsRequest.Partition()]
                }
            ]
        }
        list.add(CreatePartitionsRequest()) {
            $0.validateOnly = true
            $0.topics = [
                Self.made(CreatePartitionsRequest.Topic()) {
                    $0.name = "t"
                    $0.count = 3
                }
            ]
        }
        list.add(DescribeAclsRequest()) {
            $0.resourceTypeFilter = .any
            $0.patternTypeFilter = .any
            $0.operation = .any
            $0.permissionType = .any
        }
        list.add(CreateAclsRequest())
        list.add(DeleteAclsRequest())
        list.add(DescribeConfigsRequest())
        list.add(DescribeUserScramCredentialsRequest())
        list.add(AlterUserScramCredentialsRequest())
        list.add(DescribeClientQuotasRequest())
        list.add(AlterClientQuotasRequest())
        list.add(ListConfigResourcesRequest())
        list.add(GetTelemetrySubscriptionsRequest())
        list.requests.append(
            (
                .pushTelemetry,
                { client in
                    let told = try client.ask(GetTelemetrySubscriptionsRequest(), version: 0)
                    var push = PushTelemetryRequest()
                    push.clientInstanceID = told.clientInstanceID
                    push.subscriptionID = told.subscriptionID
                    return try client.ask(push, version: 0)
                }
            ))
        list.add(AlterConfigsRequest())
        list.add(IncrementalAlterConfigsRequest())
        list.add(DescribeLogDirsRequest())
        list.add(DescribeTopicPartitionsRequest())
    }

    private func addAdministration(_ list: inout RequestList) {
        list.add(AddPartitionsToTxnRequest()) {
            $0.transactions = [
                Self.made(AddPartitionsToTxnRequest.Transaction()) {
                    $0.transactionalID = "tx"
                    $0.producerID = producer.id
                    $0.producerEpoch = producer.epoch
                    $0.topics = addPartitions.topics
                }
            ]
        }
        list.add(ListTransactionsRequest())
        list.add(DescribeTransactionsRequest()) { $0.transactionalIDs = ["tx"] }
        list.add(DescribeProducersRequest()) {
            $0.topics = [
                Self.made(DescribeProducersRequest.Topic()) {
                    $0.name = "t"
                    $0.partitionIndexes = [0]
                }
            ]
        }
        list.add(WriteTxnMarkersRequest())
        list.add(ElectLeadersRequest())
        list.add(AlterPartitionReassignmentsRequest())
        list.add(ListPartitionReassignmentsRequest())
        list.add(DescribeQuorumRequest())
        list.add(UpdateFeaturesRequest())
    }

    private func addGroups(_ list: inout RequestList) {
        list.add(Self.commit, version: 9)
        list.add(OffsetFetchRequest()) {
            $0.groups = [Self.made(OffsetFetchRequest.Group()) { $0.groupID = "g" }]
        }
        list.add(DescribeGroupsRequest()) { $0.groups = ["g"] }
        list.add(ListGroupsRequest())
    }

    private func addMembership(_ list: inout RequestList) {
        list.add(JoinGroupRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
            $0.sessionTimeoutMs = 10_000
            $0.protocolType = "consumer"
            $0.protocols = [
                Self.made(JoinGroupRequest.GroupProtocol()) { $0.name = "range" }
            ]
        }
        list.add(SyncGroupRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
        }
        list.add(HeartbeatRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
        }
        list.add(LeaveGroupRequest()) {
            $0.groupID = "g"
            $0.members = [Self.made(LeaveGroupRequest.Member()) { $0.memberID = "somebody" }]
        }
        list.add(DeleteGroupsRequest()) { $0.groupsNames = ["g"] }
        list.add(OffsetDeleteRequest()) { $0.groupID = "g" }
        list.add(ConsumerGroupHeartbeatRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
            $0.rebalanceTimeoutMs = 10_000
            $0.subscribedTopicNames = ["t"]
            $0.topicPartitions = []
        }
        list.add(ConsumerGroupDescribeRequest()) { $0.groupIDs = ["g"] }
        list.add(ShareGroupHeartbeatRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
            $0.subscribedTopicNames = ["t"]
        }
        list.add(ShareGroupDescribeRequest()) { $0.groupIDs = ["g"] }
        list.add(ShareFetchRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
        }
        list.add(ShareAcknowledgeRequest()) {
            $0.groupID = "g"
            $0.memberID = "somebody"
            $0.shareSessionEpoch = 1
        }
        list.add(DescribeShareGroupOffsetsRequest()) {
            $0.groups = [
                Self.made(DescribeShareGroupOffsetsRequest.Group()) { $0.groupID = "g" }
            ]
        }
        list.add(AlterShareGroupOffsetsRequest()) { $0.groupID = "g" }
        list.add(DeleteShareGroupOffsetsRequest()) { $0.groupID = "g" }
    }
}

/// Requests with how to ask them, by default in the newest version that is served.
struct RequestList {
    var requests: [(ApiKey, Past.Ask)] = []

    mutating func add<Body: Request>(
        _ request: Body, version: Int16? = nil, _ change: (inout Body) -> Void = { _ in }
    ) {
        var changed = request
        change(&changed)
        let (request, version) = (changed, version ?? Body.apiKey.servedVersions.upperBound)
        requests.append((Body.apiKey, { try $0.ask(request, version: version) }))
    }
}
