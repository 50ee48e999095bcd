import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Commits")
struct CommitStateTests {
    private let identity = GroupIdentity(groupID: "g", generation: 3, memberID: "m")
    private let first = TopicPartition(topic: "t", partition: 0)
    private let second = TopicPartition(topic: "t", partition: 1)

    private func state(_ change: (inout GroupSettings) -> Void = { _ in }) -> CommitState {
        var settings = GroupSettings()
        settings.groupID = "g"
        change(&settings)
        return CommitState(
            settings: settings, backoff: Backoff(initialMs: 100, maximumMs: 1_000),
            timeoutMs: 60_000, nowMs: 0)
    }

    private func response(_ codes: [(TopicPartition, ErrorCode)]) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = codes.map { one, code in
            var partition = OffsetCommitResponse.Partition()
            partition.partitionIndex = one.partition
            partition.errorCode = code
            var topic = OffsetCommitResponse.Topic()
            topic.name = one.topic
            topic.partitions = [partition]
            return topic
        }
        return response
    }

    @Test("are sent in the member's name, and are done once each partition is")
    func commit() throws {
        var state = state()
        let id = state.commit(
            [first: CommittedOffset(Offset(5), metadata: "x"), second: CommittedOffset(Offset(6))],
            nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        guard case .send(let request)? = state.takeActions().first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(request.generationIDOrMemberEpoch == 3)
        #expect(request.memberID == "m")
        #expect(request.topics[0].partitions.map(\.committedOffset) == [Offset(5), Offset(6)])
        #expect(request.topics[0].partitions[0].committedMetadata == "x")
        state.answered(response([(first, .none), (second, .none)]), groupID: "g", nowMs: 1)
        #expect(state.takeActions() == [.complete(id, nil)])
        #expect(state.isIdle)
    }

    @Test("that come while one is in flight wait for their own answer, the newest offset counting")
    func merging() {
        var state = state()
        let old = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        _ = state.takeActions()
        _ = state.commit([first: CommittedOffset(Offset(2))], nowMs: 0)
        let new = state.commit([first: CommittedOffset(Offset(3))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        #expect(state.takeActions() == [])
        state.answered(response([(first, .none)]), groupID: "g", nowMs: 1)
        #expect(state.takeActions() == [.complete(old, nil)])
        state.advance(as: identity, nowMs: 1)
        guard case .send(let request)? = state.takeActions().first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(request.topics[0].partitions.map(\.committedOffset) == [Offset(3)])
        state.answered(response([(first, .none)]), groupID: "g", nowMs: 2)
        #expect(state.takeActions() == [.complete(new - 1, nil), .complete(new, nil)])
    }

    @Test(
        "are sent again after an error that passes, and after a lost connection",
        arguments: [true, false])
    func retries(isAnswered: Bool) {
        var state = state()
        let id = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        _ = state.takeActions()
        if isAnswered {
            state.answered(response([(first, .notCoordinator)]), groupID: "g", nowMs: 0)
            #expect(state.takeActions() == [.report(.notCoordinator, generation: 3)])
        } else {
            state.requestFailed(nowMs: 0)
        }
        state.advance(as: identity, nowMs: 99)
        #expect(state.takeActions() == [])
        state.advance(as: identity, nowMs: 100)
        #expect(state.takeActions().count == 1)
        state.answered(response([(first, .none)]), groupID: "g", nowMs: 100)
        #expect(state.takeActions() == [.complete(id, nil)])
    }

    @Test("fail at once, those that wait too, where the client may not ask for the coordinator")
    func refused() {
        var state = state()
        let sent = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        let waiting = state.commit([first: CommittedOffset(Offset(2))], nowMs: 1)
        _ = state.takeActions()
        state.refused(.groupAuthorizationFailed, by: .findCoordinator, groupID: "g")
        let error = GroupError.refused(.findCoordinator, .groupAuthorizationFailed, group: "g")
        #expect(
            Set(state.takeActions()) == [.complete(sent, error), .complete(waiting, error)])
        state.advance(as: identity, nowMs: 100)
        #expect(state.takeActions() == [])
    }

    @Test("end with the last error where they do not succeed in time")
    func timeout() {
        var state = state()
        let id = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        _ = state.takeActions()
        state.answered(response([(first, .coordinatorLoadInProgress)]), groupID: "g", nowMs: 0)
        state.advance(as: identity, nowMs: 60_000)
        let expected = GroupError.partition(first, .coordinatorLoadInProgress, group: "g")
        #expect(state.takeActions().contains(.complete(id, expected)))
    }

    @Test(
        "of every error code end, are sent again, or say that the member has to join again",
        arguments: ErrorCode.allCases)
    func codes(code: ErrorCode) {
        var state = state()
        let id = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        _ = state.takeActions()
        state.answered(response([(first, code)]), groupID: "g", nowMs: 0)
        let actions = state.takeActions()
        let isDone = actions.contains { if case .complete(id, _) = $0 { true } else { false } }
        switch GroupReaction(code, of: .offsetCommit) {
        case .retry, .findCoordinator: #expect(!isDone && !state.isIdle)
        case .proceed: #expect(actions == [.complete(id, nil)])
        default:
            #expect(isDone && state.isIdle)
            #expect(actions.last == .report(code, generation: 3))
        }
    }

    @Test("ignore partitions that were not asked for or come twice, and miss those that lack")
    func hostileAnswers() {
        var state = state()
        let id = state.commit(
            [first: CommittedOffset(Offset(1)), second: CommittedOffset(Offset(1))], nowMs: 0)
        state.advance(as: identity, nowMs: 0)
        _ = state.takeActions()
        let strange = TopicPartition(topic: "other", partition: -7)
        state.answered(
            response([(strange, .fencedInstanceID), (first, .none), (first, .invalidGroupID)]),
            groupID: "g", nowMs: 0)
        let lacking = GroupError.invalidAnswer("the answer to a commit lacks t-1", group: "g")
        #expect(state.takeActions() == [.complete(id, lacking)])
    }

    @Test("come by themselves each interval, of positions that have moved")
    func automatic() {
        var state = state()
        let due = [4_999, 5_000, 9_999, 10_000].map { state.isAutoCommitDue(nowMs: $0) }
        #expect(due == [false, true, false, true])
        let position = CommittedOffset(Offset(7))
        state.found(position, of: first)
        state.commitTaken([first: position])
        #expect(state.isIdle)
        state.commitTaken([first: CommittedOffset(Offset(8))])
        #expect(!state.isIdle)
        var manual = self.state { $0.enableAutoCommit = false }
        let isDue = manual.isAutoCommitDue(nowMs: 100_000)
        #expect(!isDue)
    }

    @Test("of partitions that others have now fail, and are not sent, nor sent again")
    func forgotten() {
        var sent = state()
        let unknown = sent.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        sent.advance(as: identity, nowMs: 0)
        _ = sent.takeActions()
        sent.forget([first], groupID: "g")
        sent.answered(response([(first, .notCoordinator)]), groupID: "g", nowMs: 0)
        sent.advance(as: identity, nowMs: 10_000)
        #expect(
            sent.takeActions() == [
                .complete(unknown, .commitFailed(.illegalGeneration, group: "g"))
            ])

        var state = state()
        let id = state.commit([first: CommittedOffset(Offset(1))], nowMs: 0)
        state.forget([first], groupID: "g")
        #expect(
            state.takeActions() == [.complete(id, .commitFailed(.illegalGeneration, group: "g"))])
        state.advance(as: identity, nowMs: 0)
        #expect(state.takeActions() == [])
    }
}
