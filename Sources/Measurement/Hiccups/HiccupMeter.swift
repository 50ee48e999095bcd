import Synchronization

/// A thread that should wake every millisecond and records how late it does.
///
/// It runs beside every run, so that stalls of the machine (a stolen CPU, a busy neighbour, a
/// generator that uses all cores) are detected and not blamed on the log. It costs about 1,000
/// wake-ups a second. Any thread may read; `start` and `stop` belong to one owner.
public final class HiccupMeter: Sendable {
    public static let defaultPeriodNanos: Int64 = 1_000_000

    private let clock: any PacingClock
    private let periodNanos: Int64
    private let log = CheckedMutex(StallLog())
    private let isRunning = Atomic(false)
    private let thread = CheckedMutex<SystemThread?>(nil)

    public init(
        periodNanos: Int64 = HiccupMeter.defaultPeriodNanos,
        clock: any PacingClock = SystemPacingClock()
    ) {
        precondition(periodNanos > 0)
        self.periodNanos = periodNanos
        self.clock = clock
    }

    /// Starts the thread. Does nothing if it already runs.
    /// - Throws: `ThreadError` if the system cannot create a thread.
    public func start() throws(ThreadError) {
        try thread.withLock { (thread) throws(ThreadError) in
            guard thread == nil else { return }
            isRunning.store(true, ordering: .releasing)
            do throws(ThreadError) {
                thread = try SystemThread { [self] in measure() }
            } catch {
                isRunning.store(false, ordering: .releasing)
                throw error
            }
        }
    }

    /// Stops the thread and waits for it, for at most one period on a machine that does not stall.
    public func stop() {
        thread.withLock { thread in
            isRunning.store(false, ordering: .releasing)
            thread.take()?.join()
        }
    }

    /// The thread's loop; tests run it on a scripted clock, which ends it by `stop`.
    func measure() {
        var due = clock.now() + periodNanos
        while isRunning.load(ordering: .acquiring) {
            clock.sleep(until: due)
            let woke = clock.now()
            due = log.withLock { log in
                log.wake(dueNanos: due, wokeNanos: woke, periodNanos: periodNanos)
            }
        }
    }

    /// Lets `measure` run its loop on the caller's thread until `requestStop`.
    func measureHere() {
        isRunning.store(true, ordering: .releasing)
        measure()
    }

    func requestStop() {
        isRunning.store(false, ordering: .releasing)
    }

    // MARK: Results

    /// The longest lateness since the start; 0 before the first wake-up.
    public var maximumNanos: Int64 {
        log.withLock { $0.histogram.maximum }
    }

    /// How late the thread was, weighted by time: a stall counts once for each period it covered.
    public var histogram: LatencyHistogram {
        log.withLock { $0.histogram }
    }

    /// The longest stalls with their times, the longest first, at most 32.
    public var largestStalls: [Stall] {
        log.withLock { $0.largest }
    }

    /// The longest lateness since the last call. For the one reporter.
    public func takeIntervalMaximum() -> Int64 {
        log.withLock { $0.takeIntervalMaximum() }
    }

    /// Removes all records: called at the end of the warm-up.
    public func reset() {
        log.withLock { $0 = StallLog() }
    }
}
