/// What was recorded in the last seconds, in windows: Kafka's rate. Pure; times are milliseconds of any clock that
/// does not go back.
///
/// A rate is over all windows but the current one, and the part of that which is over, even where fewer have
/// passed: so a burst after silence counts against ten seconds, with Kafka's defaults.
struct SampledRate: Sendable {
    private struct Window {
        var startMs: Int64
        var lastMs: Int64
        var sum = 0.0
    }

    let windows: QuotaWindows
    private var ring: [Window] = []
    private var current = 0

    init(_ windows: QuotaWindows) { self.windows = windows }

    mutating func record(_ value: Double, nowMs: Int64) {
        if ring.isEmpty {
            ring.append(Window(startMs: nowMs, lastMs: nowMs))
        } else if nowMs - ring[current].startMs >= windows.milliseconds {
            advance(nowMs)
        }
        ring[current].sum += value
        ring[current].lastMs = nowMs
    }

    private mutating func advance(_ nowMs: Int64) {
        // One more than are looked at: the oldest mostly overlaps the time that counts.
        current = (current + 1) % (windows.count + 1)
        if current < ring.count {
            ring[current] = Window(startMs: nowMs, lastMs: nowMs)
        } else {
            ring.append(Window(startMs: nowMs, lastMs: nowMs))
        }
    }

    /// Whether nothing that was recorded counts any more.
    func isOver(nowMs: Int64) -> Bool {
        ring.allSatisfy { nowMs - $0.lastMs >= windows.spanMs }
    }

    /// All that counts now.
    mutating func sum(nowMs: Int64) -> Double {
        dropOld(nowMs)
        return max(0, ring.reduce(0) { $0 + $1.sum })
    }

    /// How long one must record nothing until the rate is `limit` a second; 0 where it is not above.
    mutating func delayMs(limit: Double, nowMs: Int64) -> Double {
        let sum = sum(nowMs: nowMs)
        let spanMs = Double(spanMs(nowMs: nowMs))
        let rate = sum * 1000 / spanMs
        return rate > limit ? (rate - limit) / limit * spanMs : 0
    }

    /// The time that `sum` is of. At least a window: where there is but one, it has just begun after each silence, and
    /// the first thing in it would be above any limit.
    private func spanMs(nowMs: Int64) -> Int64 {
        let oldest = ring.lazy.map(\.startMs).min() ?? nowMs
        let elapsed = nowMs - oldest
        let missing = Int64(windows.count - 1) - elapsed / windows.milliseconds
        return max(windows.milliseconds, elapsed + max(0, missing) * windows.milliseconds)
    }

    private mutating func dropOld(_ nowMs: Int64) {
        for index in ring.indices where nowMs - ring[index].lastMs >= windows.spanMs {
            ring[index] = Window(startMs: nowMs, lastMs: nowMs)
        }
    }
}

/// How many windows a rate has, the current one among them, and how long each is.
struct QuotaWindows: Sendable, Equatable {
    var count: Int
    var milliseconds: Int64

    var spanMs: Int64 { Int64(count) * milliseconds }
    /// The seconds that a rate is over at least.
    var leastSeconds: Double { Double(max(1, count - 1)) * Double(milliseconds) / 1000 }
}
