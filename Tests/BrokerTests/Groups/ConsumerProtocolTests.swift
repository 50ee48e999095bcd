import CommitLog
import Glibc
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("The consumer protocol")
struct ConsumerProtocolTests {
    private let broker: TestBroker
    private let client: TestClient

    init() throws {
        broker = try TestBroker(["group.initial.rebalance.delay.ms": "0"])
        try broker.topic("t", partitions: 2)
        client = try broker.client()
    }

    private func request(
        _ member: String, epoch: Int32, owned: [TopicIDPartitions]? = [], isFull: Bool = true
    ) -> ConsumerGroupHeartbeatRequest {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = "g"
        request.memberID = member
        request.memberEpoch = epoch
        request.topicPartitions = owned
        if isFull {
            request.rebalanceTimeoutMs = 60_000
            request.subscribedTopicNames = ["t"]
        }
        return request
    }

    private func beat(
        _ request: ConsumerGroupHeartbeatRequest, with client: TestClient? = nil,
        version: Int16 = 1
    ) throws -> ConsumerGroupHeartbeatResponse {
        try retried {
            try (client ?? self.client).ask(request, version: version)
        } code: {
            $0.errorCode
        }
    }

    private func commit(
        _ member: String, epoch: Int32, version: Int16 = 9, offset: Int64 = 1
    ) throws -> ErrorCode {
        var commit = OffsetCommitRequest()
        commit.groupID = "g"
        commit.memberID = member
        commit.generationIDOrMemberEpoch = epoch
        commit.topics = [.init()]
        commit.topics[0].name = "t"
        commit.topics[0].partitions = [.init()]
        commit.topics[0].partitions[0].committedOffset = Offset(offset)
        return try client.ask(commit, version: version).topics[0].partitions[0].errorCode
    }

    @Test("assigns partitions, describes the group, and ends it when its members leave")
    func life() throws {
        let joined = try beat(request("m", epoch: 0))
        #expect(joined.errorCode == .none && joined.memberEpoch == 1)
        #expect(joined.heartbeatIntervalMs == 5_000)
        #expect(joined.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
        #expect(
            joined.assignment?.topicPartitions.first?.topicID
                == broker.broker.log.topicID(of: "t"))

        let listed = try client.ask(ListGroupsRequest(), version: 5).groups
        #expect(listed.map(\.groupType) == ["consumer"] && listed[0].groupState == "Stable")
        var describe = ConsumerGroupDescribeRequest()
        describe.groupIDs = ["g", "none"]
        let described = try client.ask(describe, version: 1).groups
        #expect(described.map(\.errorCode) == [.none, .groupIDNotFound])
        #expect(described[0].assignorName == "uniform" && described[0].groupEpoch == 1)
        let member = try #require(described[0].members.first)
        #expect(member.memberID == "m" && member.subscribedTopicNames == ["t"])
        #expect(member.assignment.topicPartitions.map(\.topicName) == ["t"])
        #expect(member.assignment == member.targetAssignment)
        var classic = DescribeGroupsRequest()
        classic.groups = ["g"]
        #expect(try client.ask(classic, version: 5).groups[0].groupState == "Dead")

