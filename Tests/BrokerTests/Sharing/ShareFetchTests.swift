import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Members of a share group")
struct ShareFetchTests {
    /// A broker with a topic of one partition, which has so many batches of ten records.
    private func broker(
        batches: Int = 0, _ settings: [String: String] = [:]
    ) throws -> TestBroker {
        let broker = try TestBroker(settings)
        try broker.topic("t")
        try Self.set("share.auto.offset.reset", "earliest", try broker.client())
        let client = try broker.client()
        for batch in 0..<batches { try produce(client, batch) }
        return broker
    }

    private static func set(_ name: String, _ value: String, _ client: TestClient) throws {
        var request = IncrementalAlterConfigsRequest()
        var resource = IncrementalAlterConfigsRequest.Resource()
        resource.resourceType = .group
        resource.resourceName = "g"
        var config = IncrementalAlterConfigsRequest.Config()
        config.name = name
        config.value = value
        resource.configs = [config]
        request.resources = [resource]
        #expect(try client.ask(request, version: 1).responses[0].errorCode == .none)
    }

    private func produce(_ client: TestClient, _ batch: Int, count: Int = 10) throws {
        let values = (0..<count).map { "v\(batch * 10 + $0)" }
        #expect(try client.produce("t", try testBatch(values)).errorCode == .none)
    }

