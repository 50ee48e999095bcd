import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A client with some rights")
struct PartialRightsTests {
    private let broker: TestBroker
    private let client: TestClient
    private let ids: [String: TopicID]

    init() throws {
        broker = try TestBroker(
            AuthorizerSettings.standard.merging([
                "auto.create.topics.enable": "true", "group.initial.rebalance.delay.ms": "0",
            ]) { $1 })
        client = try broker.client()
        var ids: [String: TopicID] = [:]
        for name in ["open", "secret"] { ids[name] = try broker.topic(name)[0].topicID }
        self.ids = ids
    }

    private func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    private func metadata(_ topics: [MetadataRequest.Topic]?) throws -> [MetadataResponse.Topic] {
        try client.ask(
            made(MetadataRequest()) {
                $0.topics = topics
                $0.allowAutoTopicCreation = true
                $0.includeTopicAuthorizedOperations = true
            }, version: 12
        ).topics
    }

    private func named(_ name: String) -> MetadataRequest.Topic {
        made(MetadataRequest.Topic()) { $0.name = name }
    }

    @Test("is told of the topics that it may describe, and creates those that it may create")
    func metadata() throws {
        try broker.add(
            .test(.allow, .read, .topic, "open"), .test(.allow, .describe, .topic, "new"),
            .test(.allow, .describe, .topic, "made"), .test(.allow, .create, .topic, "made"))
        let all = try metadata(nil)
        #expect(all.map(\.name) == ["open"])
        // READ and DESCRIBE.
        #expect(all.map(\.topicAuthorizedOperations) == [1 << 3 | 1 << 8])
        let some = try metadata(["open", "secret", "none", "new", "made"].map(named))
        #expect(
            some.map(\.errorCode) == [
                .none, .topicAuthorizationFailed, .topicAuthorizationFailed,
                .topicAuthorizationFailed, .none,
            ])
        #expect(some[1] == made(some[2]) { $0.name = "secret" }, "whether it exists is not told")
        #expect(broker.broker.log.topic("made") != nil && broker.broker.log.topic("new") == nil)
        let byID = try metadata([
            made(MetadataRequest.Topic()) {
                $0.name = nil
                $0.topicID = ids["secret"] ?? .none
            }
        ])
        #expect(byID.map(\.errorCode) == [.topicAuthorizationFailed] && byID[0].name == nil)
        try broker.add(.test(.allow, .create, .cluster, Acl.clusterName))
        #expect(try metadata([named("new")]).map(\.errorCode) == [.none])
        let cluster = try client.ask(
            made(DescribeClusterRequest()) { $0.includeClusterAuthorizedOperations = true },
            version: 1)
        #expect(cluster.clusterAuthorizedOperations == 0, "without Describe")
        try broker.add(.test(.allow, .alter, .cluster, Acl.clusterName))
        let altering = try client.ask(
            made(DescribeClusterRequest()) { $0.includeClusterAuthorizedOperations = true },
            version: 1)
        #expect(altering.clusterAuthorizedOperations == 1 << 5 | 1 << 7 | 1 << 8)
    }

    @Test("creates no topic that looks like another, and is not told like which one")
    func clash() throws {
        let other = try broker.topic("se.cret")
        #expect(other.count == 1)
        let request = made(CreateTopicsRequest()) {
            $0.topics = [
                made(CreateTopicsRequest.Topic()) {
                    $0.name = "se_cret"
                    $0.numPartitions = 1
                    $0.replicationFactor = 1
                }
            ]
        }
        let denied = try client.ask(request, version: 7).topics[0]
        #expect(denied.errorCode == .topicAuthorizationFailed)
        try broker.add(.test(.allow, .create, .topic, "se_cret"))
        let refused = try client.ask(request, version: 7).topics[0]
        #expect(refused.errorCode == .invalidTopicException)
        #expect(refused.errorMessage?.contains("se.cret") == false)
        let open = try TestBroker()
        _ = try open.topic("se.cret")
        let told = try open.client().ask(request, version: 7).topics[0]
        #expect(told.errorMessage?.contains("'se.cret'") == true)
    }

    @Test("turns the pages of DescribeTopicPartitions without a name that it must not know")
    func pages() throws {
        try broker.add(.test(.allow, .describe, .topic, "open"))
        let page = try client.ask(
            made(DescribeTopicPartitionsRequest()) { $0.responsePartitionLimit = 1 }, version: 0)
        #expect(page.topics.map(\.name) == ["open"] && page.nextCursor == nil)
    }

    @Test("deletes topics by id without learning names")
    func deleting() throws {
        try broker.add(
            .test(.allow, .delete, .topic, "open"), .test(.deny, .describe, .topic, "open"))
        func delete(_ name: String?, _ id: TopicID = .none) throws -> DeleteTopicsResponse.Topic {
            try client.ask(
                made(DeleteTopicsRequest()) {
                    $0.topics = [
                        made(DeleteTopicsRequest.Topic()) {
                            $0.name = name
                            $0.topicID = id
                        }
                    ]
                }, version: 6
            ).responses[0]
        }
        let secret = try delete(nil, ids["secret"] ?? .none)
        #expect(secret.errorCode == .topicAuthorizationFailed && secret.name == nil)
        #expect(try delete("secret").topicID == .none)
        #expect(try delete("open").errorCode == .topicAuthorizationFailed)
        #expect(try delete(nil, ids["open"] ?? .none).errorCode == .none)
        try broker.add(.test(.allow, .delete, .cluster, Acl.clusterName))
        #expect(try delete("secret").errorCode == .none)
    }

    @Test("commits and fetches offsets of the topics that it may, in one request with others")
    func offsets() throws {
        try broker.add(
            .test(.allow, .read, .topic, "open"), .test(.allow, .read, .group, "g"),
            .test(.allow, .write, .transactionalID, "tx"))
        let names = ["open", "secret"]
        let commit = made(OffsetCommitRequest()) {
            $0.groupID = "g"
            $0.topics = names.map { name in
                made(OffsetCommitRequest.Topic()) {
                    $0.name = name
                    $0.topicID = ids[name] ?? .none
                    $0.partitions = [OffsetCommitRequest.Partition()]
                }
            }
        }
        for version in [9, 10] as [Int16] {
            let answer = try retried {
                try client.ask(commit, version: version)
            } code: {
                $0.topics[0].partitions[0].errorCode
            }
            #expect(
                answer.topics.map { $0.partitions[0].errorCode } == [
                    .none, .topicAuthorizationFailed,
                ])
        }
        // As somebody else has done.
        try broker.add(.test(.allow, .read, .topic, "secret"))
        _ = try client.ask(commit, version: 9)
        try broker.add(.test(.deny, .describe, .topic, "secret"))
        func fetch(
            _ topics: [String]?, _ version: Int16
        ) throws -> [OffsetFetchResponse.Group] {
            try client.ask(
                made(OffsetFetchRequest()) {
                    $0.groups = ["g", "other"].map { id in
                        made(OffsetFetchRequest.Group()) {
                            $0.groupID = id
                            $0.topics = topics?.map { name in
                                made(OffsetFetchRequest.Topic()) {
                                    $0.name = name
                                    $0.topicID = ids[name] ?? .none
                                    $0.partitionIndexes = [0]
                                }
                            }
                        }
                    }
                }, version: version
            ).groups
        }
        for version in [8, 9, 10] as [Int16] {
            let asked = try fetch(names, version)
            #expect(asked.map(\.errorCode) == [.none, .groupAuthorizationFailed])
            #expect(
                Dictionary(
                    uniqueKeysWithValues: asked[0].topics.map {
                        (version < 10 ? $0.name : nameOf($0.topicID), $0.partitions[0].errorCode)
                    }) == ["open": .none, "secret": .topicAuthorizationFailed])
            let all = try fetch(nil, version)
            #expect(all[0].topics.count == 1 && all[1].topics.isEmpty)
        }
        let listed = try client.ask(ListGroupsRequest(), version: 4)
        #expect(listed.groups.map(\.groupID) == ["g"])
    }

    private func nameOf(_ id: TopicID) -> String { ids.first { $0.value == id }?.key ?? "" }

    @Test("is assigned of an expression the topics that it may describe")
    func expression() throws {
        try broker.add(
            .test(.allow, .read, .topic, "open"), .test(.allow, .read, .group, "c"))
        func heartbeat(_ change: (inout ConsumerGroupHeartbeatRequest) -> Void) throws
            -> ConsumerGroupHeartbeatResponse
        {
            let request = made(ConsumerGroupHeartbeatRequest()) {
                $0.groupID = "c"
                $0.memberID = "m"
                $0.rebalanceTimeoutMs = 10_000
                $0.topicPartitions = []
                change(&$0)
            }
            return try retried {
                try client.ask(request, version: 1)
            } code: {
                $0.errorCode
            }
        }
        let named = try heartbeat { $0.subscribedTopicNames = ["open", "secret"] }
        #expect(named.errorCode == .topicAuthorizationFailed && named.assignment == nil)
        let joined = try heartbeat { $0.subscribedTopicRegex = ".*e.*" }
        #expect(joined.errorCode == .none)
        #expect(joined.assignment?.topicPartitions.map(\.topicID) == [ids["open"] ?? .none])
        let describe = made(ConsumerGroupDescribeRequest()) {
            $0.groupIDs = ["c"]
            $0.includeAuthorizedOperations = true
        }
        let described = try client.ask(describe, version: 1).groups[0]
        #expect(described.errorCode == .none && described.members.count == 1)
        #expect(described.authorizedOperations == 1 << 3 | 1 << 8)
        try broker.add(.test(.deny, .describe, .topic, "open"))
        let hidden = try client.ask(describe, version: 1).groups[0]
        #expect(hidden.errorCode == .topicAuthorizationFailed && hidden.members.isEmpty)
    }

    @Test("reads and asks of a share group what it may, topic by topic")
    func shareGroup() throws {
        try broker.add(
            .test(.allow, .read, .topic, "open"), .test(.allow, .read, .group, "s"))
        let heartbeat = made(ShareGroupHeartbeatRequest()) {
            $0.groupID = "s"
            $0.memberID = "m"
            $0.subscribedTopicNames = ["open", "secret"]
        }
        #expect(try client.ask(heartbeat, version: 1).errorCode == .topicAuthorizationFailed)
        let joined = try retried {
            try client.ask(made(heartbeat) { $0.subscribedTopicNames = ["open"] }, version: 1)
        } code: {
            $0.errorCode
        }
        #expect(joined.assignment?.topicPartitions.map(\.topicID) == [ids["open"] ?? .none])
        let describe = made(ShareGroupDescribeRequest()) { $0.groupIDs = ["s", "other"] }
        let described = try client.ask(describe, version: 1).groups
        #expect(described.map(\.errorCode) == [.none, .groupAuthorizationFailed])
        let asked = made(DescribeShareGroupOffsetsRequest.Group()) {
            $0.groupID = "s"
            $0.topics = ["secret", "open"].map { name in
                made(DescribeShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = name
                    $0.partitions = [0]
                }
            }
        }
        func offsets(_ group: DescribeShareGroupOffsetsRequest.Group) throws
            -> [DescribeShareGroupOffsetsResponse.Topic]
        {
            try client.ask(
                made(DescribeShareGroupOffsetsRequest()) { $0.groups = [group] }, version: 1
            ).groups[0].topics
        }
        let named = try offsets(asked)
        #expect(named.map(\.topicName) == ["open", "secret"])
        #expect(
            named.map { $0.partitions[0].errorCode } == [.none, .topicAuthorizationFailed])
        #expect(named[1].topicID == .none)
        try broker.add(.test(.deny, .describe, .topic, "open"))
        #expect(try offsets(made(asked) { $0.topics = nil }).isEmpty)
        let hidden = try client.ask(describe, version: 1).groups[0]
        #expect(hidden.errorCode == .topicAuthorizationFailed && hidden.members.isEmpty)
        try broker.add(.test(.allow, .delete, .group, "s"))
        #expect(
            try client.ask(made(heartbeat) { $0.memberEpoch = -1 }, version: 1).errorCode
                == .topicAuthorizationFailed)
        let leave = made(heartbeat) {
            $0.memberEpoch = -1
            $0.subscribedTopicNames = nil
        }
        #expect(try client.ask(leave, version: 1).errorCode == .none)
        let alter = made(AlterShareGroupOffsetsRequest()) {
            $0.groupID = "s"
            $0.topics = ["secret", "none"].map { name in
                made(AlterShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = name
                    $0.partitions = [AlterShareGroupOffsetsRequest.Partition()]
                }
            }
        }
        let altered = try client.ask(alter, version: 0)
        #expect(altered.errorCode == .none)
        #expect(
            altered.responses.allSatisfy {
                $0.topicID == .none && $0.partitions[0].errorCode == .topicAuthorizationFailed
            })
        let delete = made(DeleteShareGroupOffsetsRequest()) {
            $0.groupID = "s"
            $0.topics = ["secret", "open"].map { name in
                made(DeleteShareGroupOffsetsRequest.Topic()) { $0.topicName = name }
            }
        }
        let deleted = try client.ask(delete, version: 0)
        #expect(
            deleted.responses.map(\.errorCode) == [.topicAuthorizationFailed, .none])
    }

    @Test("adds to a transaction the topics alone that it may write")
    func transactions() throws {
        try broker.add(
            .test(.allow, .write, .topic, "open"), .test(.allow, .write, .transactionalID, "tx"))
        let begun = try retried {
            try client.ask(
                made(InitProducerIDRequest()) {
                    $0.transactionalID = "tx"
                    $0.transactionTimeoutMs = 60_000
                }, version: 4)
        } code: {
            $0.errorCode
        }
        let producer = ProducerIdentity(id: begun.producerID, epoch: begun.producerEpoch)
        let added = try client.ask(
            made(AddPartitionsToTxnRequest()) {
                $0.transactionalID = "tx"
                $0.producerID = producer.id
                $0.producerEpoch = producer.epoch
                $0.topics = ["open", "secret", "none"].map { name in
                    made(AddPartitionsToTxnRequest.Topic()) {
                        $0.name = name
                        $0.partitions = [0]
                    }
                }
            }, version: 3)
        #expect(
            added.topics.map { $0.resultsByPartition[0].partitionErrorCode } == [
                .operationNotAttempted, .topicAuthorizationFailed, .topicAuthorizationFailed,
            ])
        // A producer of the second version leaves the adding to the broker.
        let batch = try testBatch(
            ["a"], producerID: producer.id.rawValue, epoch: producer.epoch.rawValue, sequence: 0,
            isTransactional: true)
        for (topic, code) in [("secret", ErrorCode.topicAuthorizationFailed), ("open", .none)] {
            let request = made(TestClient.produceRequest(topic, batch)) {
                $0.transactionalID = "tx"
            }
            try client.post(request, version: 12, records: batch)
            let answer = try client.response(ProduceResponse.self, version: 12).body
            #expect(answer.responses[0].partitionResponses[0].errorCode == code)
        }
        let described = try client.ask(
            made(DescribeTransactionsRequest()) { $0.transactionalIDs = ["tx", "other"] },
            version: 0
        ).transactionStates
        #expect(described.map(\.errorCode) == [.none, .transactionalIDAuthorizationFailed])
        #expect(described[0].topics.map(\.topic) == ["open"])
        let listed = try client.ask(ListTransactionsRequest(), version: 0)
        #expect(listed.transactionStates.map(\.transactionalID) == ["tx"])
        // Without a transactional id to write any topic will do.
        #expect(try client.ask(InitProducerIDRequest(), version: 4).errorCode == .none)
    }

    @Test("whose right is taken while its fetch waits gets no records any more")
    func waiting() throws {
        try broker.add(.test(.allow, .all, .topic, "open"))
        try client.post(
            TestClient.fetchRequest("open", offset: 0, maxWaitMs: 20_000), version: 12)
        #expect(!client.isReadable(withinMs: 50))
        try broker.add(.test(.deny, .read, .topic, "open"))
        let writer = try broker.client()
        #expect(try writer.produce("open", testBatch(["a"])).errorCode == .none)
        let fetched = try client.fetched()
        #expect(fetched.partition.errorCode == .topicAuthorizationFailed)
        #expect(fetched.records.isEmpty)
    }
}
