import KafkaProtocol
import Testing

@testable import Broker

@Suite("The memory of groups")
struct GroupMemoryTests {
    private func join(
        _ group: String, _ byteCount: Int, memberID: String = "", version: Int16 = 3
    ) -> JoinGroupRequest {
        var request = JoinGroupRequest()
        request.groupID = group
        request.memberID = memberID
        request.sessionTimeoutMs = 1_800_000
        request.rebalanceTimeoutMs = 60_000
        request.protocolType = "consumer"
        var one = JoinGroupRequest.GroupProtocol()
        one.name = "range"
        one.metadata = OpaqueBytes([UInt8](repeating: 0, count: byteCount))
        request.protocols = [one]
        return request
    }

    private func broker(_ settings: [String: String]) throws -> TestBroker {
        try TestBroker(
            ["group.initial.rebalance.delay.ms": "0"].merging(settings) { $1 })
    }

    /// Joins once `__consumer_offsets` is there.
    private func join(_ client: TestClient, _ request: JoinGroupRequest) throws -> JoinGroupResponse
    {
        var find = FindCoordinatorRequest()
        find.key = request.groupID
        _ = try client.ask(find, version: 2)
        return try client.ask(request, version: 3)
    }

    @Test("holds no member that says more of itself than one may")
    func member() throws {
        let broker = try broker(["weir.group.member.max.bytes": "10000"])
        let client = try broker.client()
        #expect(try join(client, join("g", 10_000)).errorCode == .invalidRequest)
        let joined = try join(client, join("g", 9_000))
        #expect(joined.errorCode == .none)
        let again = try join(client, join("g", 10_000, memberID: joined.memberID))
        #expect(again.errorCode == .invalidRequest)
        #expect(try heartbeat(client, "g", joined) == .none, "it stays what it was")
    }

    private func heartbeat(
        _ client: TestClient, _ group: String, _ joined: JoinGroupResponse
    ) throws -> ErrorCode {
        var heartbeat = HeartbeatRequest()
        heartbeat.groupID = group
        heartbeat.memberID = joined.memberID
        heartbeat.generationID = joined.generationID
        return try client.ask(heartbeat, version: 3).errorCode
    }

    @Test("holds a megabyte of each member, unless another bound is set")
    func memberByDefault() throws {
        let broker = try broker([:])
        let client = try broker.client()
        #expect(try join(client, join("g", 1 << 20)).errorCode == .invalidRequest)
        #expect(try join(client, join("g", 1_000_000)).errorCode == .none)
    }

    @Test("is bounded for each group, whose members that are there stay")
    func group() throws {
        let broker = try broker(["weir.group.max.bytes": "25000"])
        let clients = try (0..<3).map { _ in try broker.client() }
        var leader = try join(clients[0], join("g", 9_000))
        #expect(leader.errorCode == .none)
        try clients[1].post(join("g", 9_000), version: 3)
        // The leader that joins again before the other one does would be alone in its generation.
        let deadline = ContinuousClock.now + .seconds(30)
        while try heartbeat(clients[0], "g", leader) != .rebalanceInProgress {
            try #require(ContinuousClock.now < deadline, "the other one does not join")
        }
        leader = try join(clients[0], join("g", 9_000, memberID: leader.memberID))
        #expect(try clients[1].response(JoinGroupResponse.self, version: 3).body.errorCode == .none)
        #expect(leader.members.count == 2)
        #expect(try join(clients[2], join("g", 9_000)).errorCode == .groupMaxSizeReached)
        #expect(try join(clients[2], join("other", 9_000)).errorCode == .none)
    }

    @Test("is bounded for all groups together, and free again once their members have left")
    func allGroups() throws {
        let broker = try broker(["weir.groups.max.bytes": "30000"])
        let client = try broker.client()
        var members: [(group: String, id: String)] = []
        for group in ["a", "b", "c"] {
            let joined = try join(client, join(group, 9_000))
            #expect(joined.errorCode == .none)
            members.append((group, joined.memberID))
        }
        let refused = try join(client, join("d", 9_000))
        #expect(refused.errorCode == .coordinatorNotAvailable, "the client tries again")
        #expect(refused.errorCode.isRetriable)
        for member in members {
            var leave = LeaveGroupRequest()
            leave.groupID = member.group
            leave.memberID = member.id
            #expect(try client.ask(leave, version: 2).errorCode == .none)
        }
        #expect(try join(client, join("d", 9_000)).errorCode == .none)
        let groups = broker.broker.groups
        let byteCount = try groups.eventLoop.submit { groups.state.byteCount }.wait()
        #expect(byteCount > 9_000 && byteCount < 12_000)
    }

    @Test("is bounded for the assignments of all groups together")
    func allAssignments() throws {
        let broker = try broker(["weir.groups.max.bytes": "30000"])
        let client = try broker.client()
        let codes = try ["a", "b", "c", "d"].map { group in
            let joined = try join(client, join(group, 100))
            return try client.ask(sync(group, joined, 9_000), version: 3).errorCode
        }
        #expect(codes == [.none, .none, .none, .coordinatorNotAvailable])
    }

    @Test("has an eighth for members that are small")
    func shareOfSmallMembers() throws {
        let broker = try broker(["weir.groups.max.bytes": "1000000"])
        let client = try broker.client()
        let codes = try (0..<5).map { try join(client, join("large \($0)", 180_000)).errorCode }
        #expect(codes == [.none, .none, .none, .none, .coordinatorNotAvailable])
        #expect(try join(client, join("small", 1000)).errorCode == .none)
    }

    private func sync(
        _ group: String, _ joined: JoinGroupResponse, _ byteCount: Int
    ) -> SyncGroupRequest {
        var sync = SyncGroupRequest()
        sync.groupID = group
        sync.generationID = joined.generationID
        sync.memberID = joined.memberID
        var assignment = SyncGroupRequest.Assignment()
        assignment.memberID = joined.memberID
        assignment.assignment = OpaqueBytes([UInt8](repeating: 0, count: byteCount))
        sync.assignments = [assignment]
        return sync
    }

    @Test("holds no assignment that is larger than a member's may be: all try another")
    func assignment() throws {
        let broker = try broker(["weir.group.member.max.bytes": "10000"])
        let client = try broker.client()
        let joined = try join(client, join("g", 100))
        let sync = sync("g", joined, 10_001)
        #expect(try client.ask(sync, version: 3).errorCode == .unknownServerError)
        let again = try join(client, join("g", 100, memberID: joined.memberID))
        #expect(again.errorCode == .none)
        #expect(again.generationID == joined.generationID + 1)
    }

    @Test("counts names that nobody came back with, until they are forgotten")
    func pendingNames() throws {
        let broker = try broker(["weir.groups.max.bytes": "3000"])
        let client = try broker.client()
        var request = join("g", 10)
        request.sessionTimeoutMs = 6000
        _ = try join(client, request)
        var codes: [ErrorCode] = []
        for index in 0..<10 {
            request.groupID = "named \(index)"
            codes.append(try client.ask(request, version: 5).errorCode)
        }
        #expect(codes.first == .memberIDRequired)
        #expect(codes.last == .coordinatorNotAvailable)
    }
}
