import Testing

@testable import LoadGenerator

struct ProducerTurnsTests {
    /// The producers whose time has come, each of which is then left to the test.
    private func due(_ turns: inout ProducerTurns, at now: Int64) -> [Int] {
        var found: [Int] = []
        while let producer = turns.take(at: now) { found.append(producer) }
        return found
    }

    @Test func `producers come when they are due, the earliest first`() {
        var turns = ProducerTurns(count: 3)
        #expect(due(&turns, at: 0) == [0, 1, 2])
        turns.wait(0, until: 30)
        turns.wait(1, until: 20)
        turns.wait(2, until: 20)
        #expect(turns.nextDue == 20)
        #expect(due(&turns, at: 19) == [])
        #expect(due(&turns, at: 30) == [1, 2, 0])
        #expect(turns.nextDue == nil)
    }

    @Test func `who is stalled goes on for its own reason only`() {
        var turns = ProducerTurns(count: 2)
        _ = due(&turns, at: 0)
        turns.stall(0, .behindItsBatches)
        turns.stall(1, .withoutMemory)
        turns.resume(1, at: 5)
        #expect(due(&turns, at: 5) == [] && turns.isStalled)
        turns.resumeWithoutMemory(at: 6)
        #expect(due(&turns, at: 6) == [1] && turns.isStalled)
        turns.resume(0, at: 7)
        turns.resume(0, at: 7)
        #expect(due(&turns, at: 7) == [0] && !turns.isStalled)
    }

    @Test func `who is recalled has one turn, also where it waits for the same time again`() {
        var turns = ProducerTurns(count: 2)
        _ = due(&turns, at: 0)
        turns.wait(0, until: 10)
        turns.stall(1, .behindItsBatches)
        // Who is stalled is woken by what it waits for.
        let (isRecalled, isStalledRecalled) = (turns.recall(0), turns.recall(1))
        #expect(isRecalled && !isStalledRecalled)
        turns.wait(0, until: 10)
        #expect(due(&turns, at: 10) == [0])
        turns.wait(0, until: 20)
        _ = turns.recall(0)
        turns.wait(0, until: 15)
        #expect(due(&turns, at: 20) == [0])
    }

    @Test func `all that have not ended end at once`() {
        var turns = ProducerTurns(count: 3)
        _ = due(&turns, at: 0)
        turns.end(1)
        turns.wait(0, until: 10)
        turns.stall(2, .withoutMemory)
        var ended: [Int] = []
        turns.endAll { ended.append($0) }
        #expect(ended == [0, 2] && turns.haveEnded && !turns.isStalled)
        turns.resumeWithoutMemory(at: 20)
        #expect(due(&turns, at: 20) == [])
    }
}
