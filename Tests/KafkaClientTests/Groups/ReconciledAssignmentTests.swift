import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("What a member of the consumer protocol has, and is to have,")
struct ReconciledAssignmentTests {
    typealias Run = ReconciledMembershipRun

    @Test("gives up what others are to have, waits for it, takes the rest, and says so")
    func moving() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 3, [1, 2])
        #expect(run.actions == [.revoke([run.partition(0)])])
        // Heartbeats go on, and say nothing new.
        run.advance(5_000)
        let meanwhile = try run.heartbeat()
        #expect(meanwhile.topicPartitions == nil)
        run.answer(epoch: 3)
        run.member.revoked(nowMs: run.nowMs)
        let actions = run.actions
        #expect(actions.first == .take([run.partition(2)]))
        guard case .send(.consumerHeartbeat(let told), _)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(told.topicPartitions?.map(\.partitions) == [[1, 2]])
        #expect(run.member.owned == [run.partition(1), run.partition(2)])
        run.answer(epoch: 4)
        #expect(run.member.generation == 4)
    }

    @Test(
        "says at once what it has given up while a heartbeat was in flight, as soon as that is answered"
    )
    func movingWhileInFlight() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 3, [1, 2])
        _ = run.actions
        run.advance(5_000)
        #expect(try run.heartbeat().topicPartitions == nil)
        run.member.revoked(nowMs: run.nowMs)
        #expect(run.actions == [.take([run.partition(2)])])
        run.answer(epoch: 3)
        #expect(try run.heartbeat().topicPartitions?.map(\.partitions) == [[1, 2]])
        run.answer(epoch: 4)
        #expect(run.actions == [])
        #expect(run.member.nextDeadlineMs == run.nowMs + 5_000)
    }

    @Test(
        "asks at once whether it is in the group where a commit says no, also with a heartbeat in flight"
    )
    func doubt() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.member.committed(with: .unknownMemberID, generation: 3, nowMs: run.nowMs)
        #expect(run.actions == [])
        run.answer(epoch: 3)
        _ = try run.heartbeat()
        run.answer(epoch: 3)
        #expect(run.actions == [])
    }

    @Test("has nothing to say to an assignment that it has already")
    func sameAssignment() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 4, [0, 1])
        #expect(run.actions == [])
        #expect(run.member.nextDeadlineMs == run.nowMs + 5_000)
    }

    @Test("goes on to the newest assignment where another came while it gave up partitions")
    func newerAssignment() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 3, [1])
        _ = run.actions
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 4, [5])
        #expect(run.actions == [])
        run.member.revoked(nowMs: run.nowMs)
        #expect(run.actions == [.revoke([run.partition(1)])])
        run.member.revoked(nowMs: run.nowMs)
        #expect(run.actions.first == .take([run.partition(5)]))
        #expect(run.member.owned == [run.partition(5)])
    }

    @Test("waits for the names of topics that only their ids are known of, asking again and again")
    func names() throws {
        var run = Run(knowsTopic: false)
        run.find()
        _ = try run.heartbeat()
        run.answer(epoch: 1, [0])
        let first = run.actions
        #expect(first.contains(.take([])))
        #expect(first.contains(.refreshTopics))
        run.member.noticed([:], nowMs: run.nowMs)
        #expect(!run.actions.contains(.refreshTopics))
        run.advance(200)
        #expect(run.actions.contains(.refreshTopics))
        run.member.noticed([Run.topicID: "t"], nowMs: run.nowMs)
        #expect(run.actions.contains(.take([run.partition(0)])))
        #expect(run.member.namesDueMs == nil)
    }

    @Test("a topic that was made anew is another one: it is given up, and taken")
    func anotherTopic() throws {
        var run = try Run.stable([0])
        let other = TopicID(mostSignificantBits: 7, leastSignificantBits: 7)
        run.member.noticed([other: "t"], nowMs: run.nowMs)
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 4, [0], of: other)
        #expect(run.actions == [.revoke([run.partition(0)])])
        run.member.revoked(nowMs: run.nowMs)
        #expect(run.actions.first == .take([run.partition(0)]))
    }

    @Test("that is fenced while it gives up partitions does not wait for that")
    func fencedWhileRevoking() throws {
        var run = try Run.stable()
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(epoch: 4, [1])
        _ = run.actions
        run.advance(5_000)
        _ = try run.heartbeat()
        run.answer(.fencedMemberEpoch)
        #expect(run.actions == [.lose([run.partition(0), run.partition(1)])])
        #expect(run.member.phase == .joining)
    }
}
