import CommitLog
import Glibc
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Share groups of a broker")
struct ShareGroupRequestTests {
    let broker: TestBroker
    let client: TestClient
    let states = ShareStatesDouble()

    init() throws {
        broker = try TestBroker(["group.initial.rebalance.delay.ms": "0"])
        broker.broker.groups.attach(states)
        try broker.topic("t", partitions: 2)
        client = try broker.client()
    }

    func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    func beat(
        _ member: String, _ epoch: Int32, _ names: [String]? = nil, group: String = "g",
        with client: TestClient? = nil
    ) throws -> ShareGroupHeartbeatResponse {
        let request = made(ShareGroupHeartbeatRequest()) {
            $0.groupID = group
            $0.memberID = member
            $0.memberEpoch = epoch
            $0.subscribedTopicNames = names
        }
        return try retried {
            try (client ?? self.client).ask(request, version: 1)
        } code: {
            $0.errorCode
        }
    }

    func listed(_ client: TestClient? = nil) throws -> [String] {
        try (client ?? self.client).ask(ListGroupsRequest(), version: 5).groups.map {
            "\($0.groupID) \($0.groupType) \($0.protocolType) \($0.groupState)"
        }
    }

    func described(
        _ group: String, with client: TestClient? = nil
    ) throws -> ShareGroupDescribeResponse.Group {
        try (client ?? self.client).ask(
            made(ShareGroupDescribeRequest()) {
                $0.groupIDs = [group]
                $0.includeAuthorizedOperations = true
            }, version: 1
        ).groups[0]
    }

    func deleteGroup(_ group: String = "g") throws -> ErrorCode {
        try client.ask(made(DeleteGroupsRequest()) { $0.groupsNames = [group] }, version: 2)
            .results[0].errorCode
    }

