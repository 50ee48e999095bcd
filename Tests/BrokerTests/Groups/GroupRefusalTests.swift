import KafkaProtocol
import Testing

@testable import Broker

@Suite struct `A group refuses` {
    @Test(arguments: [(5_999, true), (6_000, false), (1_800_000, false), (1_800_001, true)])
    func `session timeouts out of bounds`(timeoutMs: Int, isRefused: Bool) {
        var simulated = SimulatedGroup()
        let join = simulated.join(sessionMs: Int32(timeoutMs))
        #expect(
            simulated.joined[join]?.errorCode
                == (isRefused ? .invalidSessionTimeout : .memberIDRequired))
    }

    @Test func `members that share no assignor or speak another protocol`() {
        var simulated = SimulatedGroup()
        _ = simulated.joinNamed(protocols: ["range", "roundrobin"])
        let other = simulated.join(protocols: ["sticky"])
        #expect(simulated.joined[other]?.errorCode == .inconsistentGroupProtocol)
        let connect = simulated.join(type: "connect")
        #expect(simulated.joined[connect]?.errorCode == .inconsistentGroupProtocol)
        let nothing = simulated.join(protocols: [])
        #expect(simulated.joined[nothing]?.errorCode == .inconsistentGroupProtocol)
        let one = simulated.join(protocols: ["sticky", "roundrobin"])
        #expect(simulated.joined[one]?.errorCode == .memberIDRequired)
    }

    @Test func `a first member without assignor or type`() {
        var simulated = SimulatedGroup()
        let nothing = simulated.join(protocols: [])
        #expect(simulated.joined[nothing]?.errorCode == .inconsistentGroupProtocol)
        let untyped = simulated.join(type: "")
        #expect(simulated.joined[untyped]?.errorCode == .inconsistentGroupProtocol)
    }

    @Test func `members it does not know and generations that are not its own`() {
        var simulated = SimulatedGroup()
        let ids = simulated.stabilize(1)
        #expect(simulated.heartbeat("nobody") == .unknownMemberID)
        #expect(simulated.heartbeat(ids[0], generation: 0) == .illegalGeneration)
        #expect(simulated.heartbeat(ids[0], generation: 2) == .illegalGeneration)
        let stale = simulated.sync(ids[0], generation: 0)
        #expect(simulated.synced[stale]?.errorCode == .illegalGeneration)
        let unknown = simulated.sync("nobody")
        #expect(simulated.synced[unknown]?.errorCode == .unknownMemberID)
        let join = simulated.join("nobody")
        #expect(simulated.joined[join]?.errorCode == .unknownMemberID)
        #expect(simulated.leave("nobody") == .unknownMemberID)
        let other = simulated.sync(ids[0], protocolName: "sticky")
        #expect(simulated.synced[other]?.errorCode == .inconsistentGroupProtocol)
    }

    @Test func `more members than group max size`() {
        var simulated = SimulatedGroup(config: .limited(to: 2))
        let ids = simulated.stabilize(2)
        let third = simulated.join()
        #expect(simulated.joined[third]?.errorCode == .groupMaxSizeReached)
        #expect(simulated.joined[third]?.memberID == "")
        #expect(simulated.group.state == .stable)
        #expect(simulated.heartbeat(ids[1]) == .none)
    }

    @Test func `the last to rejoin where it is larger than it may be`() {
        var large = SimulatedGroup()
        let ids = large.stabilize(3)
        guard let value = large.stored.last else { return }
        var simulated = SimulatedGroup(restoring: value, config: .limited(to: 2))
        #expect(simulated.group.state == .preparingRebalance)
        let joins = ids.map { simulated.join($0) }
        #expect(simulated.joined[joins[0]]?.errorCode == ErrorCode.none)
        #expect(simulated.joined[joins[1]]?.errorCode == ErrorCode.none)
        #expect(simulated.joined[joins[2]]?.errorCode == .groupMaxSizeReached)
    }

    @Test func `to remember more named members than its bound`() {
        var simulated = SimulatedGroup()
        for _ in 0..<GroupConfig.maximumPendingMembers { _ = simulated.join() }
        let one = simulated.join()
        #expect(simulated.joined[one]?.errorCode == .groupMaxSizeReached)
    }

    @Test func `commits of others than its members`() {
        var simulated = SimulatedGroup()
        #expect(simulated.validateCommit() == nil, "an empty group takes anybody's")
        #expect(simulated.validateCommit("m", generation: 1) == .unknownMemberID)
        let ids = simulated.stabilize(2)
        #expect(simulated.validateCommit() == .unknownMemberID)
        #expect(simulated.validateCommit(ids[0], generation: 1) == nil)
        #expect(simulated.validateCommit(ids[0], generation: 0) == .illegalGeneration)
        #expect(simulated.validateCommit("nobody", generation: 1) == .unknownMemberID)
        #expect(simulated.validateCommit(isTransactional: true) == nil)
        #expect(
            simulated.validateCommit("nobody", generation: 1, isTransactional: true)
                == .unknownMemberID)
        #expect(
            simulated.validateCommit(ids[0], generation: 0, isTransactional: true)
                == .illegalGeneration)
    }

    @Test func `commits between a generation and its assignment`() {
        var simulated = SimulatedGroup()
        let member = simulated.joinNamed()
        simulated.advance(ms: 3_000)
        #expect(
            simulated.validateCommit(member.id, generation: 1) == .rebalanceInProgress)
        _ = simulated.sync(member.id)
        _ = simulated.joinNamed()
        #expect(
            simulated.validateCommit(member.id, generation: 1) == nil,
            "before it rejoins a member may commit what it has read")
    }
}
