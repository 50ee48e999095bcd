import KafkaProtocol
import Testing

@testable import Broker

@Suite("A share partition's state, as members acknowledge records or lose them,")
struct SharePartitionAcknowledgingTests: SharePartitionSteps {
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
}
