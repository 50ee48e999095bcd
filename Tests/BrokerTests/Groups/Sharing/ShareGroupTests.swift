import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A share group")
struct ShareGroupTests {
    private static let t = TopicID(mostSignificantBits: 1, leastSignificantBits: 1)
    private static let u = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)

    /// A group with the topics that there are, and all that it wrote.
    private struct Run {
        var group: ShareGroup
        var topics: [String: ReconciledGroup.Topic] = [
            "t": .init(id: t, partitionCount: 2), "u": .init(id: u, partitionCount: 1),
        ]
        var changeCount = 1
        var records: [ShareGroupRecord] = []
        var actions: [ShareGroupAction] = []

        init(maxSize: Int = 200) {
            var config = GroupConfig()
            config.shareMaxSize = maxSize
            group = ShareGroup(id: "g", config: config)
        }

        mutating func beat(
            _ member: String, _ epoch: Int32, _ names: [String]? = nil, rack: String? = nil
        ) throws(GroupRefusal) -> ShareGroupHeartbeatResponse {
            var request = ShareGroupHeartbeatRequest()
            request.groupID = "g"
            request.memberID = member
            request.memberEpoch = epoch
            request.rackID = rack
            request.subscribedTopicNames = names
            let known = KnownTopics(changeCount: changeCount) { [topics] in topics[$0] }
            defer { take() }
            return try group.heartbeat(
                ShareHeartbeat(request: request, clientID: "c", clientHost: "/h"), topics: known)
        }

        /// The code that a heartbeat is refused with.
        mutating func refusal(_ member: String, _ epoch: Int32, _ names: [String]? = nil)
            -> ErrorCode?
        {
            do throws(GroupRefusal) {
                _ = try beat(member, epoch, names)
                return nil
            } catch {
                return error.code
            }
        }

        mutating func take() {
            records += group.takeRecords()
            actions += group.takeActions()
        }

        /// As read at a start, from what was written.
        func restored() -> ShareGroup {
            var copy = ShareGroup(id: "g", config: group.config)
            for record in records { copy.restore(record) }
            return copy
        }
    }

    @Test("gives all members its partitions, and tells each of them once")
    func life() throws {
        var run = Run()
        let first = try run.beat("a", 0, ["t"])
        #expect(first.memberEpoch == 1 && first.memberID == "a")
        #expect(first.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
        #expect(run.group.stateName == "Stable" && run.group.subscribedTopics == ["t"])
        #expect(run.actions == [.setSession(memberID: "a", afterMs: 45_000)])
        let quiet = try run.beat("a", 1)
        #expect(quiet.memberEpoch == 1 && quiet.assignment == nil)
        #expect(try run.beat("a", 1, ["t"]).assignment != nil)

        let second = try run.beat("b", 0, ["t"])
        #expect(second.memberEpoch == 2)
        #expect(second.assignment?.topicPartitions.flatMap(\.partitions).count == 1)
        let less = try run.beat("a", 1)
        #expect(less.memberEpoch == 2)
        #expect(less.assignment?.topicPartitions.flatMap(\.partitions).count == 1)
        // A third shares one partition with another.
        let third = try run.beat("c", 0, ["t"])
        #expect(third.assignment?.topicPartitions.flatMap(\.partitions).count == 1)
        #expect(run.group.shared[Self.t]?.partitions == [0, 1])

        let left = try run.beat("b", -1)
        #expect(left.memberEpoch == -1 && left.memberID == "b" && left.assignment == nil)
        #expect(run.actions.suffix(2) == [.cancelSession(memberID: "b"), .left(memberID: "b")])
        run.group.sessionEnded("c")
        run.take()
        #expect(run.actions.last == .left(memberID: "c"))
        let alone = try run.beat("a", 2)
        #expect(alone.memberEpoch == 5)
        #expect(alone.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
        _ = try run.beat("a", -1)
        #expect(run.group.stateName == "Empty" && run.group.members.isEmpty)
        // Its place in the partitions is kept.
        #expect(run.group.sharedPartitions.map(\.partition) == [0, 1])
    }

    @Test("takes the epoch before, which a lost answer leaves a member with, and fences others")
    func epochs() throws {
        var run = Run()
        _ = try run.beat("a", 0, ["t"])
        _ = try run.beat("b", 0, ["t"])
        #expect(try run.beat("a", 1).memberEpoch == 2)
        #expect(try run.beat("a", 1).memberEpoch == 2)
        _ = try run.beat("c", 0, ["t"])
        #expect(try run.beat("a", 2).memberEpoch == 3)
        #expect(run.refusal("a", 1) == .fencedMemberEpoch)
        #expect(run.refusal("a", 9) == .fencedMemberEpoch)
        #expect(run.refusal("z", 3) == .unknownMemberID)
        #expect(run.refusal("z", -1) == .unknownMemberID)
        // Whoever has lost everything joins again, and nothing moves.
        let again = try run.beat("a", 0, ["t"])
        #expect(again.memberEpoch == 3 && again.assignment != nil)
    }

    @Test("follows subscriptions, and topics that come, grow and go")
    func follows() throws {
        var run = Run()
        _ = try run.beat("a", 0, ["t", "new"])
        let both = try run.beat("a", 1, ["t", "u", "new"])
        #expect(both.memberEpoch == 2 && both.assignment?.topicPartitions.count == 2)
        run.topics["new"] = .init(
            id: TopicID(mostSignificantBits: 1, leastSignificantBits: 3), partitionCount: 1)
        run.topics["t"]?.partitionCount = 3
        run.changeCount += 1
        let grown = try run.beat("a", 2)
        #expect(grown.memberEpoch == 3)
        #expect(grown.assignment?.topicPartitions.map(\.partitions) == [[0, 1, 2], [0], [0]])
        run.topics["u"] = nil
        run.changeCount += 1
        #expect(try run.beat("a", 3).assignment?.topicPartitions.count == 2)
        run.changeCount += 1
        let same = try run.beat("a", 4)
        #expect(same.memberEpoch == 4 && same.assignment == nil)
        run.group.unshare { id, _ in id == Self.u }
        run.take()
        #expect(run.group.shared[Self.u] == nil && run.restored().shared == run.group.shared)
    }

    @Test("takes no more members than it may have")
    func full() throws {
        var run = Run(maxSize: 1)
        _ = try run.beat("a", 0, ["t"])
        #expect(run.refusal("b", 0, ["t"]) == .groupMaxSizeReached)
        #expect(try run.beat("a", 1).memberEpoch == 1)
    }

    @Test("is after a start what it was, and moves nothing then")
    func restores() throws {
        var run = Run()
        _ = try run.beat("a", 0, ["t"], rack: "r")
        _ = try run.beat("b", 0, ["t", "u"])
        _ = try run.beat("c", 0, ["u"])
        _ = try run.beat("c", -1)
        _ = try run.beat("a", 1)
        var copy = run.restored()
        #expect(copy.members == run.group.members && copy.target == run.group.target)
        #expect(copy.epoch == run.group.epoch && copy.shared == run.group.shared)
        #expect(copy.assignmentEpoch == run.group.assignmentEpoch)
        #expect(copy.byteCount == run.group.byteCount)
        copy.didLoad()
        #expect(copy.takeActions().count == 2)
        let before = run.group.members["a"]
        run.group = copy
        run.changeCount = 99
        let epoch = try #require(before).progress.epoch
        let kept = try run.beat("a", epoch)
        #expect(kept.memberEpoch == epoch && kept.assignment == nil)
        for record in copy.tombstones { copy.restore(record) }
        #expect(copy.members.isEmpty && copy.target.isEmpty && copy.shared.isEmpty)
        #expect(copy.byteCount == 0)
    }

    @Test("tells members apart whose ids differ by their bytes alone")
    func exactNames() throws {
        var run = Run()
        let ids = ["\u{e9}", "e\u{301}"]
        for id in ids { _ = try run.beat(id, 0, ["t"]) }
        #expect(run.group.members.count == 2)
        let parts = ids.compactMap { run.group.target[$0]?.count }
        #expect(parts == [1, 1])
        _ = try run.beat(ids[0], -1)
        #expect(run.group.members.values.map(\.id.utf8.count) == [3])
        #expect(run.restored().members == run.group.members)
    }

    @Test("writes down in one record all places that it takes up at once")
    func oneRecord() {
        var run = Run()
        run.group.share([
            Self.t: .init(name: "t", partitions: [1]), Self.u: .init(name: "u", partitions: [0]),
        ])
        run.take()
        #expect(run.records == [.shared(run.group.shared)])
        #expect(run.group.sharedPartitions.count == 2)
        run.group.share([Self.t: .init(name: "t", partitions: [1])])
        run.take()
        #expect(run.records.count == 1)
    }
}
