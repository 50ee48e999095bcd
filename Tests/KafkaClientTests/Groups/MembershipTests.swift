import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Membership of a group")
struct MembershipTests {
    @Test(
        "begins with a look-up, takes the name that it is given, joins, and consumes what it is assigned"
    )
    func firstJoin() throws {
        var run = MembershipRun()
        run.find()
        let first = try run.join()
        #expect(first.memberID == "")
        #expect(first.protocols.map(\.name) == ["range", "cooperative-sticky"])
        run.answerJoin(.memberIDRequired, memberID: "m-1")
        #expect(try run.join().memberID == "m-1")
        run.answerJoin(memberID: "m-1", generation: 3, leader: "other")
        #expect(try run.sync().assignments == [])
        run.answerSync([run.partition(0), run.partition(1)])
        #expect(run.actions == [.take([run.partition(0), run.partition(1)])])
        #expect(run.member.phase == .stable)
        #expect(run.member.generation == 3)
    }

    @Test(
        "divides the partitions where it leads, and not where the coordinator keeps the assignment")
    func leading() throws {
        var run = MembershipRun()
        run.find()
        _ = try run.join()
        run.answerJoin(memberID: "m", generation: 1, leader: "m", members: ["m", "n"])
        guard case .assign(.range, let members)? = run.actions.last else {
            Issue.record("\(run.actions)")
            return
        }
        #expect(members.map(\.memberID) == ["m", "n"])
        run.member.assigned(["m": [run.partition(0)], "n": []], nowMs: run.nowMs)
        #expect(try run.sync().assignments.map(\.memberID) == ["m", "n"])

        var kept = MembershipRun()
        kept.find()
        _ = try kept.join()
        kept.answerJoin(memberID: "m", generation: 1, leader: "m", skipAssignment: true)
        #expect(try kept.sync().assignments == [])
    }

    @Test("sends a heartbeat an interval, and one at a time")
    func heartbeats() throws {
        var run = MembershipRun.stable()
        run.advance(2_999)
        #expect(run.actions == [])
        run.advance(1)
        #expect(try run.heartbeat().generationID == 3)
        run.advance(10_000)
        #expect(run.actions == [])
        run.answerHeartbeat(.none)
        #expect(run.member.nextDeadlineMs == run.nowMs + 3_000)
    }

    @Test("looks for another coordinator where no heartbeat is answered for a session")
    func silentCoordinator() throws {
        var run = MembershipRun.stable()
        run.advance(3_000)
        _ = try run.heartbeat()
        run.advance(45_000)
        #expect(!run.member.hasCoordinator)
        run.advance(100)
        #expect(run.member.lookUpTicket != nil)
        #expect(run.member.owned.count == 2)
    }

    @Test("eager: gives up everything before it joins again, and waits for the application")
    func eager() throws {
        var run = MembershipRun.stable()
        run.advance(3_000)
        _ = try run.heartbeat()
        run.answerHeartbeat(.rebalanceInProgress)
        #expect(run.actions == [.revoke([run.partition(0), run.partition(1)])])
        run.advance(3_000)
        #expect(try run.heartbeat().memberID == "m")
        run.answerHeartbeat(.rebalanceInProgress)
        run.member.revoked(nowMs: run.nowMs)
        let join = try run.join()
        #expect(join.memberID == "m")
        let metadata = join.protocols[0].metadata.array
        let subscription = try unsafe ConsumerProtocolSubscription(decoding: metadata.span.bytes)
        #expect(subscription.ownedPartitions == [])
        #expect(subscription.generationID == 3)
    }

