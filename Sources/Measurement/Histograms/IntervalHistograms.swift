/// The latencies of one worker, handed over to the reporter once an interval.
///
/// The worker takes the lock once a batch and records the whole batch under it (about 10 ns when
/// nobody contends); the reporter takes it once an interval, just long enough to put an empty set
/// in the place of the full one. Merging, clearing and percentiles happen outside of that lock, so
/// the worker never waits for them. Every record is in exactly one interval.
///
/// Threads: one worker calls `withCurrent`; any other thread may call the rest at any time.
public final class IntervalHistograms: Sendable {
    @usableFromInline let current: CheckedMutex<LatencyHistograms>
    private let taken: CheckedMutex<Taken>

    private struct Taken {
        var spare: LatencyHistograms
        var total: LatencyHistograms
    }

    /// - Parameter kinds: what this worker will measure; see `LatencyHistograms.init(measuring:)`.
    public init(measuring kinds: Set<LatencyKind> = Set(LatencyKind.allCases)) {
        let empty = LatencyHistograms(measuring: kinds)
        current = CheckedMutex(empty.emptied())
        taken = CheckedMutex(Taken(spare: empty.emptied(), total: empty))
    }

    /// Gives the worker its current histograms, to record one batch into.
    ///
    /// The closure must not wait for anything: the reporter stands behind the same lock.
    @inlinable
    public func withCurrent<Result>(_ body: (inout LatencyHistograms) -> Result) -> Result {
        current.withLock { body(&$0) }
    }

    /// Takes what was recorded since the last call, and leaves the worker an empty set.
    /// - Parameter addToTotal: false for an interval of the warm-up, which is shown but not counted.
    public func takeInterval(addToTotal: Bool = true) -> LatencyHistograms {
        taken.withLock { taken in
            let interval = current.withLock { current in
                swap(&current, &taken.spare)
                return taken.spare
            }
            taken.spare = interval.emptied()
            if addToTotal { taken.total.add(interval) }
            return interval
        }
    }

    /// The sum of all intervals taken with `addToTotal`. What the worker recorded since the last
    /// `takeInterval` is not in it yet.
    public var total: LatencyHistograms {
        taken.withLock { $0.total }
    }
}
