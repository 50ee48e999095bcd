import KafkaProtocol
import Testing

@testable import Broker

@Suite("A share partition's state")
struct SharePartitionStateTests {
    private let anna = ShareHolder(rawValue: 1)
    private let bert = ShareHolder(rawValue: 2)
    private let limits = ShareLimits()

    /// Batches of so many records, one behind the other from 0 on.
    private func batches(_ sizes: Int64..., from start: Int64 = 0) -> [ShareBatch] {
        var first = start
        return sizes.map { size in
            defer { first += size }
            return ShareBatch(first: first, last: first + size - 1, byteCount: 100)
        }
    }

    private func acknowledgement(
        _ first: Int64, _ last: Int64, _ type: AcknowledgeType
    ) -> Acknowledgement {
        Acknowledgement(first: first, last: last, type: type)
    }

    @discardableResult
    private func acquire(
        _ state: inout SharePartitionState, _ batches: [ShareBatch], for holder: ShareHolder? = nil,
        max: Int = 500, size: Int = .max, mode: ShareAcquireMode = .batchOptimized,
        hole: Int = .max, _ limits: ShareLimits = ShareLimits(), nowMs: Int64 = 0
    ) -> Acquisition {
        guard let offset = state.nextFetch(limits)?.offset else { return Acquisition() }
        return state.acquire(
            AcquireRequest(
                holder: holder ?? anna, maxRecords: max, batchSize: size, mode: mode,
                maxHoleByteCount: hole),
            in: batches, from: offset, limits, nowMs: nowMs)
    }

    private func range(_ first: Int64, _ last: Int64, _ count: Int16 = 1) -> Acquisition.Range {
        Acquisition.Range(first: first, last: last, deliveryCount: count)
    }

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

