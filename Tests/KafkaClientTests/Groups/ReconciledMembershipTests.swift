import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Membership of a group of the consumer protocol")
struct ReconciledMembershipTests {
    typealias Run = ReconciledMembershipRun

    private func isFailure(_ actions: [MembershipAction]) -> Bool {
        actions.contains { if case .fail = $0 { true } else { false } }
    }

    @Test("joins with everything that there is to say, and then says only what has changed")
    func joining() throws {
        var run = Run(instanceID: "i", assignor: "range")
        run.find()
        let join = try run.heartbeat()
        #expect((join.groupID, join.memberID, join.memberEpoch) == ("g", "m", 0))
        #expect(join.instanceID == "i")
        #expect(join.rackID == "r")
        #expect(join.rebalanceTimeoutMs == 300_000)
        #expect(join.subscribedTopicNames == ["t"])
        #expect(join.serverAssignor == "range")
        #expect(join.topicPartitions == [])
        run.answer(epoch: 3, [0, 1])
        let actions = run.actions
        #expect(actions.first == .take([run.partition(0), run.partition(1)]))
        guard case .send(.consumerHeartbeat(let next), _)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        // It says at once that it has them.
        #expect(next.memberEpoch == 3)
        #expect(next.topicPartitions?.map(\.partitions) == [[0, 1]])
        #expect(next.instanceID == "i")
        #expect(next.rebalanceTimeoutMs == -1)
        #expect(next.subscribedTopicNames == nil)
        #expect(next.serverAssignor == nil)
        #expect(next.rackID == nil)
        run.answer()
        run.advance(4_999)
        #expect(run.actions == [])
        run.advance(1)
        #expect(try run.heartbeat().topicPartitions == nil)
    }

