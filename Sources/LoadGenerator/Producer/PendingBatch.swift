import RecordFormat

/// One batch of one producer for one partition: being filled, waiting to be sent, or in flight
/// until it is acknowledged. For latencies and audit it also keeps when each record was due and
/// sent, as runs of records that share both times, and the checks of the values.
///
/// Thread contract: belongs to one producer worker.
struct PendingBatch: ~Copyable {
    /// Consecutive records that were due at the same time and sent at the same time.
    struct Run {
        var intendedNanos: Int64
        /// When there was room for them: in an open loop when they were due, unless they had to wait.
        var sendNanos: Int64
        var recordCount: Int
    }

    var builder: RecordBatchBuilder
    private(set) var runs: [Run] = []
    /// Empty without consumers.
    private(set) var checks = RecordChecks()
    private(set) var logicalByteCount = 0

    /// The producer's place in its worker, and the partition's index in the target.
    var producer = 0
    var partition = 0
    /// The audit sequence number of the first record.
    var firstSequence: UInt64 = 0
    /// When the first record was sent; linger counts from that time.
    var openedNanos: Int64 = 0
    /// The same for `delivery.timeout.ms`: a worker that is far behind opens batches whose time-out has passed.
    var begunNanos: Int64 = 0
    /// When it had to leave before the end of its linger, in an open loop: a record was due that it had no room for,
    /// or for whose own batch there was none, or that was the last.
    var endNanos = Int64.max
    /// When it was full, or had lingered, or was sent for another reason.
    var queuedNanos: Int64 = 0
    /// How much later than by its schedule and its linger it was ready to be sent.
    var lateNanos: Int64 = 0
    /// When it was sealed and was handed over to the target.
    var handedNanos: Int64 = 0
    /// The CPU time of its append, and of the appends for which it stands; 0 if it stands for none.
    var appendNanos: Int64 = 0
    /// Counts the uses of this pooled batch, so that a queue entry of an earlier use is recognised.
    var generation = 0
    var isFull = false
    var isQueued = false
    /// Sent, and not acknowledged yet.
    var isInFlight = false
    /// Given up after the delivery timeout. It is not reused, because its bytes are lent until its
    /// outcome comes.
    var isAbandoned = false

    init(batchSize: Int, compressor: SharedCompressor) {
        builder = RecordBatchBuilder(batchSize: batchSize, sharing: compressor)
    }

    /// Adds a record, whose value is one of a pool; false if it does not fit.
    @inline(__always)
    mutating func append(
        timestampMillis: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer,
        headers: UnsafeRawBufferPointer, headersLogicalByteCount: Int, intendedNanos: Int64,
        sendNanos: Int64
    ) -> Bool {
        let fitted = unsafe builder.append(
            timestamp: timestampMillis, key: key, value: value, headers: headers,
            valueIsPadded: true)
        guard fitted else { return false }
        logicalByteCount += unsafe (key?.count ?? 0) + value.count + headersLogicalByteCount
        addRun(of: 1, intendedNanos: intendedNanos, sendNanos: sendNanos)
        return true
    }

    /// Adds values of a pool, which are due and sent at the same time and have neither keys nor headers,
    /// until one does not fit. Returns how many were added.
    @inline(__always)
    mutating func append(
        _ places: Range<Int>, of pool: PayloadPool, timestampMillis: Int64, intendedNanos: Int64,
        sendNanos: Int64, isAudited: Bool
    ) -> Int {
        let added = unsafe builder.append(places, timestamp: timestampMillis) { place in
            pool.prefetch(after: place)
            return unsafe pool.value(place)
        }
        guard added > 0 else { return 0 }
        let taken = places.lowerBound..<(places.lowerBound + added)
        logicalByteCount += pool.byteCount(of: taken)
        if isAudited {
            for place in taken { addCheck(crc: pool.checksum(place)) }
        }
        addRun(of: added, intendedNanos: intendedNanos, sendNanos: sendNanos)
        return added
    }

    @inline(__always)
    private mutating func addRun(of count: Int, intendedNanos: Int64, sendNanos: Int64) {
        let last = runs.count - 1
        if last >= 0, runs[last].intendedNanos == intendedNanos, runs[last].sendNanos == sendNanos {
            runs[last].recordCount += count
        } else {
            runs.append(
                Run(intendedNanos: intendedNanos, sendNanos: sendNanos, recordCount: count))
        }
    }

    /// Keeps the check of the record that was added last, by its value's CRC-32C.
    @inline(__always)
    mutating func addCheck(crc: UInt32) {
        checks.append(crc: crc)
    }

    /// When a run of a queued batch was sent. A record that its batch holds back is late only if the batch is.
    func sendNanos(of run: Run) -> Int64 {
        max(run.sendNanos, min(run.sendNanos + lateNanos, queuedNanos))
    }

    /// The batch's size as stored, once it is sealed.
    var sealedByteCount: Int { unsafe builder.sealedBytes.count }

    /// Empties the batch for its next use; its memory is kept.
    mutating func recycle() {
        builder.reset()
        runs.removeAll(keepingCapacity: true)
        checks.removeAll()
        logicalByteCount = 0
        appendNanos = 0
        endNanos = .max
        lateNanos = 0
        generation += 1
        isFull = false
        isQueued = false
        isInFlight = false
    }
}

/// A worker's batches, reused and addressed by ticket. Their number is bounded, and with it the
/// memory that waits for a slow target (Kafka's `buffer.memory`).
///
/// Thread contract: belongs to one producer worker.
struct BatchPool: ~Copyable {
    private let batchSize: Int
    private let compressor: SharedCompressor
    private let limit: Int
    private var batches = StableArray<PendingBatch>()
    private var free: [Int] = []

    /// - Parameter limit: the most batches that may be in use at once.
    init(limit: Int, batchSize: Int, compressor: SharedCompressor) {
        self.limit = limit
        self.batchSize = batchSize
        self.compressor = compressor
    }

    /// The bytes that the records of a batch may have.
    var emptyRoom: Int { max(batchSize - RecordBatchHeader.byteCount, 0) }
    /// How many batches were made.
    var count: Int { batches.count }
    var inUse: Int { batches.count - free.count }
    /// How many batches may still be taken.
    var freeCount: Int { limit - inUse }
    var isExhausted: Bool { free.isEmpty && batches.count >= limit }

    /// A free batch. The caller has checked that the pool is not exhausted.
    mutating func take() -> Int {
        if let ticket = free.popLast() { return ticket }
        batches.append(PendingBatch(batchSize: batchSize, compressor: compressor))
        return batches.count - 1
    }

    mutating func giveBack(_ ticket: Int) {
        batches[ticket].recycle()
        free.append(ticket)
    }

    subscript(ticket: Int) -> PendingBatch {
        @inline(__always)
        _read { yield batches[ticket] }
        @inline(__always)
        _modify { yield &batches[ticket] }
    }
}
