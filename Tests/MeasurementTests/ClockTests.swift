import Testing

@testable import Measurement

@Suite struct `The clocks` {
    @Test func `never run backwards`() {
        var last = MonotonicClock.now()
        for _ in 0..<10_000 {
            let now = MonotonicClock.now()
            #expect(now >= last)
            last = now
        }
    }

    @Test func `convert there and back without loss`() {
        let anchor = ClockAnchor(monotonicNanos: 500, unixNanos: 1_800_000_000_000_000_000)
        #expect(anchor.unixNanos(atMonotonic: 1_500) == 1_800_000_000_000_001_000)
        #expect(anchor.unixNanos(atMonotonic: 0) == 1_799_999_999_999_999_500)
        for nanos: Int64 in [0, 1, 999_999_999_999, -7] {
            #expect(anchor.monotonicNanos(atUnix: anchor.unixNanos(atMonotonic: nanos)) == nanos)
        }
    }

    @Test func `are anchored at the tightest of several readings`() {
        // The second attempt encloses the time of day within 10 ns, the others within 1000.
        var monotonic: [Int64] = [0, 1_000, 2_000, 2_010, 3_000, 4_000]
        var wall: [Int64] = [50_500, 52_005, 53_500]
        let anchor = ClockAnchor.sample(
            attempts: 3, monotonic: { monotonic.removeFirst() }, wall: { wall.removeFirst() })
        #expect(
            anchor
                == ClockAnchor(monotonicNanos: 2_005, unixNanos: 52_005, uncertaintyNanos: 5))
    }

    @Test func `agree with the machine's time of day`() {
        let before = WallClock.now()
        let anchor = ClockAnchor.sample()
        let converted = anchor.unixNanos(atMonotonic: MonotonicClock.now())
        let after = WallClock.now()
        #expect(converted >= before - anchor.uncertaintyNanos)
        #expect(converted <= after + anchor.uncertaintyNanos)
    }
}
