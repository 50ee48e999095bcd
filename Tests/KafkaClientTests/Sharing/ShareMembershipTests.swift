import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Membership of a share group")
struct ShareMembershipTests {
    typealias Run = ReconciledMembershipRun

    private func heartbeat(_ run: inout Run) throws -> ShareGroupHeartbeatRequest {
        guard case .send(.shareHeartbeat(let request), _)? = run.actions.last else {
            throw ProtocolBroken()
        }
        return request
    }

    @Test("joins with its topics and its rack, says neither again, and leaves")
    func talk() throws {
        var run = Run(kind: .share, instanceID: "i")
        run.find()
        let join = try heartbeat(&run)
        #expect((join.groupID, join.memberID, join.memberEpoch) == ("g", "m", 0))
        #expect(join.subscribedTopicNames == ["t"])
        #expect(join.rackID == "r")
        run.answer(epoch: 3, [0, 1])
        #expect(run.actions.first == .take([run.partition(0), run.partition(1)]))
        run.answer(epoch: 3)
        run.advance(5_000)
        let next = try heartbeat(&run)
        #expect(next.memberEpoch == 3)
        #expect(run.member.joinCount == 1)
        #expect(next.subscribedTopicNames == nil && next.rackID == nil)
        run.answer(epoch: 4, [1, 2])
        #expect(run.actions.first == .revoke([run.partition(0)]))
        run.member.revoked(nowMs: run.nowMs)
        #expect(run.actions.first == .take([run.partition(2)]))
        run.answer(epoch: 4)
        run.member.close(nowMs: run.nowMs)
        run.member.revoked(nowMs: run.nowMs)
        // Not as a static member, which would come back.
        #expect(try heartbeat(&run).memberEpoch == -1)
        run.answer()
        #expect(run.actions == [.left])
    }

    @Test(
        "joins again where the group has gone on without it",
        arguments: [ErrorCode.unknownMemberID, .fencedMemberEpoch, .groupIDNotFound])
    func fenced(code: ErrorCode) throws {
        var run = Run(kind: .share)
        run.find()
        _ = run.actions
        run.answer(epoch: 3, [0])
        _ = run.actions
        run.answer(code)
        #expect(run.actions.first == .lose([run.partition(0)]))
        run.advance(200)
        #expect(try heartbeat(&run).memberEpoch == 0)
        #expect(run.member.joinCount == 2)
    }

    @Test(
        "ends where it cannot join, and says why",
        arguments: [
            (ErrorCode.unsupportedVersion, "no share groups"), (.groupIDNotFound, "group.id"),
            (.groupMaxSizeReached, "fewer members"), (.groupAuthorizationFailed, "READ"),
        ])
    func refusals(code: ErrorCode, words: String) throws {
        var run = Run(kind: .share)
        run.find()
        _ = run.actions
        run.answer(code)
        guard case .fail(let error)? = run.actions.last else {
            Issue.record("it goes on")
            return
        }
        #expect("\(error)".contains(words))
        #expect("\(error)".contains("group g"))
    }

    @Test(
        "settings without a meaning in a share group are refused by name",
        arguments: [
            ("auto.offset.reset", "earliest"), ("enable.auto.commit", "true"),
            ("group.instance.id", "a"), ("isolation.level", "read_committed"),
            ("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "100"),
            ("partition.assignment.strategy", "range"), ("group.protocol", "consumer"),
        ])
    func foreignSettings(name: String, value: String) throws {
        let settings = ["bootstrap.servers": "a:1", "group.id": "g"]
        _ = try ClientSettings(ofShareConsumer: settings.merging(["max.poll.records": "7"]) { $1 })
        #expect {
            _ = try ClientSettings(ofShareConsumer: settings.merging([name: value]) { $1 })
        } throws: { "\($0)".hasPrefix("\(name) cannot be set for a share consumer: ") }
    }
}
