import CommitLog
import Dispatch
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A share session")
struct ShareSessionTests {
    private let broker: TestBroker
    private let client: TestClient

    init() throws {
        broker = try TestBroker(AuthorizerSettings.everything)
        try broker.topic("t")
        client = try broker.client()
        try setEarliest("g")
    }

    private var sharing: Sharing { broker.broker.sharing }

    private func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    private func setEarliest(_ group: String) throws {
        let resource = made(IncrementalAlterConfigsRequest.Resource()) {
            $0.resourceType = .group
            $0.resourceName = group
            $0.configs = [
                made(IncrementalAlterConfigsRequest.Config()) {
                    $0.name = "share.auto.offset.reset"
                    $0.value = "earliest"
                }
            ]
        }
        let request = made(IncrementalAlterConfigsRequest()) { $0.resources = [resource] }
        #expect(try client.ask(request, version: 1).responses[0].errorCode == .none)
    }

    private func produce(_ count: Int = 10, to topic: String = "t") throws {
        let values = (0..<count).map { "v\($0)" }
        #expect(try client.produce(topic, try testBatch(values)).errorCode == .none)
    }

    /// Ends a member's session as its coordinator does.
    private func end(_ member: ShareMember) throws {
        let key = ShareSessions.Key(group: member.group, member: member.id)
        sharing.release([try #require(sharing.sessions.close(key))])
    }

    @Test("that has ended takes no records, not even those that it gives back")
    func ended() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch().offsets.count == 10)
        try anna.send(anna.request(maxWaitMs: 20_000))
        #expect(!anna.client.isReadable(withinMs: 30))
        try end(anna)
        #expect(try anna.receive().offsets == [])
        let bert = try ShareMember(broker, "t", id: "bert")
        #expect(try bert.fetch(maxWaitMs: 20_000).offsets == Array(0..<10))
    }

    @Test("whose connection ended as it began has no records")
    func disconnected() throws {
        for number in 0..<5 {
            try produce()
            let anna = try ShareMember(broker, "t", id: "anna \(number)")
            try anna.send(anna.request(maxWaitMs: 20_000))
            anna.client.finishSending()
            let bert = try ShareMember(broker, "t", id: "bert \(number)")
            let first = Int64(number) * 10
            #expect(try bert.fetch(maxWaitMs: 20_000).offsets == Array(first..<first + 10))
            #expect(try bert.acknowledge((first, first + 9, .accept)) == .none)
        }
    }