        var delete = DeleteGroupsRequest()
        delete.groupsNames = ["g"]
        #expect(try client.ask(delete, version: 2).results.map(\.errorCode) == [.nonEmptyGroup])
        #expect(try beat(request("m", epoch: -1, owned: nil, isFull: false)).memberEpoch == -1)
        #expect(try client.ask(ListGroupsRequest(), version: 5).groups[0].groupState == "Empty")
        #expect(try client.ask(delete, version: 2).results.map(\.errorCode) == [.none])
        #expect(try client.ask(ListGroupsRequest(), version: 5).groups.isEmpty)
    }

    @Test("lets members commit and fetch under their epoch only")
    func offsets() throws {
        _ = try beat(request("m", epoch: 0))
        #expect(try commit("m", epoch: 1) == .none)
        #expect(try commit("m", epoch: 0) == .staleMemberEpoch)
        #expect(try commit("other", epoch: 1) == .unknownMemberID)
        #expect(try commit("", epoch: -1) == .unknownMemberID)
        #expect(try commit("m", epoch: 1, version: 8) == .unsupportedVersion)
        func fetched(_ member: String?, _ epoch: Int32) throws -> OffsetFetchResponse.Group {
            var group = OffsetFetchRequest.Group()
            group.groupID = "g"
            group.memberID = member
            group.memberEpoch = epoch
            group.topics = nil
            var fetch = OffsetFetchRequest()
            fetch.groups = [group]
            return try client.ask(fetch, version: 9).groups[0]
        }
        for (member, epoch, code) in [
            ("m", 1, .none), (nil, -1, .none), ("m", 2, .staleMemberEpoch),
            ("other", 1, .unknownMemberID), (nil, 1, .unknownMemberID),
        ] as [(String?, Int32, ErrorCode)] {
            let answer = try fetched(member, epoch)
            #expect(answer.errorCode == code)
            #expect(answer.topics.count == (code == .none ? 1 : 0))
        }
    }

    @Test("goes on after a restart, with members and offsets")
    func restart() throws {
        let joined = try beat(request("m", epoch: 0))
        #expect(try commit("m", epoch: 1, offset: 7) == .none)
        try broker.stopForNext()
        let next = try TestBroker(directory: broker.directory)
        let again = try next.client()
        let owned = joined.assignment?.topicPartitions
        let beaten = try beat(request("m", epoch: 1, owned: owned), with: again)
        #expect(beaten.errorCode == .none && beaten.memberEpoch == 1)
        #expect(beaten.assignment == joined.assignment)
        var group = OffsetFetchRequest.Group()
        group.groupID = "g"
        group.memberID = "m"
        group.memberEpoch = 1
        group.topics = nil
        var fetch = OffsetFetchRequest()
        fetch.groups = [group]
        let fetched = try again.ask(fetch, version: 9).groups[0]
        #expect(fetched.topics.map { $0.partitions.map(\.committedOffset) } == [[Offset(7)]])
    }

    @Test("and the classic one do not mix where that is disabled, but an empty group changes over")
    func bothProtocols() throws {
        let broker = try TestBroker([
            "group.initial.rebalance.delay.ms": "0", "group.consumer.migration.policy": "disabled",
        ])
        try broker.topic("t", partitions: 2)
        let client = try broker.client()
        func beat(
            _ request: ConsumerGroupHeartbeatRequest
        ) throws -> ConsumerGroupHeartbeatResponse {
            try self.beat(request, with: client)
        }
        _ = try beat(request("m", epoch: 0))
        var join = JoinGroupRequest()
        join.groupID = "g"
        join.sessionTimeoutMs = 10_000
        join.rebalanceTimeoutMs = 10_000
        join.protocolType = "consumer"
        join.protocols = [.init()]
        join.protocols[0].name = "range"
        #expect(try client.ask(join, version: 3).errorCode == .inconsistentGroupProtocol)
        _ = try beat(request("m", epoch: -1, owned: nil, isFull: false))
        let joined = try client.ask(join, version: 3)
        #expect(joined.errorCode == .none)
        #expect(
            try client.ask(ListGroupsRequest(), version: 5).groups.map(\.groupType) == ["classic"])
        #expect(try beat(request("m", epoch: 0)).errorCode == .groupIDNotFound)
        var leave = LeaveGroupRequest()
        leave.groupID = "g"
        leave.memberID = joined.memberID
        #expect(try client.ask(leave, version: 2).errorCode == .none)
        #expect(try beat(request("m", epoch: 0)).errorCode == .none)
        #expect(
            try client.ask(ListGroupsRequest(), version: 5).groups.map(\.groupType) == ["consumer"])
    }

    @Test("resolves regular expressions, and again once there is another topic")
    func patterns() throws {
        var join = request("m", epoch: 0)
        join.subscribedTopicNames = nil
        join.subscribedTopicRegex = "t|new-[0-9]+"
        let joined = try beat(join)
        #expect(joined.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
        try broker.topic("new-1", partitions: 3)
        var epoch = joined.memberEpoch
        var assigned = joined.assignment
        let deadline = ContinuousClock.now + .seconds(20)
        while assigned?.topicPartitions.count == 1, ContinuousClock.now < deadline {
            let next = try beat(request("m", epoch: epoch, owned: nil, isFull: false))
            epoch = next.memberEpoch
            assigned = next.assignment ?? assigned
            usleep(10_000)
        }
        #expect(assigned?.topicPartitions.map(\.partitions.count).sorted() == [2, 3])
        var describe = ConsumerGroupDescribeRequest()
        describe.groupIDs = ["g"]
        let members = try client.ask(describe, version: 1).groups[0].members
        #expect(members.map(\.subscribedTopicRegex) == ["t|new-[0-9]+"])
        // It is known after a restart.
        try broker.stopForNext()
        let next = try TestBroker(directory: broker.directory)
        let again = try next.client()
        let kept = try beat(
            request("m", epoch: epoch, owned: assigned?.topicPartitions, isFull: false),
            with: again)
        #expect(kept.errorCode == .none && kept.memberEpoch == epoch)
        #expect(kept.assignment == nil)
    }

    @Test("is a feature that clients are told of")
    func feature() throws {
        for version in [3, 4] as [Int16] {
            let versions = try client.ask(ApiVersionsRequest(), version: version)
            let features = ["group.version", "transaction.version", "share.version"]
            #expect(versions.finalizedFeatures?.map(\.name) == features)
            #expect(versions.finalizedFeatures?.map(\.maxVersionLevel) == [1, 2, 1])
            #expect(versions.finalizedFeaturesEpoch == 0)
            // Clients before version 4 take a lowest level of 0 for an error.
            #expect(
                versions.supportedFeatures?.map(\.name) == (version < 4 ? nil : features))
        }
    }

    @Test("has the broker's settings")
    func settings() throws {
        let broker = try TestBroker([
            "group.consumer.assignors": "range", "group.consumer.max.size": "1",
            "group.consumer.heartbeat.interval.ms": "700",
            "group.consumer.min.heartbeat.interval.ms": "700",
        ])
        try broker.topic("t", partitions: 2)
        let client = try broker.client()
        #expect(try beat(request("m", epoch: 0), with: client).heartbeatIntervalMs == 700)
        #expect(try beat(request("n", epoch: 0), with: client).errorCode == .groupMaxSizeReached)
        var uniform = request("m", epoch: 0)
        uniform.serverAssignor = "uniform"
        #expect(try beat(uniform, with: client).errorCode == .unsupportedAssignor)
        var describe = ConsumerGroupDescribeRequest()
        describe.groupIDs = ["g"]
        #expect(try client.ask(describe, version: 0).groups[0].assignorName == "range")
    }

    @Test("refuses what makes no sense, as Kafka does")
    func refusals() throws {
        func code(
            version: Int16 = 1, _ change: (inout ConsumerGroupHeartbeatRequest) -> Void
        ) throws -> ErrorCode {
            var request = request("m", epoch: 0)
            change(&request)
            return try beat(request, version: version).errorCode
        }
        #expect(try code { $0.groupID = "" } == .invalidRequest)
        #expect(try code { $0.memberID = "" } == .invalidRequest)
        #expect(try code { $0.instanceID = "" } == .invalidRequest)
        #expect(try code { $0.rackID = "" } == .invalidRequest)
        #expect(try code { $0.memberEpoch = -3 } == .invalidRequest)
        #expect(try code { $0.memberEpoch = -2 } == .invalidRequest)
        #expect(try code { $0.rebalanceTimeoutMs = -1 } == .invalidRequest)
        #expect(try code { $0.subscribedTopicNames = nil } == .invalidRequest)
        #expect(try code { $0.rackID = " " } == .invalidRequest)
        #expect(try code { $0.topicPartitions = nil } == .invalidRequest)
        #expect(try code { $0.serverAssignor = "none" } == .unsupportedAssignor)
        #expect(try code { $0.subscribedTopicRegex = "t(" } == .invalidRegularExpression)
        #expect(try client.ask(ListGroupsRequest(), version: 5).groups.isEmpty)
        #expect(try code { $0.memberEpoch = 1 } == .groupIDNotFound)
        #expect(try code { $0.memberEpoch = -1 } == .groupIDNotFound)
        // Before members named themselves they were named.
        var unnamed = request("", epoch: 0)
        unnamed.groupID = "other"
        #expect(try beat(unnamed, version: 0).memberID?.isEmpty == false)
    }
}