    @Test("cooperative: keeps what stays, gives up the rest, and joins again after that")
    func cooperative() throws {
        var run = MembershipRun.stable(assignors: [.cooperativeSticky])
        run.advance(3_000)
        _ = try run.heartbeat()
        run.answerHeartbeat(.rebalanceInProgress)
        let join = try run.join()
        let metadata = join.protocols[0].metadata.array
        let subscription = try unsafe ConsumerProtocolSubscription(decoding: metadata.span.bytes)
        #expect(subscription.ownedPartitions.flatMap(\.topicPartitions).count == 2)
        run.answerJoin(
            memberID: "m", generation: 4, leader: "other", assignor: .cooperativeSticky)
        _ = try run.sync()
        run.answerSync([run.partition(1), run.partition(2)])
        #expect(run.actions == [.revoke([run.partition(0)]), .take([run.partition(2)])])
        run.member.revoked(nowMs: run.nowMs)
        _ = try run.join()
        #expect(run.member.owned == [run.partition(1), run.partition(2)])
    }

    @Test("sticky says what it had and when, so that it gets it again")
    func sticky() throws {
        var run = MembershipRun.stable(assignors: [.sticky])
        run.member.rejoin(nowMs: run.nowMs)
        run.member.revoked(nowMs: run.nowMs)
        let join = try run.join()
        var member = JoinGroupResponse.Member()
        member.metadata = join.protocols[0].metadata
        let seen = try SubscribedMember(member, assignor: .sticky)
        #expect(seen.owned == [run.partition(0), run.partition(1)])
        #expect(seen.generation == 3)
    }

    @Test("leaves where nobody takes records, and joins under another name once somebody does")
    func idle() throws {
        var run = MembershipRun.stable()
        for _ in 0..<99 {
            run.advance(3_000)
            _ = try run.heartbeat()
            run.answerHeartbeat(.none)
        }
        run.advance(3_000)
        #expect(run.actions.first == .lose([run.partition(0), run.partition(1)]))
        #expect(run.member.phase == .idle)
        #expect(run.member.nextDeadlineMs == nil)
        run.member.polled(nowMs: run.nowMs)
        #expect(try run.join().memberID == "")
    }

    @Test("closes: gives up everything, then leaves; a static member goes without a word")
    func closing() throws {
        var run = MembershipRun.stable()
        run.member.close(nowMs: run.nowMs)
        #expect(run.actions == [.revoke([run.partition(0), run.partition(1)])])
        run.member.revoked(nowMs: run.nowMs)
        guard case .send(.leave(let request), let ticket)? = run.actions.last else {
            Issue.record("\(run.actions)")
            return
        }
        #expect(request.members.map(\.memberID) == ["m"])
        run.member.answered(.leave(.unknownMemberID), ticket: ticket, nowMs: run.nowMs)
        #expect(run.actions == [.left])

        var fixed = MembershipRun.stable(instanceID: "i")
        fixed.member.close(nowMs: fixed.nowMs)
        fixed.member.revoked(nowMs: fixed.nowMs)
        #expect(fixed.actions.last == .left)
    }

    @Test("ignores an answer that nobody waits for any more")
    func staleAnswers() throws {
        var run = MembershipRun.stable()
        run.advance(3_000)
        _ = try run.heartbeat()
        let ticket = run.ticket
        run.answerHeartbeat(.unknownMemberID)
        _ = run.actions
        let before = run.member.phase
        run.member.answered(.heartbeat(.fencedInstanceID), ticket: ticket, nowMs: run.nowMs)
        #expect(run.member.phase == before)
    }

    @Test(
        "refuses what makes no sense",
        arguments: [
            [UInt8](), [0, 0, 0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 1, 255, 255, 255, 255],
            [0, 0, 255, 255, 255, 255, 0], [255, 255], [0],
        ])
    func hostileAssignments(bytes: [UInt8]) throws {
        var run = MembershipRun()
        run.find()
        _ = try run.join()
        run.answerJoin(memberID: "m", generation: 1, leader: "other")
        _ = try run.sync()
        var response = SyncGroupResponse()
        response.assignment = OpaqueBytes(bytes)
        run.member.answered(.sync(response), ticket: run.ticket, nowMs: run.nowMs)
        // No bytes are no partitions.
        #expect(run.member.phase == (bytes.isEmpty ? .stable : .ended))
    }
}