    @Test("is there for the next request of its connection, which need not wait for an answer")
    func pipelined() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        try anna.send(anna.request())
        try anna.send(anna.request())
        let answers = try [anna.receive(), anna.receive()]
        #expect(answers.map(\.response.errorCode) == [.none, .none])
        // Either of them may have taken the records.
        #expect(answers.flatMap(\.offsets) == Array(0..<10))
    }

    @Test("is told of what it acknowledged even where the group can read nothing")
    func failing() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch().offsets.count == 10)
        sharing.partitions.state.withLock { $0.availability = .failed }
        let answer = try anna.fetch([(0, 9, .accept)]).response
        #expect(answer.errorCode == .none)
        let partition = try #require(answer.responses.first?.partitions.first)
        #expect(partition.acknowledgeErrorCode == .none)
        #expect(partition.errorCode == .coordinatorNotAvailable)
        #expect(sharing.partitions.all(of: "g").first?.state.start == 10)
    }

    @Test("takes the last acknowledgements of a partition that a request names twice")
    func twice() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch().offsets.count == 10)
        var request = anna.request([(0, 4, .accept)])
        let second = anna.request([(5, 9, .accept)])
        request.topics += second.topics
        try anna.send(request)
        let answer = try anna.receive().response
        #expect(answer.responses.first?.partitions.map(\.acknowledgeErrorCode) == [.none])
        let partition = try #require(sharing.partitions.all(of: "g").first)
        #expect(partition.state.start == 0)
        #expect(try anna.acknowledge((0, 4, .accept)) == .none)
        #expect(partition.state.start == 10)
    }

    @Test("need not wait for bytes once there are as many records as it asks for")
    func enoughRecords() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        var request = anna.request(maxWaitMs: 60_000, maxRecords: 10)
        request.minBytes = 1 << 20
        try anna.send(request)
        #expect(anna.client.isReadable(withinMs: 10_000))
        #expect(try anna.receive().offsets.count == 10)
    }

    @Test("gets no records where it lets no bytes come, holds none, and does not wait")
    func noBytes() throws {
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        let bert = try ShareMember(broker, "t", id: "bert")
        for maxBytes in [0, Int32.min] {
            var request = anna.request(maxWaitMs: 60_000)
            request.maxBytes = maxBytes
            try anna.send(request)
            try #require(anna.client.isReadable(withinMs: 10_000))
            let got = try anna.receive()
            #expect(got.offsets.isEmpty && got.response.errorCode == .none)
        }
        #expect(try bert.fetch().offsets.count == 10)
        // Nor does a fetch wait that only acknowledges.
        var request = bert.request([(0, 9, .accept)], maxWaitMs: 60_000)
        request.maxBytes = 0
        try bert.send(request)
        try #require(bert.client.isReadable(withinMs: 10_000))
        let partitions = try bert.receive().response.responses.flatMap(\.partitions)
        #expect(partitions.map(\.acknowledgeErrorCode) == [.none])
        #expect(sharing.partitions.all(of: "g").first?.state.start == 10)
    }

    @Test("reads what its client may read, and tells nothing of the rest, nor keeps anything of it")
    func rights() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        for topic in ["t", "secret"] { try broker.topic(topic) }
        try broker.add(
            .test(.allow, .all, .topic, "t"), .test(.allow, .read, .group, "g"))
        let anna = try ShareMember(broker, "t", id: "anna")
        let secret = try #require(broker.broker.log.topicID(of: "secret"))
        var request = anna.request()
        request.topics.append(
            made(ShareFetchRequest.Topic()) { topic in
                topic.topicID = secret
                topic.partitions = [0, 7].map { index in
                    made(ShareFetchRequest.Partition()) { $0.partitionIndex = index }
                }
            })
        try anna.send(request)
        let first = try anna.receive().response
        let codes = first.responses.filter { $0.topicID == secret }.flatMap(\.partitions)
            .map(\.errorCode)
        #expect(codes == [.topicAuthorizationFailed, .topicAuthorizationFailed])
        #expect(
            broker.broker.sharing.partitions.all(of: "g").map(\.key.topicID) == [anna.topicID])
        // What is not allowed stays so, and is no reason to answer before there are records.
        try anna.send(anna.request(maxWaitMs: 20_000))
        #expect(!anna.client.isReadable(withinMs: 30))
        let batch = try testBatch(["a"])
        #expect(try broker.client().produce("t", batch).errorCode == .none)
        #expect(try anna.receive().offsets == [0])
    }

    @Test("leaves nothing behind when its group is deleted, whatever it has read")
    func deletedGroup() throws {
        try broker.topic("other")
        try produce()
        let anna = try ShareMember(broker, "t", id: "anna")
        var request = anna.request()
        request.topics[0].topicID = try #require(broker.broker.log.topicID(of: "other"))
        try anna.send(request)
        #expect(try anna.receive().response.errorCode == .none)
        #expect(sharing.partitions.all(of: "g").count == 1)
        #expect(try anna.leave() == .none)
        let delete = made(DeleteGroupsRequest()) { $0.groupsNames = ["g"] }
        #expect(try client.ask(delete, version: 2).results[0].errorCode == .none)
        #expect(sharing.sessions.count == 0)
        // The rest goes on another thread, which does one thing after the other.
        let after = broker.broker.blockingWork
        for _ in 0..<1000 where !sharing.partitions.all(of: "g").isEmpty {
            let isDone = DispatchSemaphore(value: 0)
            after.run { isDone.signal() }
            isDone.wait()
        }
        #expect(sharing.partitions.all(of: "g").isEmpty)
    }

    @Test("is of a member whose id has 1 to 36 characters")
    func memberIDs() throws {
        for (length, code) in [
            (0, ErrorCode.invalidRequest), (36, .shareSessionNotFound), (37, .invalidRequest),
        ] {
            let member = String(repeating: "é", count: length)
            let fetch = made(ShareFetchRequest()) {
                ($0.groupID, $0.memberID, $0.shareSessionEpoch) = ("g", member, 1)
            }
            #expect(try client.ask(fetch, version: 2).errorCode == code)
            let acknowledge = made(ShareAcknowledgeRequest()) {
                ($0.groupID, $0.memberID, $0.shareSessionEpoch) = ("g", member, 1)
            }
            #expect(try client.ask(acknowledge, version: 2).errorCode == code)
        }
    }

    @Test("finds its group's state again, since nobody adds partitions to __share_group_state")
    func addedPartitions() throws {
        let anna = try ShareMember(broker, "t", id: "anna")
        #expect(try anna.fetch().response.errorCode == .none)
        let topic = made(CreatePartitionsRequest.Topic()) {
            $0.name = ShareStateTopic.name
            $0.count = 60
        }
        let request = made(CreatePartitionsRequest()) { $0.topics = [topic] }
        let result = try client.ask(request, version: 3).results[0]
        #expect(result.errorCode == .invalidRequest)
        #expect(broker.broker.log.topic(ShareStateTopic.name)?.partitionCount == 50)
    }

    @Test("is gone with its broker")
    func released() throws {
        weak var sharing: Sharing?
        do {
            let broker = try TestBroker()
            sharing = broker.broker.sharing
            try broker.stop()
        }
        #expect(sharing == nil)
    }
}
