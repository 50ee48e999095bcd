import KafkaProtocol
import Testing

@testable import Broker

@Suite struct `A group of dynamic members` {
    @Test func `names a newcomer and asks it to come again from version 4 on`() throws {
        var simulated = SimulatedGroup()
        let first = simulated.join()
        let answer = try #require(simulated.joined[first])
        #expect(answer.errorCode == .memberIDRequired)
        #expect(answer.memberID == "client-1")
        #expect(simulated.group.state == .empty)

        let old = simulated.join(version: 3)
        #expect(simulated.joined[old] == nil, "an older client waits at once")
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `waits for more members before its first generation and no longer`() throws {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed(rebalanceMs: 8_000)
        simulated.advance(ms: 2_000)
        let second = simulated.joinNamed(rebalanceMs: 8_000)
        simulated.advance(ms: 1_000)
        #expect(simulated.joined[first.request] == nil, "a newcomer extends the delay")
        simulated.advance(ms: 3_000)
        let leader = try #require(simulated.joined[first.request])
        let follower = try #require(simulated.joined[second.request])
        #expect(leader.errorCode == .none)
        #expect(leader.generationID == 1 && follower.generationID == 1)
        #expect(leader.leader == first.id && follower.leader == first.id)
        #expect(leader.members.map(\.memberID) == [first.id, second.id])
        #expect(follower.members.isEmpty, "the leader alone learns of the members")
    }

    @Test func `never waits longer than the rebalance timeout for its first generation`() {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed(rebalanceMs: 8_000)
        for _ in 0..<7 {
            simulated.advance(ms: 1_000)
            _ = simulated.joinNamed(rebalanceMs: 8_000)
        }
        #expect(simulated.joined[first.request] == nil)
        simulated.advance(ms: 1_000)
        #expect(simulated.joined[first.request]?.errorCode == ErrorCode.none)
    }

    @Test func `gives every member what the leader assigned to it`() throws {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed()
        let second = simulated.joinNamed()
        let third = simulated.joinNamed()
        simulated.advance(ms: 6_000)
        let waiting = simulated.sync(second.id)
        #expect(simulated.synced[waiting] == nil, "followers wait for the leader")
        let leading = simulated.sync(
            first.id, assignments: [first.id: [1], second.id: [2]])
        let late = simulated.sync(third.id)
        #expect(simulated.synced[leading]?.assignment.array == [1])
        #expect(simulated.synced[waiting]?.assignment.array == [2])
        #expect(simulated.synced[late]?.assignment.array == [], "nothing was assigned to it")
        #expect(simulated.synced[late]?.protocolName == "range")
        #expect(simulated.group.state == .stable)
        let stored = try #require(simulated.stored.last)
        #expect(stored.members.map(\.assignment.array) == [[1], [2], []])
        #expect(stored.leader == first.id && stored.generation == 1)
    }

    @Test func `is stable only once the assignment is stored`() {
        var simulated = SimulatedGroup()
        simulated.holdsStores = true
        let member = simulated.joinNamed()
        simulated.advance(ms: 3_000)
        let sync = simulated.sync(member.id, assignments: [member.id: [7]])
        #expect(simulated.group.state == .completingRebalance)
        #expect(simulated.synced[sync] == nil)
        simulated.finishStores()
        #expect(simulated.group.state == .stable)
        #expect(simulated.synced[sync]?.assignment.array == [7])
    }

    @Test func `rebalances again where the assignment cannot be stored`() {
        var simulated = SimulatedGroup()
        simulated.holdsStores = true
        let member = simulated.joinNamed()
        simulated.advance(ms: 3_000)
        let sync = simulated.sync(member.id, assignments: [member.id: [7]])
        simulated.finishStores(.coordinatorNotAvailable)
        #expect(simulated.synced[sync]?.errorCode == .coordinatorNotAvailable)
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `does not take a second assignment while the first is being stored`() {
        var simulated = SimulatedGroup()
        simulated.holdsStores = true
        let member = simulated.joinNamed()
        simulated.advance(ms: 3_000)
        let lost = simulated.sync(member.id, assignments: [member.id: [1]])
        let again = simulated.sync(member.id, assignments: [member.id: [2]])
        #expect(simulated.synced[lost]?.errorCode == .rebalanceInProgress)
        simulated.finishStores()
        #expect(simulated.synced[again]?.assignment.array == [1])
        #expect(simulated.stored.count == 1)
    }

    @Test func `tells members of a rebalance with their heartbeats`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(2)
        #expect(simulated.heartbeat(ids[0]) == .none)
        let newcomer = simulated.joinNamed()
        #expect(simulated.heartbeat(ids[0]) == .rebalanceInProgress)
        let sync = simulated.sync(ids[1])
        #expect(simulated.synced[sync]?.errorCode == .rebalanceInProgress)
        let rejoins = ids.map { simulated.join($0) }
        for request in rejoins + [newcomer.request] {
            #expect(simulated.joined[request]?.generationID == 2)
        }
    }

    @Test func `goes on without dynamic members that do not rejoin in time`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(3)
        _ = simulated.joinNamed(rebalanceMs: 20_000)
        _ = simulated.join(ids[1])
        for _ in 0..<12 {
            simulated.advance(ms: 5_000)
            _ = simulated.heartbeat(ids[0])
            _ = simulated.heartbeat(ids[2])
        }
        #expect(simulated.group.state == .completingRebalance)
        #expect(simulated.group.members.count == 2)
        #expect(simulated.group.leaderID == ids[1], "the leader did not rejoin")
        #expect(simulated.heartbeat(ids[0]) == .unknownMemberID)
    }

