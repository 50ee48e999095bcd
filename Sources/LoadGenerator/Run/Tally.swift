import Measurement

/// Counts and latencies of producers in a stretch of time. Tallies can be added: intervals to the
/// run, workers to the total.
public struct ProducerTally: Sendable {
    public var sentRecords: UInt64 = 0
    public var ackedRecords: UInt64 = 0
    public var failedRecords: UInt64 = 0
    /// Sent, and nobody knows whether they are stored.
    public var inDoubtRecords: UInt64 = 0
    public var ackedBatches: UInt64 = 0
    /// Keys + values + headers of acknowledged records.
    public var logicalBytes: UInt64 = 0
    /// Acknowledged batches before compression, and as stored.
    public var uncompressedBatchBytes: UInt64 = 0
    public var storedBytes: UInt64 = 0
    /// Time in the codec for the acknowledged batches.
    public var compressionNanos: Int64 = 0
    /// CPU time of the appends to a log in this process, from a sample of the batches.
    public var appendNanos: Int64 = 0
    /// By the monotonic clock; 0 if nothing was sent.
    public var lastSendNanos: Int64 = 0
    /// By the monotonic clock; 0 if nothing was acknowledged.
    public var lastAckNanos: Int64 = 0
    public var sendDelay = LatencyHistogram()
    public var serviceLatency = LatencyHistogram()
    public var responseLatency = LatencyHistogram()

    public init() {}
}

/// Counts and latencies of a consumer group's members in a stretch of time.
public struct ConsumerTally: Sendable {
    public var records: UInt64 = 0
    public var logicalBytes: UInt64 = 0
    public var storedBytes: UInt64 = 0
    /// Time in the codec, and the decompressed bytes of the records.
    public var decompressionNanos: Int64 = 0
    public var decompressedBytes: UInt64 = 0
    /// By the monotonic clock; 0 if nothing was consumed.
    public var lastHeldNanos: Int64 = 0
    public var endToEndLatency = LatencyHistogram()
    /// From their timestamps, which have milliseconds, of records that others have written.
    public var createTimeLatency = LatencyHistogram(rangeNanos: 0)

    public init() {}
}

public protocol Tally: Sendable {
    init()
    mutating func add(_ other: Self)
    mutating func reset()
}

extension ProducerTally: Tally {
    public mutating func add(_ other: ProducerTally) {
        sentRecords += other.sentRecords
        ackedRecords += other.ackedRecords
        failedRecords += other.failedRecords
        inDoubtRecords += other.inDoubtRecords
        ackedBatches += other.ackedBatches
        logicalBytes += other.logicalBytes
        uncompressedBatchBytes += other.uncompressedBatchBytes
        storedBytes += other.storedBytes
        compressionNanos += other.compressionNanos
        appendNanos += other.appendNanos
        lastSendNanos = max(lastSendNanos, other.lastSendNanos)
        lastAckNanos = max(lastAckNanos, other.lastAckNanos)
        sendDelay.add(other.sendDelay)
        serviceLatency.add(other.serviceLatency)
        responseLatency.add(other.responseLatency)
    }

    public mutating func reset() {
        (sentRecords, ackedRecords, failedRecords, ackedBatches) = (0, 0, 0, 0)
        inDoubtRecords = 0
        (logicalBytes, uncompressedBatchBytes, storedBytes) = (0, 0, 0)
        (compressionNanos, appendNanos) = (0, 0)
        (lastSendNanos, lastAckNanos) = (0, 0)
        sendDelay.reset()
        serviceLatency.reset()
        responseLatency.reset()
    }
}

extension ConsumerTally: Tally {
    public mutating func add(_ other: ConsumerTally) {
        records += other.records
        logicalBytes += other.logicalBytes
        storedBytes += other.storedBytes
        decompressionNanos += other.decompressionNanos
        decompressedBytes += other.decompressedBytes
        lastHeldNanos = max(lastHeldNanos, other.lastHeldNanos)
        endToEndLatency.add(other.endToEndLatency)
        createTimeLatency.add(other.createTimeLatency)
    }

    public mutating func reset() {
        (records, logicalBytes, storedBytes) = (0, 0, 0)
        (decompressionNanos, decompressedBytes) = (0, 0)
        lastHeldNanos = 0
        endToEndLatency.reset()
        createTimeLatency.reset()
    }
}

/// The time in which the records that count were due. A record belongs to the phase in which it was
/// *due*, whenever it was acknowledged or consumed.
struct MeasuredWindow: Sendable {
    var startNanos: Int64
    var endNanos: Int64

    @inline(__always)
    func contains(_ intendedNanos: Int64) -> Bool {
        intendedNanos >= startNanos && intendedNanos < endNanos
    }
}

/// Separate tallies for the warm-up and for the measured window.
struct PhasedTally<Phase: Tally>: Sendable {
    var warmup = Phase()
    var measured = Phase()

    mutating func reset() {
        warmup.reset()
        measured.reset()
    }
}

/// The tally that one worker writes and the reporter collects once an interval.
///
/// Thread contract: the worker takes the lock once per batch, the reporter once per interval and
/// only to swap, so neither waits for the other.
final class Recorder<Phase: Tally>: Sendable {
    private let current = CheckedMutex(PhasedTally<Phase>())

    @inline(__always)
    func record(_ body: (inout PhasedTally<Phase>) -> Void) {
        current.withLock { body(&$0) }
    }

    /// Replaces the current tally by an empty one. `spare` must be empty; it comes back full.
    func exchange(_ spare: inout PhasedTally<Phase>) {
        current.withLock { swap(&$0, &spare) }
    }
}
