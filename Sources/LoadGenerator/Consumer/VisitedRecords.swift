import Glibc
import RecordFormat

/// The records of the batch that a consumer has just decoded: number, sizes, checks of the values,
/// and when they were due. Reused for the next batch to keep its storage.
///
/// Thread contract: belongs to one consumer worker.
struct VisitedRecords: ~Copyable {
    /// Of the records from the wanted offset on.
    private(set) var checks = RecordChecks()
    /// Key, value and headers of the same records.
    private(set) var logicalByteCount = 0
    /// When the records were due; empty if unknown.
    private(set) var runs: [IntendedTimes.Run] = []
    /// Records that were decoded, including those before the wanted offset.
    private(set) var decodedCount = 0
    /// The largest offset delta of them, −1 if there is none.
    private(set) var lastDecodedDelta: Int64 = -1
    private var firstDelta = 0
    /// The offset deltas, if they are not consecutive; else empty.
    private var deltas: [Int] = []
    private var lastOffsetDelta = 0
    private var unixOffsetNanos: Int64 = 0

    init() {}

    /// Records from the wanted offset on.
    var count: Int { checks.count }

    /// Whether these are the records of all the batch's offsets.
    var isWhole: Bool { firstDelta == 0 && deltas.isEmpty && count == lastOffsetDelta + 1 }

    func offsetDelta(_ record: Int) -> Int {
        deltas.isEmpty ? firstDelta + record : deltas[record]
    }

    /// The record's offset, limited to the offsets of its batch.
    func offset(_ record: Int, in header: RecordBatchHeader) -> Offset {
        let delta = min(max(offsetDelta(record), 0), lastOffsetDelta)
        return header.baseOffset.advanced(by: Int64(delta))
    }

    /// Decodes the records of one batch from an offset on, or those of some ranges. Records before an error are kept.
    ///
    /// The values of an uncompressed batch are not read where the records have the checksum with
    /// which those of `entry` were sent: then the checks of the values are its checks, too.
    ///
    /// - Parameters:
    ///   - ranges: the offsets that are wanted, in order and not empty; nil for all. What is behind them is not decoded.
    ///   - entry: of the batch that is expected here, if it is known.
    ///   - unixOffsetNanos: add to monotonic nanoseconds to get Unix nanoseconds.
    ///   - takesTimestamps: whether to take the records' own timestamps for the times when they were due.
    mutating func visit(
        _ batch: RawSpan, header: RecordBatchHeader, from position: Offset,
        within ranges: [OffsetRanges.Range]? = nil, expecting entry: LedgerEntry? = nil,
        verifyChecksum: Bool,
        unixOffsetNanos: Int64,
        takesTimestamps: Bool = false, reader: inout RecordBatchReader
    ) throws(RecordFormatError) {
        reset(header, unixOffsetNanos)
        let firstWanted = position - header.baseOffset
        var wanted = (ranges ?? [])[...]
        let lastWanted = wanted.last.map { $0.upperBound - header.baseOffset } ?? .max
        let isPlain = header.attributes.codec == .none
        var sent: UnsafeBufferPointer<UInt16>?
        if verifyChecksum, isPlain {
            let checksum = try RecordBatchHeader.validateChecksum(of: batch, header: header)
            if let entry, entry.recordsChecksum == checksum, firstWanted <= 0,
                entry.recordCount == Int(header.recordCount)
            {
                unsafe sent = entry.checks
            }
        }
        try reader.withRecords(
            of: batch, header: header, verifyChecksum: verifyChecksum && !isPlain
        ) { (records: inout RecordIterator) throws(RecordFormatError) in
            while lastDecodedDelta < lastWanted, let record = try records.next() {
                decodedCount += 1
                let delta = Int64(record.offsetDelta)
                lastDecodedDelta = max(lastDecodedDelta, delta)
                guard delta >= firstWanted, delta <= lastWanted else { continue }
                while let range = wanted.first, range.upperBound - header.baseOffset < delta {
                    wanted.removeFirst()
                }
                if let range = wanted.first, range.lowerBound - header.baseOffset > delta {
                    continue
                }
                logicalByteCount += record.logicalByteCount
                noteDelta(record.offsetDelta)
                if takesTimestamps { noteTimestamp(of: record, in: header) }
                if let sent = unsafe sent {
                    checks.append(unsafe sent[decodedCount &- 1])
                } else {
                    checks.append(crc: CRC32C.checksum(records.bytes.bytes(of: record.value)))
                }
            }
        }
    }

    private mutating func reset(_ header: RecordBatchHeader, _ unixOffsetNanos: Int64) {
        checks.removeAll()
        runs.removeAll(keepingCapacity: true)
        deltas.removeAll(keepingCapacity: true)
        logicalByteCount = 0
        decodedCount = 0
        lastDecodedDelta = -1
        firstDelta = 0
        lastOffsetDelta = Int(header.lastOffsetDelta)
        self.unixOffsetNanos = unixOffsetNanos
    }

