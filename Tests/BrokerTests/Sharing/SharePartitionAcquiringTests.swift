import KafkaProtocol
import Testing

@testable import Broker

@Suite("A share partition's state, as members acquire records,")
struct SharePartitionAcquiringTests: SharePartitionSteps {
    @Test("acquires whole batches until there are enough records, and one run holds them")
    func wholeBatches() {
        var state = SharePartitionState(start: 0, epoch: 0)
        let got = acquire(&state, batches(10, 10, 10), max: 11)
        #expect(got.ranges == [range(0, 19)])
        #expect(got.batches == 0..<2)
        #expect(state.runs.all.count == 1)
        #expect(state.end == 20)
        #expect(state.inFlightCount == 20)
        #expect(state.nextFetch(limits)?.offset == 20)
        let next = acquire(&state, batches(10, from: 20), for: bert)
        #expect(next.ranges == [range(20, 29)])
        #expect(state.runs.all.count == 2)
    }

    @Test("acquires no more records than were asked for where the mode says so")
    func recordLimit() {
        var state = SharePartitionState(start: 0, epoch: 0)
        let first = acquire(&state, batches(10), max: 4, mode: .recordLimit)
        #expect(first.ranges == [range(0, 3)])
        #expect(state.end == 4)
        let second = acquire(&state, batches(10), for: bert, max: 4, mode: .recordLimit)
        #expect(second.ranges == [range(4, 7)])
    }

    @Test("splits acquired ranges at batches, at about the size that was asked for")
    func batchSize() {
        var state = SharePartitionState(start: 0, epoch: 0)
        let got = acquire(&state, batches(3, 3, 3, 3), size: 5)
        #expect(got.ranges == [range(0, 5), range(6, 11)])
    }

    @Test("begins inside a batch where the group begins there")
    func insideBatch() {
        var state = SharePartitionState(start: 4, epoch: 0)
        #expect(acquire(&state, batches(10)).ranges == [range(4, 9)])
    }

    @Test(
        "delivers fewer and fewer records that were delivered often, and the last time each alone")
    func throttling() {
        var state = SharePartitionState(start: 0, epoch: 0)
        var counts: [Int] = []
        for _ in 0..<5 {
            counts.append(acquire(&state, batches(8)).count)
            _ = state.release(anna, limits)
        }
        #expect(counts == [8, 8, 8, 4, 1])
        // The first one is archived after its fifth delivery, the others go on.
        #expect(state.start == 1)
        #expect(state.run(at: 1)?.deliveryCount == 4)
        #expect(state.run(at: 4)?.deliveryCount == 3)
    }

    @Test("has no more records in flight than it may, but for the end of a batch")
    func inFlight() throws {
        var limits = limits
        limits.maxRecordLocks = 10
        var state = SharePartitionState(start: 0, epoch: 0)
        #expect(acquire(&state, batches(4, 4, 4, 4), limits).count == 12)
        #expect(state.nextFetch(limits) == nil)
        // What is done makes room, wherever it is.
        _ = try state.acknowledge([acknowledgement(2, 4, .accept)], by: anna, limits, nowMs: 0)
        #expect(state.inFlightCount == 9)
        #expect(state.nextFetch(limits)?.newCount == 1)
        // What is available already may be acquired again even where there is no room for anything new.
        _ = state.release(anna, limits)
        limits.maxRecordLocks = 9
        #expect(state.nextFetch(limits)?.offset == 0)
        #expect(state.nextFetch(limits)?.newCount == 0)
        let again = acquire(&state, batches(4, 4, 4, 4, 4), for: bert, limits)
        #expect(again.ranges.map(\.first) == [0, 5])
        #expect(state.end == 12)
        // No batch is so large that all of it is acquired.
        var huge = SharePartitionState(start: 0, epoch: 0)
        #expect(acquire(&huge, batches(1_000_000), limits).count == ShareLimits.mostInFlight)
    }

    @Test("is done with offsets that compaction or transactions have left without records")
    func gaps() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        let found = [
            ShareBatch(first: 2, last: 3, byteCount: 1),
            ShareBatch(first: 4, last: 4, byteCount: 1, isDeliverable: false),
            ShareBatch(first: 8, last: 9, byteCount: 1),
        ]
        let got = acquire(&state, found)
        #expect(got.ranges == [range(2, 3), range(8, 9)])
        #expect(got.batches == 0..<3)
        #expect(state.start == 2)
        #expect(state.run(at: 5)?.isDone == true)
        _ = try state.acknowledge([acknowledgement(2, 3, .accept)], by: anna, limits, nowMs: 0)
        #expect(state.start == 8)
        // Nothing but markers: the group is past them.
        var empty = SharePartitionState(start: 0, epoch: 0)
        let nothing = acquire(&empty, [ShareBatch(first: 0, last: 0, isDeliverable: false)])
        #expect(nothing.count == 0)
        #expect(empty.start == 1)
        #expect(empty.nextFetch(limits)?.offset == 1)
    }

    @Test("stops before many bytes that others have")
    func holes() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(2, 2, 2, 2, 2))
        _ = try state.acknowledge(
            [acknowledgement(0, 1, .release), acknowledgement(8, 9, .release)], by: anna, limits,
            nowMs: 0)
        var other = state
        #expect(
            acquire(&state, batches(2, 2, 2, 2, 2), for: bert, hole: 250).ranges
                == [range(0, 1, 2)])
        #expect(
            acquire(&other, batches(2, 2, 2, 2, 2), for: bert, hole: 300).ranges
                == [range(0, 1, 2), range(8, 9, 2)])
    }

    @Test("takes back what could not be sent as if it had not been acquired")
    func giveBack() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(4))
        _ = try state.acknowledge([acknowledgement(1, 2, .release)], by: anna, limits, nowMs: 0)
        let before = state
        let got = acquire(&state, batches(4, 4), for: bert)
        #expect(got.ranges == [range(1, 2, 2), range(4, 7)])
        state.giveBack(got.ranges, of: bert)
        #expect(state.run(at: 1) == before.run(at: 1))
        #expect(state.run(at: 4)?.deliveryCount == 0)
        #expect(state.nextFetch(limits)?.offset == 1)
        #expect(acquire(&state, batches(4, 4), for: bert).ranges == got.ranges)
    }
}
