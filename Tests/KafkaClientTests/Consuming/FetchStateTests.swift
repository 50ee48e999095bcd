import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Fetching")
struct FetchStateTests {
    @Test("asks each leader for its partitions, once, and goes on behind what came")
    func positions() throws {
        var run = FetchRun.fetching([0: 7, 1: 0])
        let request = try run.fetch()
        #expect(request.minBytes == 1)
        #expect(request.maxWaitMs == 500)
        #expect(request.maxBytes == 52_428_800)
        let asked = request.topics[0].partitions
        #expect(asked.map(\.fetchOffset) == [Offset(7), .zero])
        #expect(asked.map(\.currentLeaderEpoch.rawValue) == [5, 5])
        #expect(asked.allSatisfy { $0.partitionMaxBytes == 1_048_576 })
        #expect(run.actions(after: 100) == [])

        run.answerFetch([(0, try storedBatch(["a", "b"], base: 6), .none), (1, [], .none)])
        let next = try run.fetch()
        // What had records stands behind what had none.
        #expect(next.topics[0].partitions.map(\.partition) == [1, 0])
        #expect(next.topics[0].partitions.map(\.fetchOffset) == [.zero, Offset(8)])
        let taken = try #require(try run.state.take())
        #expect(try values(of: taken) == ["7:b"])
        #expect(taken.highWatermark == Offset(100))
        #expect(try run.state.take() == nil)
    }

    @Test("looks at the partition that something came for, and not at a thousand others")
    func work() throws {
        var run = FetchRun.fetching(
            Dictionary(uniqueKeysWithValues: (0..<1_000).map { (Int32($0), 0) }))
        #expect(try run.fetch().topics[0].partitions.count == 1_000)
        run.answerFetch(
            try (0..<1_000).map {
                ($0, $0 == 5 ? try storedBatch(["a"], base: 0) : [], .none)
            }, session: 9)
        // Of the others the session knows.
        let next = try run.fetch()
        #expect(next.topics.flatMap { $0.partitions.map(\.partition) } == [5])
        run.answerFetch([(7, try storedBatch(["b"], base: 0), .none)], session: 9)
        #expect(run.state.due.take(nowMs: run.nowMs) == [])
        _ = try run.state.take()
        #expect(run.state.due.take(nowMs: run.nowMs) == [run.partition(5)])
        #expect(run.actions() != [])
    }

    @Test("asks the next leader once the last one has answered, and takes nothing twice")
    func movingWhileAsked() throws {
        var run = FetchRun.fetching([0: 0, 1: 0])
        _ = try run.fetch()
        let first = run.ticket
        run.lead([0], by: 2, epoch: 6)
        #expect(run.actions() == [])
        run.answerFetch([(0, try storedBatch(["a"], base: 0), .none), (1, [], .none)])
        let asked = run.actions().compactMap { action -> (Int32, [Int32])? in
            guard case .fetch(let broker, let request, _, _) = action else { return nil }
            return (broker, request.topics.flatMap { $0.partitions.map(\.partition) })
        }
        #expect(asked.map(\.0) == [1, 2] && asked.map(\.1) == [[1], [0]])
        #expect(first != run.ticket)
        #expect(try values(of: #require(try run.state.take())) == ["0:a"])
        #expect(try run.state.take() == nil)
    }

    @Test("asks two leaders at the same time")
    func brokers() throws {
        var run = FetchRun.fetching([0: 0, 1: 0])
        run.lead([1], by: 2, epoch: 6)
        let brokers = run.actions().compactMap {
            if case .fetch(let broker, _, _, _) = $0 { broker } else { nil }
        }
        #expect(brokers == [1, 2])
    }