    /// Keeps the offset delta of the next record, if it does not follow from those before.
    @inline(__always)
    private mutating func noteDelta(_ delta: Int) {
        if count == 0 {
            firstDelta = delta
        } else if delta != firstDelta &+ count || !deltas.isEmpty {
            if deltas.isEmpty { deltas = (0..<count).map { firstDelta + $0 } }
            deltas.append(delta)
        }
    }

    /// The broker's timestamp of all the batch's records, or the record's own. A time that would
    /// overflow an age counts as one of 1970.
    private mutating func noteTimestamp(of record: Record, in header: RecordBatchHeader) {
        let own =
            header.attributes.timestampType == .logAppendTime
            ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
        let millis = (0..<Self.endOfTimeMillis).contains(own) ? own : 0
        let nanos = millis * 1_000_000 - unixOffsetNanos
        if runs.last?.nanos == nanos {
            runs[runs.count - 1].recordCount += 1
        } else {
            runs.append(IntendedTimes.Run(nanos: nanos, recordCount: 1))
        }
    }

    // MARK: Against the ledger

    /// Whether the entry has exactly these checks.
    @inline(__always)
    func hasAllChecks(of entry: LedgerEntry) -> Bool {
        guard entry.recordCount == count, let own = unsafe checks.elements.baseAddress,
            let sent = unsafe entry.checks.baseAddress
        else { return false }
        return unsafe memcmp(own, sent, 2 * count) == 0
    }

    /// Whether the entry has as many records as the batch has offsets, and among its checks those
    /// of the remaining records: compaction removes records.
    func hasChecks(of entry: LedgerEntry) -> Bool {
        if isWhole { return hasAllChecks(of: entry) }
        guard entry.recordCount == lastOffsetDelta + 1 else { return false }
        for record in 0..<count {
            let delta = offsetDelta(record)
            guard delta >= 0, delta < entry.recordCount,
                unsafe entry.checks[delta] == checks.elements[record]
            else { return false }
        }
        return true
    }

    /// Whether some of the records are in their places, in a batch with as many records as the
    /// entry.
    func hasSomeChecks(of entry: LedgerEntry) -> Bool {
        guard entry.recordCount == lastOffsetDelta + 1 else { return commonChecks(with: entry) > 0 }
        for record in 0..<count {
            let delta = offsetDelta(record)
            if delta >= 0, delta < entry.recordCount,
                unsafe entry.checks[delta] == checks.elements[record]
            {
                return true
            }
        }
        return false
    }

    /// How many of the records have a check that the entry has, each counted once.
    func commonChecks(with entry: LedgerEntry) -> Int {
        var free: [UInt16: Int] = [:]
        for place in 0..<entry.recordCount { free[unsafe entry.checks[place], default: 0] += 1 }
        var common = 0
        for record in 0..<count {
            let check = unsafe checks.elements[record]
            guard let left = free[check], left > 0 else { continue }
            free[check] = left - 1
            common += 1
        }
        return common
    }

    /// A digest of the checks.
    var digest: UInt32 {
        unsafe CRC32C.checksum(UnsafeRawBufferPointer(checks.elements))
    }

    /// Takes the intended times of the visited records from an entry.
    @inline(__always)
    mutating func setTimes(of entry: LedgerEntry) {
        entry.decodeTimes(into: &runs)
        if !isWhole || entry.recordCount != count { keepOwnTimes() }
    }

    /// Of the times of all the batch's records, keeps those of the visited records.
    private mutating func keepOwnTimes() {
        var (times, all) = ([IntendedTimes.Run](), runs[...])
        var passed = 0
        for record in 0..<count {
            let delta = max(offsetDelta(record), 0)
            while all.count > 1, let run = all.first, passed + run.recordCount <= delta {
                passed += run.recordCount
                all.removeFirst()
            }
            times.append(IntendedTimes.Run(nanos: all.first?.nanos ?? 0, recordCount: 1))
        }
        runs = times
    }

    /// Takes the timestamp of the batch as the time of all records, if their times are unknown.
    mutating func setTime(unixMillis: Int64) {
        // A header may contain anything: a time outside this range would overflow an age.
        guard (0..<Self.endOfTimeMillis).contains(unixMillis) else { return }
        runs = [
            IntendedTimes.Run(nanos: unixMillis * 1_000_000 - unixOffsetNanos, recordCount: count)
        ]
    }

    /// In the year 2200.
    private static let endOfTimeMillis: Int64 = 7_258_118_400_000
}

extension Record {
    /// Key, value and headers, without the lengths that encode them.
    @inline(__always)
    fileprivate var logicalByteCount: Int {
        max(key.count, 0) + max(value.count, 0) + headersLogicalByteCount
    }

    /// Names and values; their lengths are taken to have a byte each.
    @inline(__always)
    var headersLogicalByteCount: Int { max(headers.count - 2 * headerCount, 0) }
}