    @Test("get each record once, whoever comes first")
    func each() throws {
        let broker = try broker(batches: 4)
        let anna = try ShareMember(broker, "t", id: "anna")
        let bert = try ShareMember(broker, "t", id: "bert")
        let first = try anna.fetch(maxRecords: 15)
        #expect(first.response.errorCode == .none)
        #expect(first.response.acquisitionLockTimeoutMs == 30_000)
        #expect(first.offsets == Array(0..<20))
        #expect(first.values[7] == "v7")
        #expect(first.counts == [1])
        // What is sent is what was acquired.
        #expect(try bert.fetch(maxRecords: 10).offsets == Array(20..<30))
        #expect(try anna.fetch([(0, 19, .accept)]).offsets == Array(30..<40))
        #expect(try bert.fetch([(20, 29, .accept)]).offsets == [])
        #expect(try anna.acknowledge((30, 39, .accept)) == .none)
        #expect(try bert.fetch().offsets == [])
        let partition = try #require(
            broker.broker.sharing.partitions.all(of: "g").first)
        #expect(partition.state.start == 40)
        #expect(partition.position.lag == 0)
    }

    @Test("get again what another releases, with its count")
    func release() throws {
        let broker = try broker(batches: 1)
        let anna = try ShareMember(broker, "t", id: "anna")
        let bert = try ShareMember(broker, "t", id: "bert")
        #expect(try anna.fetch().offsets.count == 10)
        #expect(try bert.fetch().offsets == [])
        let code = try anna.acknowledge((0, 2, .accept), (3, 5, .release), (6, 9, .reject))
        #expect(code == .none)
        let again = try bert.fetch()
        #expect(again.offsets == [3, 4, 5])
        #expect(again.counts == [2])
        #expect(try bert.fetch([(3, 5, .accept)]).offsets == [])
        #expect(try anna.acknowledge((3, 5, .accept)) == .none)
    }

    @Test("wait for records, for what others release, and for what a session had that ends")
    func waiting() throws {
        let broker = try broker()
        let producer = try broker.client()
        let anna = try ShareMember(broker, "t", id: "anna")
        try anna.send(anna.request(maxWaitMs: 20_000))
        try produce(producer, 0)
        #expect(try anna.receive().offsets == Array(0..<10))
        let bert = try ShareMember(broker, "t", id: "bert")
        try bert.send(bert.request(maxWaitMs: 20_000))
        #expect(!bert.client.isReadable(withinMs: 50))
        #expect(try anna.acknowledge((0, 3, .accept), (4, 4, .release)) == .none)
        #expect(try bert.receive().offsets == [4])
        try bert.send(bert.request(maxWaitMs: 20_000))
        #expect(try anna.close() == .none)
        #expect(try bert.receive().offsets == Array(5..<10))
        // A connection that ends is as good as a session that is closed.
        let cora = try ShareMember(broker, "t", id: "cora")
        try cora.send(cora.request(maxWaitMs: 20_000))
        bert.client.finishSending()
        let rest = try cora.receive()
        #expect(rest.offsets.first == 4)
        #expect(try cora.fetch(maxWaitMs: 0).offsets.count + rest.offsets.count == 6)
    }

    @Test("are told when their session is not what they believe")
    func sessions() throws {
        let broker = try broker(batches: 1)
        let anna = try ShareMember(broker, "t", id: "anna")
        anna.epoch = 1
        #expect(try anna.fetch().response.errorCode == .shareSessionNotFound)
        anna.epoch = 0
        #expect(try anna.acknowledge((0, 0, .accept)) == .invalidShareSessionEpoch)
        anna.epoch = 0
        #expect(try anna.fetch([(0, 0, .accept)]).response.errorCode == .invalidRequest)
        anna.epoch = 0
        #expect(try anna.fetch().offsets.count == 10)
        anna.epoch = 5
        #expect(try anna.fetch().response.errorCode == .invalidShareSessionEpoch)
        #expect(anna.epoch == 6)
        anna.epoch = 1
        #expect(try anna.acknowledge((0, 0, .accept)) == .none)
        // A member that begins anew has what it had.
        anna.epoch = 0
        #expect(try anna.fetch().offsets == [])
        #expect(try anna.acknowledge((1, 9, .accept)) == .none)
        #expect(try anna.close() == .none)
        #expect(try anna.close() == .shareSessionNotFound)
        let nobody = try ShareMember(broker, "t", group: "", id: "x")
        #expect(try nobody.fetch().response.errorCode == .invalidRequest)
        // Who leaves the group has no session any more, and cannot open one.
        anna.epoch = 0
        #expect(try anna.fetch().response.errorCode == .none)
        #expect(try anna.leave() == .none)
        anna.epoch = 0
        #expect(try anna.fetch().response.errorCode == .unknownMemberID)
    }

    @Test("are refused what makes no sense, partition by partition")
    func refusals() throws {
        let broker = try broker(batches: 1)
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch().offsets.count == 10)
        for (acknowledgements, code) in [
            ([(5, 4, .accept)], ErrorCode.invalidRequest),
            ([(4, 5, .accept), (5, 6, .accept)], .invalidRequest),
            ([(9, 10, .accept)], .invalidRequest), ([(-1, 3, .accept)], .invalidRequest),
        ] as [([(Int64, Int64, AcknowledgeType)], ErrorCode)] {
            let answer = try anna.fetch(acknowledgements)
            let partition = answer.response.responses[0].partitions[0]
            #expect(answer.response.errorCode == .none)
            #expect(partition.errorCode == .none)
            #expect(partition.acknowledgeErrorCode == code)
        }
        let bert = try ShareMember(broker, "t", id: "bert")
        #expect(try bert.fetch().offsets == [])
        #expect(try bert.acknowledge((0, 3, .accept)) == .invalidRecordState)
        // Of version 1 there is no renewal, and of version 2 only where the request says so.
        anna.version = 1
        #expect(try anna.acknowledge((0, 3, .renew)) == .invalidRequest)
        anna.version = 2
        #expect(try anna.acknowledge((0, 3, .renew)) == .none)
        var mixed = anna.request([(0, 3, .renew)])
        mixed.isRenewAck = true
        try anna.send(mixed)
        #expect(try anna.receive().response.errorCode == .invalidRequest)
    }

    @Test("are told once of a partition that there is not")
    func unknown() throws {
        let broker = try broker(batches: 1)
        let anna = try ShareMember(broker, "t", id: "anna")
        let answer = try anna.fetch(partitions: [0, 7])
        #expect(answer.offsets.count == 10)
        let partitions = answer.response.responses[0].partitions
        #expect(partitions.map(\.errorCode) == [.none, .unknownTopicOrPartition])
        let next = try anna.fetch()
        #expect(next.response.responses.isEmpty)
        // A topic that goes takes what groups knew of it along.
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        #expect(try anna.client.ask(delete, version: 4).responses[0].errorCode == .none)
        #expect(broker.broker.sharing.partitions.all(of: "g").isEmpty)
        let gone = try anna.fetch()
        #expect(gone.response.responses[0].partitions[0].errorCode == .unknownTopicID)
    }

    @Test("of a broker that was killed go on where their acknowledgements were answered")
    func restart() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        do {
            let broker = try TestBroker(directory: directory)
            try broker.topic("t")
            let client = try broker.client()
            try Self.set("share.auto.offset.reset", "earliest", client)
            for batch in 0..<3 { try produce(client, batch) }
            let anna = try ShareMember(broker, "t", id: "anna")
            #expect(try anna.fetch().offsets.count == 30)
            let code = try anna.acknowledge(
                (0, 4, .accept), (10, 12, .accept), (13, 14, .release), (20, 29, .reject))
            #expect(code == .none)
            try broker.stopForNext()
        }
        let broker = try TestBroker(directory: directory)
        broker.keepsDirectory = true
        let bert = try ShareMember(broker, "t", id: "bert")
        let answer = try bert.fetch(maxWaitMs: 5000)
        #expect(answer.offsets == Array(5..<10) + Array(13..<20))
        // The end of the broker ended the session, so what was delivered counts.
        #expect(answer.counts == [2, 2])
        #expect(try bert.acknowledge((5, 9, .accept), (13, 19, .accept)) == .none)
        #expect(broker.broker.sharing.partitions.all(of: "g").first?.state.start == 30)
    }

    @Test("begin at the end of a log, unless their group says otherwise")
    func beginning() throws {
        let broker = try broker(batches: 1)
        let anna = try ShareMember(broker, "t", group: "other", id: "anna")
        #expect(try anna.fetch().offsets == [])
        try produce(broker.client(), 1)
        #expect(try anna.fetch().offsets == Array(10..<20))
    }

    @Test("get nothing of markers, nor of aborted transactions where they read committed records")
    func transactions() throws {
        let broker = try broker(batches: 1)
        let log = try #require(
            broker.broker.log.partition(TopicPartition(topic: "t", partition: 0)))
        for (producer, isCommit) in [(Int64(100), false), (101, true)] {
            var batch = try testBatch(
                ["a", "b"], producerID: producer, epoch: 0, sequence: 0, isTransactional: true)
            _ = unsafe batch.withUnsafeMutableBytes { bytes in
                unsafe try? log.append(bytes, origin: .coordinator, validation: .trusted)
            }
            _ = try log.appendMarker(
                TransactionMarker(
                    producerID: ProducerID(producer), producerEpoch: ProducerEpoch(0),
                    isCommit: isCommit, coordinatorEpoch: 0))
        }
        let anna = try ShareMember(broker, "t", id: "anna")
        let answer = try anna.fetch()
        #expect(answer.offsets == Array(0..<12) + [13, 14])
        #expect(try anna.acknowledge((0, 9, .accept), (10, 14, .release)) == .invalidRecordState)
        let code = try anna.acknowledge((0, 9, .accept), (10, 11, .release), (13, 14, .release))
        #expect(code == .none)
        try Self.set("share.isolation.level", "read_committed", anna.client)
        #expect(try anna.fetch().offsets == [13, 14])
        #expect(try anna.acknowledge((13, 14, .accept)) == .none)
        #expect(broker.broker.sharing.partitions.all(of: "g").first?.state.start == 16)
    }

    @Test("get nothing of a topic that they may not read any more, and acknowledge nothing of it")
    func rights() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        try broker.topic("t")
        try broker.add(
            .test(.allow, .all, .topic, "t"), .test(.allow, .all, .group, "g"),
            .test(.allow, .all, .cluster, Acl.clusterName))
        let client = try broker.client()
        try Self.set("share.auto.offset.reset", "earliest", client)
        try produce(client, 0)
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch(maxRecords: 10).offsets.count == 10)
        try produce(client, 1)
        try broker.add(.test(.deny, .read, .topic, "t"))
        let denied = try anna.fetch([(0, 4, .accept)])
        let partition = denied.response.responses[0].partitions[0]
        #expect(partition.errorCode == .topicAuthorizationFailed)
        #expect(partition.acknowledgeErrorCode == .topicAuthorizationFailed)
        #expect(denied.offsets == [])
        #expect(try anna.acknowledge((0, 4, .accept)) == .topicAuthorizationFailed)
        try broker.add(.test(.deny, .read, .group, "g"))
        #expect(try anna.acknowledge((0, 4, .accept)) == .groupAuthorizationFailed)
    }

    @Test("get back what a quota did not let them have, as if it had not been delivered")
    func quotas() throws {
        let broker = try broker()
        let producer = try broker.client()
        let value = String(repeating: "x", count: 50_000)
        for _ in 0..<2 {
            #expect(try producer.produce("t", try testBatch([value])).errorCode == .none)
        }
        var request = AlterClientQuotasRequest()
        var entry = AlterClientQuotasRequest.Entry()
        entry.entity = [ClientQuotaEntityPart(entityType: "client-id", entityName: "test")]
        var operation = AlterClientQuotasRequest.Operation()
        operation.key = "consumer_byte_rate"
        operation.value = 6000
        entry.ops = [operation]
        request.entries = [entry]
        #expect(try producer.ask(request, version: 1).entries[0].errorCode == .none)
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch(maxRecords: 1).offsets == [0])
        let bert = try ShareMember(broker, "t", id: "bert")
        let second = try bert.fetch(maxRecords: 1)
        #expect(second.response.throttleTimeMs > 0)
        #expect(second.offsets == [])
        let partition = try #require(broker.broker.sharing.partitions.all(of: "g").first)
        #expect(partition.state.run(at: 1)?.isAvailable == true)
        #expect(partition.state.run(at: 1)?.deliveryCount == 0)
        #expect(partition.state.run(at: 0)?.isAvailable == false)
    }
}