    @Test("waits with what is not taken, of a partition and of all")
    func bounds() throws {
        let batch = try storedBatch([String(repeating: "x", count: 1_000)], base: 0)
        var run = FetchRun.fetching([0: 0, 1: 0]) { $0.maxPartitionFetchBytes = 1_000 }
        _ = try run.fetch()
        run.answerFetch([(0, batch, .none), (1, [], .none)])
        #expect(try run.fetch().topics[0].partitions.map(\.partition) == [1])

        var all = FetchRun.fetching([0: 0, 1: 0]) { $0.fetchMaxBytes = 1_000 }
        _ = try all.fetch()
        all.answerFetch([(0, batch, .none), (1, [], .none)])
        #expect(all.actions() == [])
        _ = try all.state.take()
        #expect(try all.fetch().topics[0].partitions.count == 2)
    }

    @Test("hands out nothing of a paused partition, and loses nothing of it")
    func pausing() throws {
        var run = FetchRun.fetching([0: 0])
        _ = try run.fetch()
        run.answerFetch([(0, try storedBatch(["a"], base: 0), .none)])
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [Offset(1)])
        run.state.pause([run.partition(0)])
        #expect(try run.state.take() == nil)
        #expect(run.state.queue.byteCount == 0)
        // What was asked for before the pause is void.
        run.answerFetch([(0, try storedBatch(["b"], base: 1), .none)])
        #expect(try run.state.take() == nil)
        #expect(run.actions() == [])
        run.state.resume([run.partition(0)])
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [.zero])
    }

    @Test("names topics by their ids, in the versions that have them, once they are known")
    func ids() throws {
        var run = FetchRun.fetching([0: 3])
        func version(_ actions: [FetchState.Action]) -> Int16? {
            for case .fetch(_, _, let version, _) in actions { return version }
            return nil
        }
        #expect(version(run.actions()) == 12)
        run.lead([0], by: 1, epoch: 5, id: Self.old)
        run.answerFetch([(0, [], .none)])
        let actions = run.actions()
        #expect(version(actions) == .max)
        guard case .fetch(_, let request, _, _)? = actions.first else {
            throw FetchRun.Missing()
        }
        #expect(request.topics.map(\.topicID) == [Self.old])
        #expect(request.topics[0].partitions.map(\.fetchOffset) == [Offset(3)])
    }

    private static let old = TopicID(mostSignificantBits: 0, leastSignificantBits: 1)
    private static let new = TopicID(mostSignificantBits: 0, leastSignificantBits: 2)

    @Test("begins again where the topic was deleted and created anew, though epochs do, too")
    func recreation() throws {
        var run = FetchRun.fetching([0: 50])
        run.lead([0], by: 1, epoch: 5, id: Self.old)
        _ = try run.fetch()
        run.answerFetch([(0, try storedBatch(["a"], base: 50), .none)])
        _ = try run.fetch()
        let ticket = run.ticket
        run.lead([0], by: 1, epoch: 0, id: Self.new)
        // What was fetched is of the old topic, and so is what comes.
        #expect(try run.state.take() == nil)
        let located = try run.listOffsets()
        #expect(located.topics[0].partitions.map(\.timestamp) == [-2])
        run.answerListOffsets(0, 0)
        #expect(run.actions() == [])
        run.answerFetch([(0, try storedBatch(["b"], base: 51), .none)], ticket: ticket)
        #expect(try run.state.take() == nil)
        let request = try run.fetch()
        #expect(request.topics.map(\.topicID) == [Self.new])
        #expect(request.topics[0].partitions.map(\.fetchOffset) == [.zero])
    }

    @Test("says so of a topic that was created anew where nothing says how to go on")
    func recreationWithoutReset() throws {
        var run = FetchRun.fetching([0: 50]) { $0.autoOffsetReset = .none }
        run.lead([0], by: 1, epoch: 5, id: Self.old)
        _ = try run.fetch()
        run.lead([0], by: 1, epoch: 0, id: Self.new)
        #expect(throws: ConsumerError.noPosition(run.partition(0), Offset(50))) {
            _ = try run.state.take()
        }
    }

    @Test("drops the answer to what was asked for before a seek")
    func seeking() throws {
        var run = FetchRun.fetching([0: 0])
        _ = try run.fetch()
        run.state.seek([run.partition(0): .offset(Offset(50))])
        run.answerFetch([(0, try storedBatch(["a"], base: 0), .none)])
        #expect(try run.state.take() == nil)
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [Offset(50)])
    }

    @Test(
        "finds its place by ListOffsets",
        arguments: [
            (StartingPosition.earliest, Int64(-2)), (.latest, -1), (.timestamp(1_234), 1_234),
            (.automatic, -2), (.newerThan(milliseconds: 400), 600),
        ])
    func locating(position: StartingPosition, timestamp: Int64) throws {
        var run = FetchRun()
        run.state.wallClockMs = 1_000
        run.state.seek([run.partition(0): position])
        #expect(run.actions() == [.refreshMetadata])
        run.lead([0], by: 1, epoch: 5)
        let request = try run.listOffsets(after: 100)
        #expect(request.topics[0].partitions.map(\.timestamp) == [timestamp])
        run.answerListOffsets(0, 42)
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [Offset(42)])
    }

    @Test("begins at the end where no record is as young as the time asked for")
    func noSuchTime() throws {
        var run = FetchRun()
        run.state.seek([run.partition(0): .timestamp(1)])
        run.lead([0], by: 1, epoch: 5)
        _ = try run.listOffsets()
        run.answerListOffsets(0, -1)
        #expect(try run.listOffsets().topics[0].partitions.map(\.timestamp) == [-1])
    }

    @Test(
        "goes where auto.offset.reset says from an offset that the log does not have",
        arguments: [
            (AutoOffsetReset.earliest, Int64(-2)), (.latest, -1), (.none, 0),
            (.byDuration(milliseconds: 300), 700),
        ])
    func outOfRange(reset: AutoOffsetReset, timestamp: Int64) throws {
        var run = FetchRun.fetching([0: 9]) { $0.autoOffsetReset = reset }
        run.state.wallClockMs = 1_000
        _ = try run.fetch()
        run.answerFetch([(0, [], .offsetOutOfRange)])
        guard reset != .none else {
            #expect(throws: ConsumerError.noPosition(run.partition(0), Offset(9))) {
                try run.state.take()
            }
            #expect(run.actions(after: 10_000) == [])
            run.state.seek([run.partition(0): .offset(.zero)])
            #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [.zero])
            return
        }
        let asked = try run.listOffsets().topics[0].partitions.map(\.timestamp)
        #expect(asked == [timestamp])
    }

    @Test("compares its place with the log of a new leader, and goes on if that has it")
    func validation() throws {
        var run = try fetchedInEpoch4()
        run.lead([0], by: 2, epoch: 6)
        let asked = try run.leaderEpoch().topics[0].partitions[0]
        #expect((asked.leaderEpoch.rawValue, asked.currentLeaderEpoch.rawValue) == (4, 6))
        run.answerLeaderEpoch(0, end: 2, epoch: 4)
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [Offset(2)])
    }

    @Test("finds a truncated log: goes on where the logs part, or says so")
    func truncation() throws {
        var run = try fetchedInEpoch4()
        run.lead([0], by: 2, epoch: 6)
        _ = try run.leaderEpoch()
        run.answerLeaderEpoch(0, end: 1, epoch: 4)
        #expect(try run.fetch().topics[0].partitions.map(\.fetchOffset) == [Offset(1)])

        var strict = try fetchedInEpoch4 { $0.autoOffsetReset = .none }
        strict.lead([0], by: 2, epoch: 6)
        _ = try strict.leaderEpoch()
        strict.answerLeaderEpoch(0, end: 1, epoch: 4)
        let expected = ConsumerError.truncated(
            strict.partition(0), position: Offset(2), endOffset: Offset(1))
        #expect(throws: expected) { try strict.state.take() }
    }

    @Test("does not go back to a leader of an earlier epoch")
    func oldMetadata() throws {
        var run = FetchRun.fetching([0: 0], epoch: 5)
        run.lead([0], by: 2, epoch: 4)
        guard case .fetch(1, _, _, _)? = run.actions().first else {
            Issue.record("another broker was asked")
            return
        }
    }

    @Test("asks a nearer replica that the leader names, and the leader again where that fails")
    func replicas() throws {
        var run = FetchRun.fetching([0: 0]) { $0.clientRack = "here" }
        #expect(try run.fetch().rackID == "here")
        run.answerFetch([(0, [], .none)]) { $0.preferredReadReplica = 3 }
        guard case .fetch(3, _, _, _)? = run.actions().first else {
            Issue.record("the replica was not asked")
            return
        }
        run.state.requestFailed(ticket: 2, nowMs: run.nowMs)
        guard case .fetch(1, _, _, _)? = run.actions(after: 200).last else {
            Issue.record("the leader was not asked")
            return
        }
    }

    @Test("asks no replica that the metadata does not have, and remembers nothing of it")
    func unknownReplicas() throws {
        var run = FetchRun.fetching([0: 0])
        for node in Int32(4)..<1_000 {
            guard case .fetch(1, _, _, _)? = run.actions().first else {
                Issue.record("the leader was not asked")
                return
            }
            run.answerFetch([(0, [], .none)]) { $0.preferredReadReplica = node }
        }
        #expect(Array(run.state.fetchCounts.keys) == [1])
        #expect(Array(run.state.sessions.keys) == [1])
        #expect(run.state.nextDeadlineMs(after: run.nowMs) == nil)
    }

    @Test("forgets a broker that is gone once nothing is asked of it")
    func goneBrokers() throws {
        var run = FetchRun.fetching([0: 0])
        for broker in Int32(2)..<50 {
            _ = run.actions()
            run.answerFetch([(0, [], .none)])
            run.lead([0], by: broker, epoch: 5 + broker, among: [broker])
        }
        #expect(run.state.fetchCounts.count <= 2)
        #expect(run.state.sessions.count <= 2)
    }

    @Test("pauses after a lost connection, longer each time")
    func lostConnections() throws {
        var run = FetchRun.fetching([0: 0])
        var waits: [Int64] = []
        for _ in 0..<6 {
            _ = try run.fetch()
            run.state.requestFailed(ticket: run.ticket, nowMs: run.nowMs)
            #expect(run.actions().contains(.refreshMetadata))
            let deadline = try #require(run.state.nextDeadlineMs(after: run.nowMs))
            waits.append(deadline - run.nowMs)
            run.nowMs = deadline
        }
        #expect(waits == [100, 200, 400, 800, 1_000, 1_000])
    }

    @Test("does not spin on a broker that sends batches below the position again and again")
    func noProgress() throws {
        var run = FetchRun.fetching([0: 5])
        _ = try run.fetch()
        run.answerFetch([(0, try storedBatch(["a"], base: 0), .none)])
        #expect(run.actions() == [])
        #expect(try run.fetch(after: 100).topics[0].partitions.map(\.fetchOffset) == [Offset(5)])
    }

    @Test("counts as processed what was taken before the last, and markers that nobody sees")
    func progress() throws {
        var run = FetchRun.fetching([0: 0])
        _ = try run.fetch()
        run.answerFetch([(0, try storedBatch(["a"], base: 0), .none)])
        _ = try run.fetch()
        run.answerFetch([(0, try markerBatch(.commit, base: 1, producerID: 1), .none)])
        _ = try run.state.take()
        #expect(run.state.queue.processed[run.partition(0)] == nil)
        #expect(try run.state.take() == nil)
        #expect(run.state.queue.processed[run.partition(0)]?.offset == Offset(2))
    }

    /// Two records of leader epoch 4 are fetched, and the next fetch has failed.
    private func fetchedInEpoch4(
        _ change: (inout ConsumerSettings) -> Void = { _ in }
    ) throws -> FetchRun {
        var run = FetchRun.fetching([0: 0], epoch: 4, change)
        _ = try run.fetch()
        run.answerFetch([(0, try storedBatch(["a", "b"], base: 0, epoch: 4), .none)])
        _ = try run.fetch()
        run.answerFetch([(0, [], .notLeaderOrFollower)])
        _ = try run.state.take()
        _ = run.actions()
        run.nowMs += 100
        return run
    }
}