    @Test func `removes a member whose session ends and keeps those who wait`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(2)
        simulated.advance(ms: 6_000)
        _ = simulated.heartbeat(ids[0])
        simulated.advance(ms: 4_000)
        #expect(simulated.group.state == .preparingRebalance)
        #expect(simulated.group.members.keys.sorted() == [ids[0]])
        let request = simulated.join(ids[0])
        #expect(simulated.joined[request]?.generationID == 2)
        let newcomer = simulated.joinNamed(rebalanceMs: 600_000)
        simulated.advance(ms: 9_000)
        _ = simulated.heartbeat(ids[0])
        let waiting = simulated.join(ids[0], rebalanceMs: 600_000)
        #expect(simulated.joined[waiting]?.errorCode == ErrorCode.none)
        #expect(simulated.joined[newcomer.request]?.errorCode == ErrorCode.none)
    }

    @Test func `keeps a member alive that waits in a join longer than its session`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(2)
        let waiting = simulated.join(ids[0])
        for _ in 0..<5 {
            simulated.advance(ms: 9_000)
            #expect(simulated.heartbeat(ids[1]) == .rebalanceInProgress)
        }
        #expect(simulated.joined[waiting] == nil)
        #expect(simulated.group.members[ids[0]] != nil)
        _ = simulated.join(ids[1])
        #expect(simulated.joined[waiting]?.errorCode == ErrorCode.none)
    }

    @Test func `gives up after five minutes on a newcomer whose connection is gone`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(1)
        let newcomer = simulated.join(rebalanceMs: 3_600_000, version: 3)
        for _ in 0..<59 {
            simulated.advance(ms: 5_000)
            _ = simulated.heartbeat(ids[0])
        }
        #expect(simulated.joined[newcomer] == nil)
        for _ in 0..<2 {
            simulated.advance(ms: 5_000)
            _ = simulated.heartbeat(ids[0])
        }
        #expect(simulated.joined[newcomer]?.errorCode == .unknownMemberID)
    }

    @Test func `does not wait for ever for a member that was named and never came`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(1)
        _ = simulated.join(sessionMs: 6_000)
        let rejoin = simulated.join(ids[0])
        #expect(simulated.joined[rejoin] == nil)
        simulated.advance(ms: 6_000)
        #expect(simulated.joined[rejoin]?.generationID == 2)
    }

    @Test func `removes members that never ask for their assignment`() {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed()
        let second = simulated.joinNamed()
        simulated.advance(ms: 6_000)
        _ = simulated.sync(first.id, assignments: [first.id: [1], second.id: [2]])
        for _ in 0..<13 {
            simulated.advance(ms: 5_000)
            _ = simulated.heartbeat(first.id)
            _ = simulated.heartbeat(second.id)
        }
        #expect(simulated.group.members[second.id] == nil)
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `is empty after the last member left and stored as such`() throws {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(1)
        #expect(simulated.leave(ids[0]) == .none)
        #expect(simulated.group.state == .empty)
        #expect(simulated.group.generation == 2)
        let stored = try #require(simulated.stored.last)
        #expect(stored.members.isEmpty && stored.protocolType == "consumer")
        #expect(simulated.leave(ids[0]) == .unknownMemberID)
        #expect(simulated.timers.isEmpty, "an empty group waits for nothing")
    }

    @Test func `lets a member leave that was only named`() {
        var simulated = SimulatedGroup()
        let named = simulated.join()
        #expect(simulated.leave(simulated.joined[named]?.memberID ?? "") == .none)
        #expect(simulated.group.isUnused)
        #expect(simulated.timers.isEmpty)
    }

    @Test func `answers the sync of a member that leaves meanwhile`() {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed()
        let second = simulated.joinNamed()
        simulated.advance(ms: 6_000)
        let sync = simulated.sync(second.id)
        _ = simulated.leave(second.id)
        #expect(simulated.synced[sync]?.errorCode == .unknownMemberID)
        #expect(simulated.group.members.keys.sorted() == [first.id])
    }

    @Test func `answers a join that was asked again on another connection`() {
        var simulated = SimulatedGroup()
        let member = simulated.joinNamed()
        let again = simulated.join(member.id)
        #expect(simulated.joined[member.request]?.errorCode == .rebalanceInProgress)
        simulated.advance(ms: 3_000)
        #expect(simulated.joined[again]?.errorCode == ErrorCode.none)
    }

    @Test func `tells a member that lost its answer what it was`() {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed()
        let second = simulated.joinNamed()
        simulated.advance(ms: 6_000)
        let again = simulated.join(first.id)
        #expect(simulated.joined[again]?.generationID == 1)
        #expect(simulated.joined[again]?.members.count == 2)
        _ = simulated.sync(first.id, assignments: [second.id: [2]])
        _ = simulated.sync(second.id)
        let follower = simulated.join(second.id)
        #expect(simulated.joined[follower]?.generationID == 1)
        #expect(simulated.group.state == .stable, "nothing has changed")
        _ = simulated.join(second.id, metadata: [1])
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `moves partitions in two rebalances when members cooperate`() {
        var simulated = SimulatedGroup()
        let first = simulated.joinNamed(protocols: ["cooperative-sticky"], metadata: [0])
        simulated.advance(ms: 3_000)
        _ = simulated.sync(first.id, assignments: [first.id: [1, 2]])
        let second = simulated.joinNamed(protocols: ["cooperative-sticky"], metadata: [0])
        // It says what it owns and gets less; nobody gets what it gives up yet.
        _ = simulated.join(first.id, protocols: ["cooperative-sticky"], metadata: [1, 2])
        _ = simulated.sync(first.id, assignments: [first.id: [1], second.id: []])
        let empty = simulated.sync(second.id)
        #expect(simulated.synced[empty]?.assignment.array == [])
        // Having given it up it joins again by itself, and the other hears of it.
        let rejoin = simulated.join(
            first.id, protocols: ["cooperative-sticky"], metadata: [1])
        #expect(simulated.heartbeat(second.id) == .rebalanceInProgress)
        _ = simulated.join(second.id, protocols: ["cooperative-sticky"], metadata: [])
        #expect(simulated.joined[rejoin]?.members.map(\.metadata.array) == [[1], []])
        _ = simulated.sync(first.id, assignments: [first.id: [1], second.id: [2]])
        let full = simulated.sync(second.id)
        #expect(simulated.synced[full]?.assignment.array == [2])
        #expect(simulated.group.generation == 3)
    }
}
