import KafkaProtocol
import Testing

@testable import Broker

@Suite("A share partition's state, as the log and its own records have it,")
struct SharePartitionRestoringTests: SharePartitionSteps {
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
