import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// Online migration (KIP-848), as Kafka does it.
@Suite("A group with members of both protocols")
struct MixedGroupTests {
    private let broker: TestBroker
    private let client: TestClient

    init() throws {
        broker = try TestBroker(["group.initial.rebalance.delay.ms": "0"])
        try broker.topic("t", partitions: 2)
        client = try broker.client()
    }

    private func join(
        _ memberID: String = "", owned: [Int32] = [], protocols: [String] = ["range"],
        instanceID: String? = nil, with client: TestClient? = nil
    ) throws -> JoinGroupResponse {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = ["t"]
        if !owned.isEmpty {
            subscription.ownedPartitions = [ConsumerProtocolTopic(topic: "t", partitions: owned)]
        }
        let metadata = try subscription.encoded(version: 1)
        var request = JoinGroupRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.groupInstanceID = instanceID
        request.sessionTimeoutMs = 10_000
        request.rebalanceTimeoutMs = 60_000
        request.protocolType = "consumer"
        request.protocols = protocols.map { name in
            var known = JoinGroupRequest.GroupProtocol()
            known.name = name
            known.metadata = metadata
            return known
        }
        return try retried {
            try (client ?? self.client).ask(request, version: instanceID == nil ? 3 : 5)
        } code: {
            $0.errorCode
        }
    }

    private func sync(
        _ memberID: String, _ generation: Int32, assigning partitions: [Int32]? = nil,
        protocolName: String? = "range", userData: [UInt8] = []
    ) throws -> (code: ErrorCode, partitions: [Int32]) {
        var request = SyncGroupRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.generationID = generation
        request.protocolType = "consumer"
        request.protocolName = protocolName
        if let partitions {
            var assignment = ConsumerProtocolAssignment()
            assignment.assignedPartitions = [
                ConsumerProtocolTopic(topic: "t", partitions: partitions)
            ]
            assignment.userData = OpaqueBytes(userData)
            var sent = SyncGroupRequest.Assignment()
            sent.memberID = memberID
            sent.assignment = try assignment.encoded()
            request.assignments = [sent]
        }
        let response = try client.ask(request, version: 5)
        let bytes = response.assignment.array
        guard !bytes.isEmpty else { return (response.errorCode, []) }
        let assignment = try unsafe ConsumerProtocolAssignment(decoding: bytes.span.bytes)
        return (response.errorCode, assignment.assignedPartitions.flatMap(\.partitions))
    }

