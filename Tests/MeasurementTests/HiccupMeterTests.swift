import Synchronization
import Testing

@testable import Measurement

/// A clock that wakes its sleeper late by a script, then stops the meter.
private final class ScriptedClock: PacingClock {
    private struct State {
        var now: Int64
        var delays: [Int64]
        var whenDone: (@Sendable () -> Void)?
    }
    private let state: Mutex<State>

    init(startingAt now: Int64, delays: [Int64]) {
        state = Mutex(State(now: now, delays: delays))
    }

    func whenDone(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenDone = action }
    }

    func now() -> Int64 { state.withLock { $0.now } }

    func sleep(until deadlineNanos: Int64) {
        let action: (@Sendable () -> Void)? = state.withLock { state in
            state.now = max(state.now, deadlineNanos) + state.delays.removeFirst()
            return state.delays.isEmpty ? state.whenDone : nil
        }
        action?()
    }
}

@Suite struct `The hiccup meter` {
    static let millisecond: Int64 = 1_000_000

    private func meter(delays: [Int64]) -> HiccupMeter {
        let clock = ScriptedClock(startingAt: 1_000, delays: delays)
        let meter = HiccupMeter(periodNanos: Self.millisecond, clock: clock)
        clock.whenDone { meter.requestStop() }
        meter.measureHere()
        return meter
    }

    @Test func `records how late each wake-up came`() {
        let meter = meter(delays: [10, 20, 400_000, 0])
        #expect(meter.maximumNanos == 400_000)
        #expect(meter.histogram.count == 4)
        #expect(meter.histogram.percentile(50) == 10)
        #expect(meter.histogram.nonPositiveCount == 0)
    }

    @Test func `weighs a stall by the time that it took`() {
        // 7.5 ms late: the wake-ups due in the 7 ms after would have been late too.
        let meter = meter(delays: [0, 7_500_000, 0, 0])
        #expect(meter.histogram.count == 1 + 8 + 2)
        #expect(meter.maximumNanos == 7_500_000)
        #expect(meter.histogram.minimum == 1)
        let expected = (0..<8).map { Int64(500_000 + $0 * 1_000_000) }
        for value in expected { #expect(meter.histogram.count(at: value) == 1) }
    }

    @Test func `does not fall behind its own schedule after a stall`() {
        let meter = meter(delays: [2_300_000, 0, 0, 0])
        // Late by 2.3, 1.3 and 0.3 ms, then on time again.
        #expect(meter.histogram.count == 3 + 3)
        #expect(meter.histogram.percentile(50) == 1)
    }

    @Test func `keeps the longest stalls with their times`() {
        let delays = (1...100).map { Int64(($0 * 37) % 101) * 1_000 }
        let meter = meter(delays: delays)
        let stalls = meter.largestStalls
        #expect(stalls.count == 32)
        #expect(stalls.map(\.lateNanos) == (69...100).reversed().map { Int64($0) * 1_000 })
        let longest = delays.firstIndex(of: 100_000)!
        #expect(stalls[0].dueNanos == 1_000 + Int64(longest + 1) * Self.millisecond)
    }

    @Test func `hands out the maximum of each interval once`() {
        let meter = meter(delays: [10, 70, 5])
        #expect(meter.takeIntervalMaximum() == 70)
        #expect(meter.takeIntervalMaximum() == 0)
        #expect(meter.maximumNanos == 70)
        meter.reset()
        #expect(meter.maximumNanos == 0)
        #expect(meter.largestStalls.isEmpty)
    }

    @Test func `runs on a thread of its own until it is stopped`() async throws {
        let meter = HiccupMeter(periodNanos: 100_000)
        try meter.start()
        try meter.start()
        // On a machine that builds beside, a thread can wait for seconds.
        let deadline = ContinuousClock.now + .seconds(120)
        while meter.histogram.count < 10, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(1))
        }
        meter.stop()
        meter.stop()
        let count = meter.histogram.count
        #expect(count >= 10)
        try meter.start()
        // A deadline of its own: on a busy machine the first may have passed by now.
        let second = ContinuousClock.now + .seconds(20)
        while meter.histogram.count == count, ContinuousClock.now < second {
            try await Task.sleep(for: .milliseconds(1))
        }
        meter.stop()
        #expect(meter.histogram.count > count)
    }
}
