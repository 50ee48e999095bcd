import KafkaProtocol
import Testing

@testable import Broker

@Suite struct `A static member` {
    /// A stable group of two static members, a and b; returns their ids.
    private func stabilize(_ simulated: inout SimulatedGroup) -> (a: String, b: String) {
        let a = simulated.join(instance: "a")
        let b = simulated.join(instance: "b")
        simulated.advance(ms: 6_000)
        let ids = (
            a: simulated.joined[a]?.memberID ?? "", b: simulated.joined[b]?.memberID ?? ""
        )
        _ = simulated.sync(ids.a, instance: "a", assignments: [ids.a: [1], ids.b: [2]])
        _ = simulated.sync(ids.b, instance: "b")
        return ids
    }

    @Test func `comes back under a new id and keeps its assignment`() throws {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        let back = simulated.join(instance: "b")
        let answer = try #require(simulated.joined[back])
        #expect(answer.errorCode == .none && answer.generationID == 1)
        #expect(answer.memberID != ids.b && answer.leader == ids.a)
        #expect(!answer.skipAssignment)
        #expect(simulated.group.state == .stable, "nobody else notices")
        #expect(simulated.heartbeat(ids.a, instance: "a") == .none)
        let sync = simulated.sync(answer.memberID, instance: "b")
        #expect(simulated.synced[sync]?.assignment.array == [2])
        let stored = try #require(simulated.stored.last?.members.last)
        #expect(stored.memberID == answer.memberID && stored.assignment.array == [2])
    }

    @Test func `fences whoever still has its old id`() {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        _ = simulated.join(instance: "b")
        #expect(simulated.heartbeat(ids.b, instance: "b") == .fencedInstanceID)
        #expect(
            simulated.validateCommit(ids.b, instance: "b", generation: 1) == .fencedInstanceID)
        #expect(simulated.leave(ids.b, instance: "b") == .fencedInstanceID)
        let sync = simulated.sync(ids.b, instance: "b")
        #expect(simulated.synced[sync]?.errorCode == .fencedInstanceID)
        let join = simulated.join(ids.b, instance: "b")
        #expect(simulated.joined[join]?.errorCode == .fencedInstanceID)
    }

    @Test func `that leads comes back as a leader that need not assign`() throws {
        var simulated = SimulatedGroup()
        _ = stabilize(&simulated)
        let back = simulated.join(instance: "a", version: 9)
        let answer = try #require(simulated.joined[back])
        #expect(answer.leader == answer.memberID && answer.skipAssignment)
        #expect(answer.members.map(\.groupInstanceID) == ["a", "b"])
    }

    @Test func `that leads and knows no skipping is told the old leader's id`() throws {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        let back = simulated.join(instance: "a", version: 8)
        let answer = try #require(simulated.joined[back])
        #expect(answer.leader == ids.a && answer.members.isEmpty)
        #expect(simulated.group.leaderID == answer.memberID)
    }

    @Test func `keeps its old id where the new one cannot be stored`() {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        simulated.holdsStores = true
        let back = simulated.join(instance: "b")
        #expect(simulated.joined[back] == nil)
        simulated.finishStores(.coordinatorNotAvailable)
        #expect(simulated.joined[back]?.errorCode == .coordinatorNotAvailable)
        #expect(simulated.heartbeat(ids.b, instance: "b") == .none)
    }

    @Test func `begins a session with the answer, though storing took longer than one`() throws {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        simulated.holdsStores = true
        let back = simulated.join(instance: "b")
        for _ in 0..<4 {
            simulated.advance(ms: 5_000)
            #expect(simulated.heartbeat(ids.a, instance: "a") == .none)
        }
        simulated.finishStores()
        let id = try #require(simulated.joined[back]?.memberID)
        #expect(simulated.timers[.session(memberID: id)] != nil, "else it stays for ever")
    }

    @Test func `causes a rebalance where its return changes the assignor`() {
        var simulated = SimulatedGroup()
        let first = simulated.join(instance: "a", protocols: ["range", "sticky"])
        simulated.advance(ms: 3_000)
        let id = simulated.joined[first]?.memberID ?? ""
        _ = simulated.sync(id, instance: "a", assignments: [id: [1]])
        #expect(simulated.group.protocolName == "range")
        let back = simulated.join(instance: "a", protocols: ["sticky", "range"])
        #expect(simulated.joined[back]?.generationID == 2)
        #expect(simulated.joined[back]?.protocolName == "sticky")
    }

    @Test func `causes a rebalance where it comes back before the assignment`() {
        var simulated = SimulatedGroup()
        let a = simulated.join(instance: "a")
        let b = simulated.join(instance: "b")
        simulated.advance(ms: 6_000)
        let ids = [a, b].map { simulated.joined[$0]?.memberID ?? "" }
        let waiting = simulated.sync(ids[1], instance: "b")
        _ = simulated.join(instance: "b")
        #expect(simulated.synced[waiting]?.errorCode == .fencedInstanceID)
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `stays in the group through a rebalance that it misses`() {
        var simulated = SimulatedGroup()
        let a = simulated.join(instance: "a", sessionMs: 60_000, rebalanceMs: 10_000)
        let b = simulated.join(instance: "b", sessionMs: 60_000, rebalanceMs: 10_000)
        simulated.advance(ms: 6_000)
        let ids = [a, b].map { simulated.joined[$0]?.memberID ?? "" }
        _ = simulated.sync(ids[0], instance: "a", assignments: [ids[0]: [1], ids[1]: [2]])
        _ = simulated.sync(ids[1], instance: "b")
        let rejoin = simulated.join(
            ids[0], instance: "a", sessionMs: 60_000, rebalanceMs: 10_000)
        simulated.advance(ms: 10_000)
        #expect(simulated.joined[rejoin]?.members.map(\.memberID) == ids)
    }

    @Test func `can be taken out by its instance id alone`() {
        var simulated = SimulatedGroup()
        let ids = stabilize(&simulated)
        #expect(simulated.leave("", instance: "nobody") == .unknownMemberID)
        #expect(simulated.leave("", instance: "b") == .none)
        #expect(simulated.group.members.keys.sorted() == [ids.a])
        #expect(simulated.group.state == .preparingRebalance)
    }

    @Test func `and its assignment come back from what was stored`() throws {
        var before = SimulatedGroup()
        let ids = stabilize(&before)
        var simulated = SimulatedGroup(restoring: try #require(before.stored.last))
        #expect(simulated.group.state == .stable && simulated.group.generation == 1)
        #expect(simulated.heartbeat(ids.a, instance: "a") == .none)
        let back = simulated.join(instance: "b")
        let sync = simulated.sync(
            simulated.joined[back]?.memberID ?? "", instance: "b")
        #expect(simulated.synced[sync]?.assignment.array == [2])
        simulated.advance(ms: 10_000)
        #expect(simulated.group.members.isEmpty, "sessions begin when the group is loaded")
    }
}