    @Test("moves its start over what is accepted, rejected or missing, and not over what is open")
    func start() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(10))
        let changes = try state.acknowledge(
            [
                acknowledgement(0, 3, .accept), acknowledgement(4, 4, .gap),
                acknowledgement(6, 7, .reject),
            ], by: anna, limits, nowMs: 0)
        #expect(state.start == 5)
        #expect(state.doneCount == 2)
        // What the start offset says need not be told.
        #expect(
            changes == [DeliveryChange(first: 6, last: 7, state: .archived, deliveryCount: 1)])
        _ = try state.acknowledge(
            [acknowledgement(5, 5, .accept), acknowledgement(8, 9, .accept)], by: anna, limits,
            nowMs: 0)
        #expect(state.start == 10)
        #expect(state.end == 10)
        #expect(state.runs.isEmpty)
        #expect(state.inFlightCount == 0)
    }

    @Test("delivers again what is released, with its count, before anything new")
    func release() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(10))
        let changes = try state.acknowledge(
            [acknowledgement(2, 4, .release)], by: anna, limits, nowMs: 0)
        #expect(
            changes == [DeliveryChange(first: 2, last: 4, state: .available, deliveryCount: 1)])
        #expect(state.nextFetch(limits)?.offset == 2)
        let got = acquire(&state, batches(10, 5), for: bert)
        #expect(got.ranges == [range(2, 4, 2), range(10, 14)])
        #expect(got.count == 8)
    }

    @Test("refuses acknowledgements of what is not the member's, all of them")
    func foreign() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(5))
        acquire(&state, batches(5, from: 5), for: bert)
        let before = state
        for (wrong, fault) in [
            (acknowledgement(4, 6, .accept), AcknowledgementFault.notAcquired(offset: 5)),
            (acknowledgement(4, 10, .accept), .notAcquired(offset: 5)),
            (acknowledgement(20, 20, .release), .pastEnd(offset: 20)),
        ] {
            let thrown = #expect(throws: AcknowledgementFault.self) {
                _ = try state.acknowledge(
                    [acknowledgement(0, 1, .accept), wrong], by: anna, limits, nowMs: 0)
            }
            #expect(thrown == fault || wrong.last == 10)
            #expect(state == before)
        }
        _ = try state.acknowledge([acknowledgement(0, 1, .accept)], by: anna, limits, nowMs: 0)
        // A second time within the window is refused, and below the start it is passed over.
        _ = try state.acknowledge([acknowledgement(3, 3, .accept)], by: anna, limits, nowMs: 0)
        #expect(throws: AcknowledgementFault.notAcquired(offset: 3)) {
            _ = try state.acknowledge(
                [acknowledgement(3, 3, .accept)], by: anna, limits, nowMs: 0)
        }
        #expect(
            try state.acknowledge([acknowledgement(0, 1, .accept)], by: anna, limits, nowMs: 0)
                == [])
    }

    @Test("ends a lock after its time, and renewal postpones that")
    func expiry() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(10))
        #expect(state.nextDeadlineMs == 30_000)
        _ = try state.acknowledge(
            [acknowledgement(0, 4, .renew)], by: anna, limits, nowMs: 20_000)
        #expect(state.expire(limits, nowMs: 29_999) == [])
        let changes = state.expire(limits, nowMs: 30_000)
        #expect(
            changes == [DeliveryChange(first: 5, last: 9, state: .available, deliveryCount: 1)])
        #expect(state.nextDeadlineMs == 50_000)
        #expect(throws: AcknowledgementFault.notAcquired(offset: 5)) {
            _ = try state.acknowledge(
                [acknowledgement(0, 9, .accept)], by: anna, limits, nowMs: 30_001)
        }
        var strict = limits
        strict.allowsRenewal = false
        #expect(throws: AcknowledgementFault.renewalNotAllowed) {
            _ = try state.acknowledge(
                [acknowledgement(0, 1, .renew)], by: anna, strict, nowMs: 30_001)
        }
    }

    @Test("archives what was delivered as often as it may be")
    func deliveryLimit() {
        var state = SharePartitionState(start: 0, epoch: 0)
        var limits = limits
        limits.deliveryCountLimit = 2
        for delivery in 1...2 {
            let got = acquire(&state, batches(4), limits)
            #expect(got.ranges == [range(0, 3, Int16(delivery))])
            let changes = state.release(anna, limits)
            #expect(changes.map(\.state) == (delivery == 1 ? [.available] : []))
        }
        #expect(state.start == 4)
        #expect(state.runs.isEmpty)
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

    @Test("begins where the log begins, and passes over what members say of what is gone")
    func logStart() throws {
        var state = SharePartitionState(start: 0, epoch: 0)
        acquire(&state, batches(10))
        state.moveStart(to: 6)
        #expect(state.start == 6)
        #expect(state.inFlightCount == 4)
        #expect(
            try state.acknowledge([acknowledgement(0, 9, .accept)], by: anna, limits, nowMs: 0)
                == [])
        #expect(state.start == 10)
        state.moveStart(to: 20)
        #expect(state.nextFetch(limits)?.offset == 20)
        state.truncate(to: 15)
        #expect(state.nextFetch(limits)?.offset == 15)
    }

    @Test("comes back from a snapshot, with all available that members had")
    func snapshot() throws {
        var state = SharePartitionState(start: 0, epoch: 3)
        acquire(&state, batches(10))
        _ = try state.acknowledge(
            [
                acknowledgement(1, 2, .accept), acknowledgement(4, 5, .release),
                acknowledgement(7, 7, .reject),
            ], by: anna, limits, nowMs: 0)
        acquire(&state, batches(10), for: bert, max: 1, mode: .recordLimit)
        var restored = SharePartitionState(start: state.start, epoch: state.epoch)
        let isTaken = restored.restore(start: nil, state.snapshot)
        #expect(isTaken)
        #expect(restored.start == 0)
        #expect(restored.nextFetch(limits)?.offset == 0)
        #expect(restored.run(at: 1)?.isDone == true)
        #expect(restored.run(at: 4)?.deliveryCount == 1)
        #expect(restored.run(at: 7)?.isDone == true)
        // What was never told of after the last change is new again.
        #expect(restored.end == 8)
    }

    @Test("refuses what nobody can have written")
    func hostile() {
        let fine = DeliveryChange(first: 2, last: 3, state: .available, deliveryCount: 1)
        var backwards = fine
        backwards.last = 1
        var negative = fine
        negative.deliveryCount = -1
        var endless = fine
        endless.last = .max
        for changes in [[backwards], [negative], [endless], [fine, fine]] {
            var state = SharePartitionState(start: 0, epoch: 0)
            let before = state
            let isTaken = state.restore(start: nil, changes)
            #expect(!isTaken)
            #expect(state == before)
        }
        // A change far away costs one run.
        var state = SharePartitionState(start: 0, epoch: 0)
        let far = DeliveryChange(
            first: .max - 5, last: .max - 2, state: .acknowledged, deliveryCount: 1)
        let isTaken = state.restore(start: nil, [far])
        #expect(isTaken)
        #expect(state.runs.all.count == 2)
        #expect(state.nextFetch(limits)?.offset == 0)
    }
}