    @Test("assign partitions, are listed and described, and end when they are deleted")
    func life() throws {
        let joined = try beat("m", 0, ["t"])
        #expect(joined.errorCode == .none && joined.memberEpoch == 1)
        #expect(joined.heartbeatIntervalMs == 5000 && joined.memberID == "m")
        #expect(joined.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
        let id = broker.broker.log.topicID(of: "t")
        #expect(joined.assignment?.topicPartitions.first?.topicID == id)
        #expect(try listed() == ["g share share Stable"])
        let group = try described("g")
        #expect(group.groupState == "Stable" && group.assignorName == "simple")
        #expect(group.groupEpoch == 1 && group.assignmentEpoch == 1)
        // Read, delete, describe, and both of settings.
        #expect(
            group.authorizedOperations == 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11)
        let member = try #require(group.members.first)
        #expect(member.memberID == "m" && member.clientID == "test" && member.memberEpoch == 1)
        #expect(member.assignment.topicPartitions.map(\.topicName) == ["t"])
        #expect(try deleteGroup() == .nonEmptyGroup)
        #expect(try beat("m", -1).memberEpoch == -1)
        #expect(states.withKept { $0.left } == ["g m"])
        #expect(try listed() == ["g share share Empty"])
        #expect(try alter([("t", 0, 5)]).responses[0].partitions[0].errorCode == .none)
        states.withKept { $0.code = .kafkaStorageError }
        #expect(try deleteGroup() == .kafkaStorageError)
        states.withKept { $0.code = .none }
        #expect(try deleteGroup() == .none && listed().isEmpty)
        #expect(states.withKept { $0.starts["g"]?.isEmpty } == true)
        #expect(try deleteGroup() == .groupIDNotFound)
        #expect(try described("g").errorCode == .groupIDNotFound)
    }

    @Test("refuse what Kafka refuses of a heartbeat")
    func refuses() throws {
        #expect(try beat("", 0, ["t"]).errorCode == .invalidRequest)
        #expect(try beat("m", 0, ["t"], group: "").errorCode == .invalidRequest)
        #expect(try beat("m", 0).errorCode == .invalidRequest)
        #expect(try beat("m", 0, []).errorCode == .invalidRequest)
        #expect(try beat("m", -2, ["t"]).errorCode == .invalidRequest)
        let long = try beat(String(repeating: "m", count: 37), 0, ["t"])
        #expect(long.errorCode == .invalidRequest)
        #expect(long.errorMessage == "Invalid member id in the request.")
        // In Java's characters.
        let wide = String(repeating: "\u{1F600}", count: 18)
        #expect(try beat(wide, 1).errorCode == .groupIDNotFound)
        #expect(try beat(wide + "m", 1).errorCode == .invalidRequest)
        let unknown = try beat("m", 1)
        #expect(unknown.errorCode == .groupIDNotFound && unknown.errorMessage != nil)
        #expect(try listed().isEmpty)
    }

    @Test("are of one type, which requests of others do not change")
    func types() throws {
        _ = try beat("m", 0, ["t"])
        let join = made(JoinGroupRequest()) {
            $0.groupID = "g"
            $0.sessionTimeoutMs = 10_000
            $0.protocolType = "consumer"
            $0.protocols = [made(JoinGroupRequest.GroupProtocol()) { $0.name = "range" }]
        }
        #expect(try client.ask(join, version: 5).errorCode == .inconsistentGroupProtocol)
        let heartbeat = made(HeartbeatRequest()) { $0.groupID = "g" }
        #expect(try client.ask(heartbeat, version: 3).errorCode == .unknownMemberID)
        let leave = made(LeaveGroupRequest()) { $0.groupID = "g" }
        #expect(try client.ask(leave, version: 4).errorCode == .unknownMemberID)
        let consumer = made(ConsumerGroupHeartbeatRequest()) {
            $0.groupID = "g"
            $0.memberID = "c"
            $0.rebalanceTimeoutMs = 1000
            $0.subscribedTopicNames = ["t"]
            $0.topicPartitions = []
        }
        #expect(try client.ask(consumer, version: 1).errorCode == .groupIDNotFound)
        let partition = made(OffsetCommitRequest.Partition()) { $0.committedOffset = Offset(1) }
        let commit = made(OffsetCommitRequest()) {
            $0.groupID = "g"
            $0.topics = [
                made(OffsetCommitRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [partition]
                }
            ]
        }
        let committed = try client.ask(commit, version: 9).topics[0].partitions[0]
        #expect(committed.errorCode == .groupIDNotFound)
        let delete = made(OffsetDeleteRequest()) { $0.groupID = "g" }
        #expect(try client.ask(delete, version: 0).errorCode == .groupIDNotFound)
        let describe = made(DescribeGroupsRequest()) { $0.groups = ["g"] }
        #expect(try client.ask(describe, version: 5).groups[0].groupState == "Dead")

        // And the other way round.
        let joined = made(consumer) { $0.groupID = "c" }
        #expect(try client.ask(joined, version: 1).errorCode == .none)
        #expect(try beat("m", 0, ["t"], group: "c").errorCode == .groupIDNotFound)
        #expect(try alter([("t", 0, 1)], group: "c").errorCode == .groupIDNotFound)
        #expect(try described("c").errorCode == .groupIDNotFound)
        #expect(
            try client.ask(made(commit) { $0.groupID = "o" }, version: 9).topics[0].partitions[0]
                .errorCode == .none)
        #expect(try beat("m", 0, ["t"], group: "o").errorCode == .groupIDNotFound)
    }

    @Test("go on after a restart, as what they were")
    func restart() throws {
        let joined = try beat("m", 0, ["t"])
        _ = try alter([("t", 1, 4)], group: "e")
        try broker.stopForNext()
        let next = try TestBroker(directory: broker.directory)
        let again = try next.client()
        let kept = try beat("m", joined.memberEpoch, with: again)
        #expect(kept.errorCode == .none && kept.memberEpoch == joined.memberEpoch)
        #expect(kept.assignment == nil)
        #expect(try listed(again) == ["e share share Empty", "g share share Stable"])
        #expect(try described("g", with: again).members.map(\.memberID) == ["m"])
    }

    @Test("lose a member whose session ends")
    func session() throws {
        let broker = try TestBroker([
            "group.share.session.timeout.ms": "80", "group.share.min.session.timeout.ms": "80",
            "group.share.heartbeat.interval.ms": "20",
            "group.share.min.heartbeat.interval.ms": "20",
        ])
        let states = ShareStatesDouble()
        broker.broker.groups.attach(states)
        try broker.topic("t")
        let client = try broker.client()
        #expect(try beat("m", 0, ["t"], with: client).heartbeatIntervalMs == 20)
        let deadline = ContinuousClock.now + .seconds(20)
        while states.withKept({ $0.left.isEmpty }), ContinuousClock.now < deadline { usleep(1000) }
        #expect(states.withKept { $0.left } == ["g m"])
        #expect(try beat("m", 1, with: client).errorCode == .unknownMemberID)
        #expect(try listed(client) == ["g share share Empty"])
    }
}
