import Glibc

/// How long a probe of the machine's limits runs, and in how many slices.
public struct ProbeSchedule: Sendable, Equatable {
    public var warmupNanos: Int64
    public var sliceNanos: Int64
    /// The figures are medians over these.
    public var slices: Int

    public init(
        warmupNanos: Int64 = 300_000_000, sliceNanos: Int64 = 400_000_000, slices: Int = 5
    ) {
        precondition(warmupNanos >= 0 && sliceNanos > 0 && slices > 0)
        self.warmupNanos = warmupNanos
        self.sliceNanos = sliceNanos
        self.slices = slices
    }
}

/// The result of one bare operation on this machine.
public struct ProbeResult: Sendable, Equatable {
    /// `memory_copy`, `write`, `fdatasync`, `sendfile`, `socket_write`; other modules add theirs.
    public let probe: String
    public let blockByteCount: Int
    /// One rate for each slice, in the order measured.
    public let bytesPerSecond: [Double]
    public let operationsPerSecond: [Double]
    /// Of single operations, if those were timed.
    public let latency: LatencyHistogram?

    public var medianBytesPerSecond: Double { Statistics.median(bytesPerSecond)! }
    public var medianOperationsPerSecond: Double { Statistics.median(operationsPerSecond)! }
}

/// A system call that failed in a probe.
public struct ProbeError: Error, Equatable, CustomStringConvertible {
    public let operation: String
    public let errno: Int32

    init(_ operation: String, errno code: Int32 = Glibc.errno) {
        self.operation = operation
        self.errno = code
    }

    public var description: String {
        "cannot \(operation): \(unsafe String(cString: strerror(errno)))"
    }
}

/// Runs an operation repeatedly: warm-up, then slice after slice.
///
/// Public so that probes of codecs and checksums, which are in the modules of their libraries, are
/// timed in the same way.
public enum ProbeLoop {
    /// - Parameters:
    ///   - progress: called after the warm-up and each slice with the share done, 0…1.
    ///   - latency: the histogram of single operations, read once at the end.
    ///   - operation: does its work once, and says how many bytes it moved. The clock is read after
    ///     each (23 ns), so let one operation take microseconds.
    public static func measure<Failure: Error>(
        _ probe: String, blockByteCount: Int, schedule: ProbeSchedule,
        progress: (Double) -> Void = { _ in }, clock: () -> Int64 = MonotonicClock.now,
        latency: () -> LatencyHistogram? = { nil }, warmedUp: () -> Void = {},
        operation: () throws(Failure) -> Int
    ) throws(Failure) -> ProbeResult {
        _ = try slice(schedule.warmupNanos, clock: clock, operation)
        warmedUp()
        progress(1 / Double(schedule.slices + 1))
        var bytesPerSecond: [Double] = []
        var operationsPerSecond: [Double] = []
        for index in 0..<schedule.slices {
            let slice = try slice(schedule.sliceNanos, clock: clock, operation)
            let seconds = Double(slice.nanos) / 1e9
            bytesPerSecond.append(Double(slice.byteCount) / seconds)
            operationsPerSecond.append(Double(slice.operations) / seconds)
            progress(Double(index + 2) / Double(schedule.slices + 1))
        }
        return ProbeResult(
            probe: probe, blockByteCount: blockByteCount, bytesPerSecond: bytesPerSecond,
            operationsPerSecond: operationsPerSecond, latency: latency())
    }

    /// Runs whole operations until the time is over, at least one, and returns the time that they
    /// took.
    private static func slice<Failure: Error>(
        _ nanos: Int64, clock: () -> Int64, _ operation: () throws(Failure) -> Int
    ) throws(Failure) -> (nanos: Int64, byteCount: Int, operations: Int) {
        let start = clock()
        var byteCount = 0
        var operations = 0
        var now = start
        repeat {
            byteCount += try operation()
            operations += 1
            now = clock()
        } while now - start < nanos
        return (max(now - start, 1), byteCount, operations)
    }
}