    private func classicBeat(
        _ memberID: String, _ generation: Int32, with client: TestClient? = nil
    ) throws -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupID = "g"
        request.memberID = memberID
        request.generationID = generation
        return try (client ?? self.client).ask(request, version: 3).errorCode
    }

    private func beat(
        _ epoch: Int32, owned: [TopicIDPartitions]? = nil
    ) throws -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = "g"
        request.memberID = "new"
        request.memberEpoch = epoch
        if epoch == 0 {
            request.rebalanceTimeoutMs = 60_000
            request.subscribedTopicNames = ["t"]
        }
        request.topicPartitions = epoch == 0 ? [] : owned
        return try client.ask(request, version: 1)
    }

    private func groups() throws -> [String] {
        try client.ask(ListGroupsRequest(), version: 5).groups.map {
            "\($0.groupType) \($0.groupState)"
        }
    }

    private func commit(
        _ memberID: String, _ generation: Int32, version: Int16 = 8
    ) throws -> ErrorCode {
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.memberID = memberID
        commit.generationIDOrMemberEpoch = generation
        commit.topics = [.init()]
        commit.topics[0].name = "t"
        commit.topics[0].partitions = [.init()]
        return try client.ask(commit, version: version).topics[0].partitions[0].errorCode
    }

    /// A stable classic group with one member, which has both partitions.
    private func classicGroup() throws -> JoinGroupResponse {
        let joined = try join()
        #expect(joined.errorCode == .none && joined.leader == joined.memberID)
        #expect(try sync(joined.memberID, joined.generationID, assigning: [0, 1]).code == .none)
        return joined
    }

    @Test("is made by the first member of the consumer protocol, and ended by its last one")
    func thereAndBack() throws {
        let old = try classicGroup()
        let id = old.memberID
        #expect(try groups() == ["classic Stable"])
        let new = try beat(0)
        #expect(new.errorCode == .none && new.memberEpoch == old.generationID + 1)
        #expect(new.assignment?.topicPartitions == [])
        #expect(try groups() == ["consumer Reconciling"])
        // Until it joins again the old one may commit what it has read.
        #expect(try commit(id, old.generationID) == .none)
        #expect(try classicBeat(id, old.generationID) == .rebalanceInProgress)
        #expect(try sync(id, old.generationID).code == .rebalanceInProgress)
        let rejoined = try join(id)
        #expect(rejoined.errorCode == .none && rejoined.generationID == new.memberEpoch)
        #expect(rejoined.memberID == id && rejoined.leader == "" && rejoined.members.isEmpty)
        #expect(rejoined.protocolName == "range")
        #expect(
            try sync(id, rejoined.generationID, protocolName: "x").code
                == .inconsistentGroupProtocol)
        let half = try sync(id, rejoined.generationID)
        #expect(half.code == .none && half.partitions.count == 1)
        let other = try beat(new.memberEpoch).assignment
        #expect(
            other?.topicPartitions.flatMap(\.partitions)
                == [0, 1].filter { $0 != half.partitions[0] })
        #expect(try groups() == ["consumer Stable"])
        #expect(try classicBeat(id, rejoined.generationID) == .none)
        #expect(try commit(id, rejoined.generationID) == .none)
        #expect(try commit(id, old.generationID) == .illegalGeneration)
        #expect(try commit("new", new.memberEpoch) == .unsupportedVersion)
        #expect(try commit("new", new.memberEpoch, version: 9) == .none)
        #expect(try classicBeat("new", new.memberEpoch) == .unknownMemberID)
        var describe = ConsumerGroupDescribeRequest()
        describe.groupIDs = ["g"]
        let members = try client.ask(describe, version: 1).groups[0].members
        #expect(
            Dictionary(uniqueKeysWithValues: members.map { ($0.memberID, $0.memberType) })
                == [id: 0, "new": 1])

        #expect(try beat(-1).errorCode == .none)
        #expect(try groups() == ["classic PreparingRebalance"])
        #expect(try classicBeat(id, rejoined.generationID) == .rebalanceInProgress)
        let last = try join(id)
        #expect(last.errorCode == .none && last.leader == id)
        #expect(last.generationID == rejoined.generationID + 1)
        #expect(try sync(id, last.generationID, assigning: [0, 1]).partitions == [0, 1])
        #expect(try groups() == ["classic Stable"])
    }

    @Test("lets a cooperative member keep what stays")
    func cooperative() throws {
        let old = try classicGroup()
        let new = try beat(0)
        #expect(try classicBeat(old.memberID, old.generationID) == .rebalanceInProgress)
        // It still has both, and learns which one it is to give up.
        let first = try join(old.memberID, owned: [0, 1])
        #expect(first.generationID == old.generationID)
        let kept = try sync(old.memberID, first.generationID)
        #expect(kept.code == .none && kept.partitions.count == 1)
        #expect(try beat(new.memberEpoch).assignment == nil)
        #expect(try classicBeat(old.memberID, first.generationID) == .rebalanceInProgress)
        let second = try join(old.memberID, owned: kept.partitions)
        #expect(second.generationID == new.memberEpoch)
        #expect(try sync(old.memberID, second.generationID).partitions == kept.partitions)
        #expect(try beat(new.memberEpoch).assignment?.topicPartitions.count == 1)
    }

    @Test(
        "is not made where an assignor that nobody knows keeps data of its own",
        arguments: [("mine", ErrorCode.groupIDNotFound), ("cooperative-sticky", .none)])
    func ownData(_ name: String, _ code: ErrorCode) throws {
        let old = try join(protocols: [name])
        let synced = try sync(
            old.memberID, old.generationID, assigning: [0, 1], protocolName: name, userData: [1])
        #expect(synced.code == .none)
        #expect(try beat(0).errorCode == code)
        #expect(
            try classicBeat(old.memberID, old.generationID)
                == (code == .none ? .rebalanceInProgress : .none))
    }

    @Test("goes on after a restart, with members of both")
    func restart() throws {
        let old = try classicGroup()
        _ = try beat(0)
        let rejoined = try join(old.memberID)
        try broker.stopForNext()
        let next = try TestBroker(directory: broker.directory)
        let again = try next.client()
        let code = try retried {
            try classicBeat(old.memberID, rejoined.generationID, with: again)
        } code: {
            $0
        }
        #expect(code == .none)
        #expect(
            try again.ask(ListGroupsRequest(), version: 5).groups.map(\.groupType) == ["consumer"])
    }

    @Test("takes members of the classic protocol that join, and lets them leave")
    func joining() throws {
        #expect(
            try retried {
                try beat(0)
            } code: {
                $0.errorCode
            }.memberEpoch == 1)
        #expect(try join(protocols: []).errorCode == .inconsistentGroupProtocol)
        let joined = try join(protocols: ["range", "roundrobin"])
        #expect(joined.errorCode == .none && joined.generationID == 2)
        #expect(try join(protocols: ["sticky"]).errorCode == .inconsistentGroupProtocol)
        #expect(try sync(joined.memberID, 2).partitions == [])
        #expect(try sync("nobody", 2).code == .unknownMemberID)
        // The other one gives one up.
        let less = try beat(1)
        #expect(less.assignment?.topicPartitions.flatMap(\.partitions).count == 1)
        #expect(try classicBeat(joined.memberID, 2) == .none)
        #expect(try beat(1, owned: less.assignment?.topicPartitions).memberEpoch == 2)
        // What it waited for is free.
        #expect(try classicBeat(joined.memberID, 2) == .rebalanceInProgress)
        let rejoined = try join(joined.memberID)
        #expect(try sync(joined.memberID, rejoined.generationID).partitions.count == 1)
        var leave = LeaveGroupRequest()
        leave.groupID = "g"
        var leaving = LeaveGroupRequest.Member()
        leaving.memberID = joined.memberID
        var unknown = LeaveGroupRequest.Member()
        unknown.memberID = "new"
        leave.members = [leaving, unknown]
        #expect(
            try client.ask(leave, version: 3).members.map(\.errorCode)
                == [.none, .unknownMemberID])
        #expect(try beat(2).assignment?.topicPartitions.flatMap(\.partitions) == [0, 1])
    }

    @Test("takes a static member over from one protocol to the other, with what it has")
    func staticMember() throws {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = "g"
        request.memberID = "new"
        request.instanceID = "one"
        request.rebalanceTimeoutMs = 60_000
        request.subscribedTopicNames = ["t"]
        request.topicPartitions = []
        let first = try retried {
            try client.ask(request, version: 1)
        } code: {
            $0.errorCode
        }
        #expect(first.assignment?.topicPartitions.count == 1)
        // The last one of the consumer protocol, so the group is a classic one afterwards.
        let joined = try join(instanceID: "one")
        #expect(joined.errorCode == .none && joined.generationID == first.memberEpoch)
        #expect(try groups() == ["classic PreparingRebalance"])
        request.memberID = "newer"
        let back = try client.ask(request, version: 1)
        #expect(back.errorCode == .none)
        #expect(back.assignment?.topicPartitions.flatMap(\.partitions) == [0, 1])
        #expect(try groups() == ["consumer Stable"])
        #expect(try classicBeat(joined.memberID, joined.generationID) == .unknownMemberID)
    }
}
