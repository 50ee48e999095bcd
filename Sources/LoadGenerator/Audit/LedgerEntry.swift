/// The ledger's data of one batch: its producer, and when its records were due with the checks of
/// their values.
///
/// | Position | Field | |
/// |---|---|---|
/// | 0 | first sequence | u64, of the producer's records to this partition, from 0 |
/// | 8 | first intended time | i64, nanoseconds of the monotonic clock |
/// | 16 | producer | u32, its number in the run |
/// | 20 | record count | u32 |
/// | 24 | size of the times | u32 |
/// | 28 | checksum of the records | u32, see `RecordBatchBuilder.recordsChecksum` |
/// | 32 | checks | u16 for each record, see `RecordChecks` |
/// | … | times | see `IntendedTimes` |
///
/// In the machine's byte order: no other process reads it.
///
/// Thread contract: immutable once it is in the ledger; the bytes live as long as their block.
@safe
struct LedgerEntry {
    static let alignment = 8
    private static let headByteCount = 32

    private let start: UnsafeRawPointer

    init(at start: UnsafeRawPointer) {
        unsafe self.start = start
    }

    var firstSequence: UInt64 { unsafe start.load(as: UInt64.self) }
    var firstIntendedNanos: Int64 { unsafe start.load(fromByteOffset: 8, as: Int64.self) }
    var producer: Int { Int(unsafe start.load(fromByteOffset: 16, as: UInt32.self)) }
    var recordCount: Int { Int(unsafe start.load(fromByteOffset: 20, as: UInt32.self)) }
    private var timesByteCount: Int { Int(unsafe start.load(fromByteOffset: 24, as: UInt32.self)) }

    /// Of the batch as it was sent.
    var recordsChecksum: UInt32 { unsafe start.load(fromByteOffset: 28, as: UInt32.self) }

    var sequences: Range<UInt64> { firstSequence..<(firstSequence + UInt64(recordCount)) }

    /// The Kafka sequence number of the first record: sequences wrap from Int32.max to 0.
    var baseSequence: Int32 { Int32(truncatingIfNeeded: firstSequence & UInt64(Int32.max)) }

    var checks: UnsafeBufferPointer<UInt16> {
        unsafe UnsafeBufferPointer(
            start: (start + Self.headByteCount).assumingMemoryBound(to: UInt16.self),
            count: recordCount)
    }

    private var times: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: start + Self.headByteCount + 2 * recordCount, count: timesByteCount)
    }

    /// Appends when the batch's records were due.
    func decodeTimes(into runs: inout [IntendedTimes.Run]) {
        unsafe IntendedTimes.decode(times, first: firstIntendedNanos, into: &runs)
    }

    /// The largest size of the entry of a batch.
    static func maximumByteCount(of batch: borrowing PendingBatch) -> Int {
        headByteCount + 2 * batch.checks.count
            + IntendedTimes.maximumByteCountPerRun * batch.runs.count
    }

    /// Writes a batch's entry, where there is room for its largest size.
    ///
    /// - Returns: the number of bytes written.
    static func write(
        _ batch: borrowing PendingBatch, producer: Int, to start: UnsafeMutableRawPointer
    ) -> Int {
        let first = batch.runs.first?.intendedNanos ?? 0
        let count = batch.checks.count
        unsafe start.storeBytes(of: batch.firstSequence, as: UInt64.self)
        unsafe start.storeBytes(of: first, toByteOffset: 8, as: Int64.self)
        unsafe start.storeBytes(of: UInt32(producer), toByteOffset: 16, as: UInt32.self)
        unsafe start.storeBytes(of: UInt32(count), toByteOffset: 20, as: UInt32.self)
        unsafe start.storeBytes(
            of: batch.builder.recordsChecksum, toByteOffset: 28, as: UInt32.self)
        unsafe (start + headByteCount).copyMemory(
            from: UnsafeRawPointer(batch.checks.elements.baseAddress!), byteCount: 2 * count)
        let times = unsafe IntendedTimes.encode(
            batch.runs, first: first, to: start + headByteCount + 2 * count)
        unsafe start.storeBytes(of: UInt32(times), toByteOffset: 24, as: UInt32.self)
        return headByteCount + 2 * count + times
    }
}
