import Measurement
import RecordFormat

/// What a consumer worker does with a batch: it decodes and audits its records, works on them, and records how long
/// each was on its way.
///
/// Thread contract: belongs to one consumer worker, but for the recorder and the group's board.
struct BatchConsumption: ~Copyable {
    /// Of so many batches, one is not compared with the batch that was sent: its values are checked
    /// one by one, so that a fault of our own between payload and sealed batch shows, too.
    private static let batchesPerFullCheck = 16

    let board: GroupBoard
    let settings: ConsumerWorker.Settings
    private let time: TimeSource
    let recorder: Recorder<ConsumerTally>
    /// Of the group; nil if nobody asks.
    private let gaps: PartitionGaps?
    private var service: RecordService?
    private(set) var reader = RecordBatchReader()
    private var ledgerReader = LedgerReader()
    private var batchCount = 0
    private(set) var visited = VisitedRecords()

    init(
        board: GroupBoard, settings: ConsumerWorker.Settings, time: TimeSource,
        recorder: Recorder<ConsumerTally>, gaps: PartitionGaps?, service: RecordService?
    ) {
        self.board = board
        self.settings = settings
        self.time = time
        self.recorder = recorder
        self.gaps = gaps
        self.service = service
    }

    /// Whether it works on each record, and so sleeps.
    var isServing: Bool { service != nil }

    /// Consumes a batch from an offset on.
    ///
    /// - Returns: false if the run ended during the work on the batch, which then is unread.
    /// - Throws: if the batch could not be audited.
    mutating func consume(
        _ batch: RawSpan, header: RecordBatchHeader, from position: Offset,
        _ audit: inout PartitionAudit
    ) throws(TargetError) -> Bool {
        guard !header.attributes.isControl else { return true }
        var expected: LedgerEntry?
        batchCount &+= 1
        if batchCount % Self.batchesPerFullCheck != 0 {
            expected = try audit.entry(at: audit.nextEntry, &ledgerReader)
        }
        let unread = visit(batch, header: header, from: position, expecting: expected)
        audit.addCorrupt(unread, from: header.baseOffset)
        // The clock is read after the batch's last record was decoded, so that no latency is too
        // short.
        let now = time.now()
        let isNew = try audit.observe(&visited, of: header, reader: &ledgerReader)
        return finish(at: now, isNew: isNew, of: audit.partition, storedByteCount: batch.byteCount)
    }

    /// Consumes those records of a batch that a member of a share group was given. The batch is decoded once, and once
    /// more if some of them were given to the group before.
    ///
    /// Every value's checksum is computed, and not only those of one batch of `batchesPerFullCheck`: which entry of the
    /// ledger comes next is not known where members take turns.
    ///
    /// - Returns: false if the run ended during the work on them: then they are not acknowledged.
    /// - Throws: if they could not be audited.
    mutating func consume(
        _ batch: RawSpan, header: RecordBatchHeader, _ given: [GivenRecords], _ audit: SharedAudit
    ) throws(TargetError) -> Bool {
        guard !header.attributes.isControl else { return true }
        let claim = audit.claim(given)
        for (part, isNew) in [(claim.new, true), (claim.again, false)] where !part.isEmpty {
            let count = part.count
            let unread = visit(
                batch, header: header, from: header.baseOffset, within: part.ranges)
            let now = time.now()
            if isNew {
                try audit.observe(&visited, part, unread: unread, of: header, reader: &ledgerReader)
            } else {
                audit.addRedelivered(visited.count)
            }
            let whole = Int64(header.lastOffsetDelta) + 1
            guard
                finish(
                    at: now, isNew: isNew, of: audit.partition,
                    storedByteCount: Int(Int64(batch.byteCount) * count / whole))
            else { return false }
        }
        return true
    }

    /// - Parameter ranges: the offsets that are wanted; nil for all.
    /// - Returns: how many of the wanted records could not be decoded: they are corrupt, and their sequence numbers are
    ///   missing.
    private mutating func visit(
        _ batch: RawSpan, header: RecordBatchHeader, from position: Offset,
        within ranges: [OffsetRanges.Range]? = nil, expecting expected: LedgerEntry? = nil
    ) -> UInt64 {
        do {
            try visited.visit(
                batch, header: header, from: position, within: ranges, expecting: expected,
                verifyChecksum: settings.verifyChecksums, unixOffsetNanos: settings.unixOffsetNanos,
                takesTimestamps: settings.readsOthers, reader: &reader)
            return 0
        } catch {
            let unread = max(Int64(header.recordCount) - Int64(visited.decodedCount), 0)
            guard let ranges else { return UInt64(unread) }
            // Those behind the fault; what is before it was read, or is no record.
            let reached = header.baseOffset.advanced(by: visited.lastDecodedDelta)
            let behind = ranges.reduce(Int64(0)) {
                $0 + max($1.upperBound - max(reached, $1.lowerBound.advanced(by: -1)), 0)
            }
            return UInt64(min(behind, unread))
        }
    }

    /// Works on the visited records, and records them.
    private mutating func finish(
        at now: Int64, isNew: Bool, of partition: Int, storedByteCount: Int
    ) -> Bool {
        noteGap(at: now, of: partition)
        let begins = service?.work(on: visited.count, now: now) ?? []
        if board.isStopped, let last = begins.last, last > time.now() { return false }
        let holding = HoldTimes(now: now, begins: begins)
        if settings.readsOthers {
            // What comes again after a move was counted when it came first.
            guard isNew else { return true }
            recordOthers(holding, storedByteCount: storedByteCount)
        } else {
            record(holding, storedByteCount: storedByteCount)
        }
        return true
    }

    private func noteGap(at now: Int64, of partition: Int) {
        guard let gaps, let due = visited.runs.first?.nanos, settings.window.contains(due) else {
            return
        }
        gaps.note(at: now, due: due, of: partition)
    }
}