    @Test("takes the interval from the coordinator, and has one heartbeat in flight")
    func interval() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.advance(10_000)
        #expect(run.actions == [])
        run.answer(intervalMs: 700)
        #expect(run.member.nextDeadlineMs == run.nowMs + 700)
    }

    @Test("goes on where the right to describe some topic is taken, but does not begin without it")
    func withoutRight() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(.topicAuthorizationFailed)
        #expect(run.actions == [] && run.member.owned == [run.partition(0), run.partition(1)])
        run.advance(1_000)
        #expect(try run.heartbeat().subscribedTopicNames == ["t"])
        run.answer()
        #expect(!isFailure(run.actions))
        var new = Run()
        new.find()
        _ = try new.heartbeat()
        new.answer(.topicAuthorizationFailed)
        #expect(isFailure(new.actions))
    }

    @Test("says everything again where it does not know what became of a heartbeat")
    func lostAnswer() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.member.requestFailed(ticket: run.ticket, nowMs: run.nowMs)
        #expect(!run.member.hasCoordinator)
        run.advance(1_000)
        run.find()
        let again = try run.heartbeat()
        #expect(again.memberEpoch == 3)
        #expect(again.subscribedTopicNames == ["t"])
        #expect(again.rebalanceTimeoutMs == 300_000)
        #expect(again.topicPartitions?.map(\.partitions) == [[0, 1]])
    }

    @Test(
        "that is fenced or forgotten loses its partitions, and joins again under its name",
        arguments: [ErrorCode.fencedMemberEpoch, .unknownMemberID, .groupIDNotFound])
    func fenced(code: ErrorCode) throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(code)
        #expect(run.actions == [.lose([run.partition(0), run.partition(1)])])
        #expect(run.member.generation == -1)
        run.advance(200)
        let again = try run.heartbeat()
        #expect((again.memberEpoch, again.memberID) == (0, "m"))
        #expect(again.topicPartitions == [])
        #expect(again.subscribedTopicNames == ["t"])
    }

    @Test(
        "leaves with −1, or −2 where it will be back, after it has given up everything",
        arguments: ["", "i"])
    func closing(instanceID: String) throws {
        var run = try Run.stable(instanceID: instanceID)
        run.member.close(nowMs: run.nowMs)
        #expect(run.actions == [.revoke([run.partition(0), run.partition(1)])])
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 4, [1])
        #expect(run.actions == [])
        run.member.revoked(nowMs: run.nowMs)
        let leave = try run.heartbeat()
        #expect(leave.memberEpoch == (instanceID.isEmpty ? -1 : -2))
        #expect(leave.instanceID == (instanceID.isEmpty ? nil : instanceID))
        run.answer(.unknownMemberID)
        #expect(run.actions == [.left])
    }

    @Test("leaves also where a join is on its way, and without a word where nobody knows it")
    func closingEarly() throws {
        var joining = Run()
        joining.find()
        _ = try joining.heartbeat()
        joining.member.close(nowMs: joining.nowMs)
        #expect(try joining.heartbeat().memberEpoch == -1)

        var unknown = Run()
        unknown.member.close(nowMs: unknown.nowMs)
        #expect(unknown.actions == [.left])
    }

    @Test("leaves where nobody takes records, and joins once somebody does")
    func idle() throws {
        var run = try Run.stable()
        run.advance(300_000)
        let actions = run.actions
        #expect(actions.first == .lose([run.partition(0), run.partition(1)]))
        guard case .send(.consumerHeartbeat(let leave), _)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(leave.memberEpoch == -1)
        #expect(run.member.nextDeadlineMs == nil)
        run.answer(epoch: -1)
        run.member.polled(nowMs: run.nowMs)
        #expect(try run.heartbeat().memberEpoch == 0)
    }

    @Test(
        "never is left without a next step, whichever request gets which code",
        arguments: ErrorCode.allCases)
    func nextStep(code: ErrorCode) throws {
        func expectNextStep(_ run: inout Run) {
            let actions = run.actions
            if run.member.phase == .ended { return #expect(isFailure(actions), "\(code.name)") }
            let isDue = run.member.nextDeadlineMs.map { $0 <= run.nowMs + 45_000 } ?? false
            #expect(!actions.isEmpty || isDue, "\(code.name)")
        }
        var finding = Run()
        finding.find(code)
        expectNextStep(&finding)

        var joining = Run()
        joining.find()
        _ = try joining.heartbeat()
        joining.answer(code, epoch: 1, [])
        expectNextStep(&joining)

        var staying = try Run.stable()
        staying.advance(5_000)
        _ = try staying.heartbeat()
        staying.answer(code)
        expectNextStep(&staying)

        // Whoever closes gets out, whatever the coordinator says.
        var closing = try Run.stable()
        closing.advance(5_000)
        _ = try closing.heartbeat()
        closing.member.close(nowMs: closing.nowMs)
        closing.answer(code)
        closing.member.revoked(nowMs: closing.nowMs)
        _ = closing.actions
        if closing.member.phase == .leaving {
            closing.answer(code)
            #expect(closing.actions.last == .left)
        }
        #expect(closing.member.phase == .ended, "\(code.name)")
    }

    @Test(
        "ends with the remedy where it would be refused again",
        arguments: [
            (ErrorCode.unsupportedAssignor, "group.remote.assignor"),
            (.unreleasedInstanceID, "group.instance.id"), (.groupMaxSizeReached, "group.max.size"),
            (.unsupportedVersion, "group.protocol=classic"), (.groupIDNotFound, "group.id"),
            (.fencedInstanceID, "group.instance.id=i"), (.groupAuthorizationFailed, "READ"),
        ])
    func refusals(code: ErrorCode, remedy: String) throws {
        var run = Run(instanceID: "i")
        run.find()
        _ = try run.heartbeat()
        run.answer(code)
        guard case .fail(let error)? = run.actions.last else {
            Issue.record("\(code.name) did not end it")
            return
        }
        #expect("\(error)".contains(remedy), "\(error)")
    }

    @Test("ends where the coordinator's answer makes no sense")
    func nonsense() throws {
        func joined() throws -> Run {
            var run = Run()
            run.find()
            _ = try run.heartbeat()
            return run
        }
        for epoch in [Int32(0), -1, .min] {
            var run = try joined()
            run.answer(epoch: epoch, [0])
            #expect(isFailure(run.actions), "epoch \(epoch)")
        }
        for interval in [Int32(0), -1] {
            var run = try joined()
            run.answer(epoch: 1, intervalMs: interval, [0])
            #expect(isFailure(run.actions), "interval \(interval)")
        }
        var negative = try joined()
        negative.answer(epoch: 1, [-1])
        #expect(isFailure(negative.actions))
        var nameless = try joined()
        nameless.answer(epoch: 1, [0], of: .none)
        #expect(isFailure(nameless.actions))
    }

    @Test("ignores an answer that nobody waits for any more")
    func staleAnswers() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer()
        run.answer(.unknownMemberID)
        #expect(run.actions == [])
        #expect(run.member.phase == .stable)
    }

    @Test("asks the coordinator at once where a commit is refused to it as to a stranger")
    func refusedCommit() throws {
        var run = try Run.stable()
        run.member.committed(with: .unknownMemberID, generation: 3, nowMs: run.nowMs)
        #expect(try run.heartbeat().memberEpoch == 3)
        var lost = try Run.stable()
        lost.member.committed(with: .notCoordinator, generation: 3, nowMs: lost.nowMs)
        #expect(!lost.member.hasCoordinator)
        #expect(lost.member.owned.count == 2)
    }
}
