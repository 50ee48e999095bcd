import Testing

@testable import Broker

@Suite("What quotas measure by")
struct QuotaMeasureTests {
    private static let windows = QuotaWindows(count: 11, milliseconds: 1000)

    @Test("counts a burst after silence against ten seconds, and asks to wait for what is above")
    func burst() {
        var rate = SampledRate(Self.windows)
        rate.record(1000, nowMs: 50_000)
        #expect(rate.delayMs(limit: 100, nowMs: 50_000) == 0)
        rate.record(500, nowMs: 50_000)
        // 150 a second over ten: five seconds more bring it to 100.
        #expect(rate.delayMs(limit: 100, nowMs: 50_000) == 5000)
        #expect(rate.delayMs(limit: 150, nowMs: 50_000) == 0)
    }

    @Test("asks nothing of who keeps to the limit, for as long as he does")
    func steady() {
        var rate = SampledRate(Self.windows)
        for tick in 0..<10_000 as Range<Int64> {
            rate.record(10, nowMs: tick * 100)
            #expect(rate.delayMs(limit: 102, nowMs: tick * 100) == 0)
        }
    }

    @Test("lets through what the limit is, of who takes whatever he gets")
    func greedy() {
        var rate = SampledRate(Self.windows)
        var (nowMs, sent) = (Int64(0), 0.0)
        while nowMs < 600_000 {
            rate.record(7, nowMs: nowMs)
            sent += 7
            nowMs += 1 + Int64(rate.delayMs(limit: 100, nowMs: nowMs).rounded(.up))
        }
        // Ten seconds' worth may come at once.
        #expect(sent > 100 * 600 * 0.8 && sent < 100 * 600 * 1.05 + 1000)
    }

    @Test("forgets what is older than all windows")
    func forgets() {
        var rate = SampledRate(Self.windows)
        rate.record(1_000_000, nowMs: 0)
        #expect(rate.sum(nowMs: 10_999) == 1_000_000)
        let isOver = [10_999, 11_000].map { rate.isOver(nowMs: $0) }
        #expect(isOver == [false, true])
        #expect(rate.sum(nowMs: 11_000) == 0)
        #expect(rate.delayMs(limit: 1, nowMs: 11_000) == 0)
    }

    @Test("lets the first come where there is one window, also after silence")
    func oneWindow() {
        var rate = SampledRate(QuotaWindows(count: 1, milliseconds: 1000))
        for start in [Int64(0), 5_000, 10_000] {
            rate.record(1, nowMs: start)
            #expect(rate.delayMs(limit: 1, nowMs: start) == 0)
        }
        rate.record(1, nowMs: 10_000)
        #expect(rate.delayMs(limit: 1, nowMs: 10_000) == 1000)
    }

    @Test("takes back what was not done")
    func takesBack() {
        var rate = SampledRate(Self.windows)
        rate.record(5, nowMs: 0)
        rate.record(-5, nowMs: 1)
        #expect(rate.sum(nowMs: 1) == 0)
    }

    @Test("fills a bucket to what comes back in all windows, and lends one request more")
    func bucket() {
        var bucket = TokenBucket(Self.windows)
        #expect(bucket.delayMs(rate: 2, nowMs: 1_000) == 0)
        bucket.take(22, rate: 2, nowMs: 1_000)
        #expect(bucket.delayMs(rate: 2, nowMs: 1_000) == 0)
        bucket.take(4, rate: 2, nowMs: 1_000)
        #expect(bucket.delayMs(rate: 2, nowMs: 1_000) == 2000)
        #expect(bucket.delayMs(rate: 2, nowMs: 2_000) == 1000)
        #expect(bucket.delayMs(rate: 2, nowMs: 3_000) == 0)
    }

    @Test("does what is larger than a whole quota once nothing else counts, and nothing besides")
    func tooLarge() {
        let use = QuotaUse(limit: 10, windows: Self.windows, nowMs: 0)
        let first = use.chargeIfFree(1000, nowMs: 0)
        #expect(first.isDone && first.delayMs == 90_000)
        let refused = use.chargeIfFree(1000, nowMs: 1000)
        #expect(!refused.isDone && (1...11_000).contains(refused.delayMs))
        #expect(use.chargeIfFree(1000, nowMs: 12_000).isDone)
    }

    /// The milliseconds to wait, and whether it was done.
    private static func taken(
        _ use: QuotaUse, _ count: Double, isStrict: Bool, _ nowMs: Int64
    ) -> String {
        let taken = use.take(count, isStrict: isStrict, nowMs: nowMs)
        return "\(Int(taken.delayMs)) \(taken.isDone)"
    }

    @Test("refuses mutations strictly while tokens are missing, or does them and asks to wait")
    func mutations() {
        let strict = QuotaUse(limit: 1, windows: Self.windows, nowMs: 0)
        #expect(Self.taken(strict, 13, isStrict: true, 0) == "0 true")
        #expect(Self.taken(strict, 1, isStrict: true, 0) == "2000 false")
        #expect(Self.taken(strict, 1, isStrict: true, 2000) == "0 true")
        let permissive = QuotaUse(limit: 1, windows: Self.windows, nowMs: 0)
        #expect(Self.taken(permissive, 13, isStrict: false, 0) == "2000 true")
        #expect(Self.taken(permissive, 1, isStrict: false, 0) == "3000 true")
    }
}
