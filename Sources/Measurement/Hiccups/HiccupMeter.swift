import Glibc
import Synchronization

/// A thread that should wake every millisecond and records how late it did.
///
/// It runs beside every run, so that stalls of the machine (a stolen CPU, a busy neighbour, a
/// generator that starves everyone) are known and not blamed on the log. It costs about 1,000
/// wake-ups a second. Any thread may read; `start` and `stop` belong to one owner.
public final class HiccupMeter: Sendable {
    public static let defaultPeriodNanos: Int64 = 1_000_000

    private let clock: any PacingClock
    private let periodNanos: Int64
    private let log = CheckedMutex(StallLog())
    private let isRunning = Atomic(false)
    private let thread = CheckedMutex<pthread_t?>(nil)

    public init(
        periodNanos: Int64 = HiccupMeter.defaultPeriodNanos,
        clock: any PacingClock = SystemPacingClock()
    ) {
        precondition(periodNanos > 0)
        self.periodNanos = periodNanos
        self.clock = clock
    }

    /// Starts the thread. Does nothing when it runs already.
    /// - Throws: `HiccupMeterError` when the system gives us no thread.
    public func start() throws(HiccupMeterError) {
        let failure: Int32 = thread.withLock { thread in
            guard thread == nil else { return 0 }
            isRunning.store(true, ordering: .releasing)
            let context = unsafe Unmanaged.passRetained(self)
            var started = pthread_t()
            let status = unsafe pthread_create(
                &started, nil,
                { context in
                    unsafe Unmanaged<HiccupMeter>.fromOpaque(context!).takeRetainedValue()
                        .measure()
                    return nil
                }, context.toOpaque())
            if status == 0 {
                thread = started
            } else {
                unsafe context.release()
                isRunning.store(false, ordering: .releasing)
            }
            return status
        }
        if failure != 0 { throw .noThread(errno: failure) }
    }

    /// Stops the thread and waits for it, for at most one period on a machine that does not stall.
    public func stop() {
        thread.withLock { thread in
            guard let running = thread else { return }
            isRunning.store(false, ordering: .releasing)
            _ = pthread_join(running, nil)
            thread = nil
        }
    }

    /// The thread's whole life; tests call it on a scripted clock, which ends it by `stop`-ping.
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

    /// Lets `measure` go through its loop on the caller's thread until `requestStop`.
    func measureHere() {
        isRunning.store(true, ordering: .releasing)
        measure()
    }

    func requestStop() {
        isRunning.store(false, ordering: .releasing)
    }

    // MARK: What it saw

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

    /// Forgets all: called where the warm-up ends.
    public func reset() {
        log.withLock { $0 = StallLog() }
    }
}

public enum HiccupMeterError: Error, Equatable, CustomStringConvertible {
    case noThread(errno: Int32)

    public var description: String {
        switch self {
        case .noThread(let code):
            "the system gave no thread to the hiccup meter (errno \(code)); "
                + "check the limit on processes (ulimit -u)"
        }
    }
}
