import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("What a member of a share group asks for and acknowledges")
struct ShareFetchStateTests {
    typealias Run = ShareFetchRun

    @Test("it asks once somebody waits, and then names only what the session does not know")
    func asking() throws {
        var run = Run.asking([0, 1])
        run.state.isWanted = false
        #expect(run.actions() == [])
        run.state.isWanted = true
        let first = try run.fetch()
        #expect((first.groupID, first.memberID, first.shareSessionEpoch) == ("g", "m", 0))
        #expect(first.topics.map(\.topicID) == [Run.topicID])
        #expect(first.topics.flatMap(\.partitions).map(\.partitionIndex) == [0, 1])
        #expect((first.maxRecords, first.batchSize, first.maxWaitMs) == (500, 500, 500))
        // One request at a time.
        #expect(run.actions(after: 10_000) == [])
        try run.answerFetch()
        // Nothing has come, and somebody still waits.
        let next = try run.fetch()
        #expect(next.shareSessionEpoch == 1)
        #expect(next.topics == [] && next.forgottenTopicsData == [])
        run.state.remove([run.partition(1)])
        try run.answerFetch()
        let third = try run.fetch()
        #expect(third.shareSessionEpoch == 2)
        #expect(third.forgottenTopicsData.map(\.partitions) == [[1]])
    }

    @Test("it hands out the records that are its own, and asks for no more while they wait")
    func handingOut() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 9, acquired: [(1, 4, 1), (7, 8, 2)])
        #expect(run.actions() == [])
        let records = try run.state.take() ?? []
        #expect(records.count == 1)
        #expect(records[0].lockTimeoutMs == 30_000)
        #expect(
            try values(of: records[0]) == ["1:1x1", "2:2x1", "3:3x1", "4:4x1", "7:7x2", "8:8x2"])
        // The next fetch accepts them where the application asks again.
        run.state.acceptHeld()
        let next = try run.fetch()
        #expect(next.topics.acknowledged == ["1-4:1", "7-8:1"])
        try run.answerFetch()
        #expect(run.state.hasSaidAll)
        let refusals = run.state.takeRefusals()
        #expect(refusals == [:])
        #expect(run.state.refusedCount == 0)
    }

    @Test("what is said of a record last holds, and only of records that it has")
    func explicit() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 9, acquired: [(0, 8, 1)])
        #expect(throws: Run.NotHeld.self) { try run.say(0, 2, .accept) }
        _ = try run.state.take()
        #expect(throws: Run.NotHeld.self) { try run.say(0, 9, .accept) }
        try run.say(0, 3, .accept)
        try run.say(4, 4, .release)
        try run.say(5, 5, .reject)
        // It has said what became of this one.
        #expect(throws: Run.NotHeld.self) { try run.say(5, 5, .accept) }
        let next = try run.fetch()
        #expect(next.topics.acknowledged == ["0-3:1", "4-4:2", "5-5:3"])
        try run.say(6, 8, .accept)
        try run.answerFetch()
        #expect(try run.fetch().topics.acknowledged == ["6-8:1"])
    }

    @Test("a renewal goes at once and alone, and the records stay its own")
    func renewal() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.isWanted = false
        try run.say(0, 1, .renew)
        let renewal = try run.acknowledgement()
        #expect(renewal.isRenewAck)
        #expect(renewal.shareSessionEpoch == 1)
        #expect(renewal.topics.acknowledged == ["0-1:4"])
        run.answerAcknowledgement()
        try run.say(0, 2, .accept)
        run.state.isWanted = true
        let next = try run.fetch()
        #expect(next.shareSessionEpoch == 2)
        #expect(next.topics.acknowledged == ["0-2:1"])
    }

    @Test(
        "acknowledgements go alone where no fetch goes, and for partitions that are another's now")
    func alone() throws {
        var run = Run.asking([0, 1])
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.remove([run.partition(0)])
        run.state.acceptHeld()
        let alone = try run.acknowledgement()
        #expect(!alone.isRenewAck)
        #expect(alone.topics.acknowledged == ["0-2:1"])
        run.answerAcknowledgement(partitionCode: .invalidRecordState)
        let refusals = run.state.takeRefusals()
        #expect(refusals == [run.partition(0): .invalidRecordState])
        #expect(run.state.refusedCount == 3)
        #expect(try run.fetch().forgottenTopicsData.map(\.partitions) == [[0]])
    }

    @Test("what it got of a partition that it loses, and nobody has taken, goes back")
    func losing() throws {
        var run = Run.asking([0, 1])
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        run.state.remove([run.partition(0)])
        let taken = try run.state.take()
        #expect(taken?.count == nil)
        #expect(try run.acknowledgement().topics.acknowledged == ["0-2:2"])
        // Also what comes after that.
        var late = Run.asking()
        _ = try late.fetch()
        late.state.remove([late.partition(0)])
        try late.answerFetch(count: 3, acquired: [(0, 2, 1)])
        let lateTaken = try late.state.take()
        #expect(lateTaken?.count == nil)
        #expect(try late.acknowledgement().topics.acknowledged == ["0-2:2"])
    }

    @Test(
        "a session that is gone is opened again, and what the old one had is not acknowledged in it",
        arguments: [
            ErrorCode.shareSessionNotFound, .invalidShareSessionEpoch, .shareSessionLimitReached,
            .unknownMemberID,
        ])
    func sessions(code: ErrorCode) throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.acceptHeld()
        #expect(try run.fetch().topics.acknowledged == ["0-2:1"])
        try run.answerFetch(code)
        #expect(run.actions() == [])
        let again = try run.fetch(after: 200)
        #expect(again.shareSessionEpoch == 0)
        #expect(again.topics.flatMap(\.partitions).count == 1)
        #expect(again.topics.acknowledged == [])
        let refusals = run.state.takeRefusals()
        #expect(refusals == [run.partition(0): code])
        #expect(run.state.refusedCount == 3)
        // The broker gives the records again, and only then they can be acknowledged.
        try run.answerFetch(count: 3, acquired: [(0, 2, 2)])
        _ = try run.state.take()
        run.state.acceptHeld()
        let next = try run.fetch()
        #expect(next.shareSessionEpoch == 1)
        #expect(next.topics.acknowledged == ["0-2:1"])
        try run.answerFetch()
        #expect(run.state.refusedCount == 3)
    }

    @Test("with a session goes what was handed out of it", arguments: [true, false])
    func heldRecords(isImplicit: Bool) throws {
        var run = Run.asking()
        if !isImplicit {
            run = Run { $0.acknowledgementMode = .explicit }
            run.state.add([run.partition(0)])
            run.lead([0], by: 1)
            run.state.isWanted = true
        }
        _ = try run.fetch()
        try run.answerFetch(count: 6, acquired: [(0, 5, 1)])
        _ = try run.state.take()
        run.state.isWanted = false
        try run.say(0, 0, .renew)
        _ = try run.acknowledgement()
        run.state.requestFailed(ticket: run.ticket, nowMs: run.nowMs)
        #expect(throws: Run.NotHeld.self) { try run.say(1, 5, .accept) }
        run.state.acceptHeld()
        run.state.isWanted = true
        #expect(run.actions() == [.refreshMetadata])
        #expect(try run.fetch(after: 200).topics.acknowledged == [])
        // The renewal and, where asking for more would have accepted them, the records.
        #expect(run.state.refusedCount == (isImplicit ? 7 : 1))
    }

    @Test("what an answer does not name is refused")
    func unnamed() throws {
        var run = Run.asking([0, 1])
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.acceptHeld()
        #expect(try run.fetch().topics.acknowledged == ["0-2:1"])
        try run.answerFetch(partition: 1)
        let refusals = run.state.takeRefusals()
        #expect(refusals == [run.partition(0): .invalidRecordState])
        #expect(run.state.refusedCount == 3)
    }

    @Test("answers name a topic by an id that it had before, too")
    func recreatedTopic() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.acceptHeld()
        run.state.isWanted = false
        _ = try run.acknowledgement()
        run.state.leads(
            [:], topicIDs: ["t": TopicID(mostSignificantBits: 9, leastSignificantBits: 9)])
        run.answerAcknowledgement()
        #expect(run.state.refusedCount == 0)
        #expect(run.state.hasSaidAll)
    }

    @Test("as many records as there are numbers, again and again, are counted without a crash")
    func hostileCounts() throws {
        var run = Run.asking()
        for _ in 0..<3 {
            _ = try run.fetch(after: 2_000)
            try run.answerFetch(acquired: [(0, .max - 1, 1)])
            _ = try run.fetch()
            run.state.requestFailed(ticket: run.ticket, nowMs: run.nowMs)
        }
        #expect(run.state.refusedCount == .max)
    }

    @Test("what a lost connection has taken along is not acknowledged, as far as anybody knows")
    func lostConnection() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)])
        _ = try run.state.take()
        run.state.acceptHeld()
        _ = try run.fetch()
        run.state.requestFailed(ticket: run.ticket, nowMs: run.nowMs)
        #expect(run.actions() == [.refreshMetadata])
        let refusals = run.state.takeRefusals()
        #expect(refusals == [run.partition(0): .networkException])
        let again = try run.fetch(after: 200)
        #expect(again.shareSessionEpoch == 0)
        #expect(again.topics.acknowledged == [])
    }

    @Test("another leader is asked once it is known; a refusal for good is told")
    func leaders() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(partitionCode: .notLeaderOrFollower)
        #expect(run.actions() == [.refreshMetadata])
        run.lead([0], by: 2)
        guard case .fetch(let broker, let request, _)? = run.actions(after: 200).last else {
            Issue.record("it asks nobody")
            return
        }
        #expect(broker == 2)
        #expect(request.shareSessionEpoch == 0)
        try run.answerFetch(partitionCode: .topicAuthorizationFailed)
        #expect(throws: ConsumerError.self) { _ = try run.state.take() }
        // The whole request.
        _ = try run.fetch(after: 500)
        try run.answerFetch(.groupAuthorizationFailed)
        #expect(throws: GroupError.self) { _ = try run.state.take() }
    }

    @Test("who closes says what it has to say, closes its sessions, and gives back the rest")
    func closing() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 6, acquired: [(0, 5, 1)])
        _ = try run.state.take()
        try run.say(0, 1, .accept)
        run.state.close()
        #expect(!run.state.hasClosed)
        let last = try run.acknowledgement()
        #expect(last.shareSessionEpoch == -1)
        #expect(last.topics.acknowledged == ["0-1:1"])
        run.answerAcknowledgement()
        #expect(run.state.hasClosed)
        #expect(run.actions(after: 10_000) == [])
    }

    @Test("answers for nobody are ignored")
    func strayAnswers() throws {
        var run = Run.asking()
        _ = try run.fetch()
        try run.answerFetch(count: 3, acquired: [(0, 2, 1)], partition: 7)
        let taken = try run.state.take()
        #expect(taken?.count == nil)
        run.state.acknowledged(ShareAcknowledgeResponse(), ticket: 99, nowMs: run.nowMs)
        run.state.requestFailed(ticket: 99, nowMs: run.nowMs)
        #expect(run.state.refusedCount == 0)
        #expect(try run.fetch().shareSessionEpoch == 1)
    }
}
