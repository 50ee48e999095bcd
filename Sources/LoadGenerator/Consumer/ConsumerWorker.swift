import Measurement
import RecordFormat
import Synchronization

/// Some members of one consumer group on one thread: fetches their partitions, decodes and audits
/// every record, and records each record's end-to-end latency.
///
/// Like `ProducerWorker` it is stepped, and the time is a parameter.
///
/// Thread contract: belongs to one thread, but for `recorder` and the group's board.
struct ConsumerWorker: ~Copyable {
    struct Settings: Sendable {
        var maxPartitionFetchBytes: Int
        var verifyChecksums: Bool
        var window: MeasuredWindow
        var unixOffsetNanos: Int64
        /// Whether the run has no producers: all records are other programs'.
        var readsOthers = false
    }

    enum Step: Equatable {
        /// Everything was read; the wake-up signals when there is more.
        case wait
        case again
        case finished
    }

    /// One partition that a member of this worker reads.
    struct Assignment {
        var position: Offset
        var audit: PartitionAudit

        var partition: Int { audit.partition }
    }

    let recorder: Recorder<ConsumerTally>
    let board: GroupBoard
    let settings: Settings
    private let time: TimeSource
    let session: any ConsumerSession
    /// Partitions that are the member's, and whose audits another worker still has.
    var awaited: Set<Int> = []
    /// Those that have come, and were not read from yet.
    var fresh: [Int] = []
    /// Of the group; nil if nobody asks.
    private let gaps: PartitionGaps?
    var assignments: [Assignment]
    /// By partition, its place among the assignments.
    var places: [Int: Int]
    private var hasBegun = false
    /// The places that were fetched from, and may keep entries of the ledger.
    var unreleased: Set<Int> = []
    private(set) var reader: RecordBatchReader
    private var ledgerReader = LedgerReader()
    private var batchCount = 0
    private(set) var visited = VisitedRecords()
    private var service: RecordService?
    /// Whether it works on each record, and so sleeps in its steps.
    var isServing: Bool { service != nil }
    var failure: TargetError?

    /// - Parameter service: the work on each record; nil for none.
    init(
        audits: [PartitionAudit], board: GroupBoard, settings: Settings, time: TimeSource,
        session: any ConsumerSession, recorder: Recorder<ConsumerTally>,
        gaps: PartitionGaps? = nil, service: RecordService? = nil
    ) {
        self.gaps = gaps
        self.service = service
        self.board = board
        self.settings = settings
        self.time = time
        self.session = session
        self.recorder = recorder
        reader = RecordBatchReader()
        assignments = audits.map { audit in
            Assignment(position: board.position(of: audit.partition), audit: audit)
        }
        places = Dictionary(
            uniqueKeysWithValues: assignments.enumerated().map { ($1.partition, $0) })
    }

    /// Reads every assigned partition once or, where the session knows them, those that have
    /// something: a step costs what has come, however many partitions there are.
    mutating func step() -> Step {
        guard failure == nil, !board.isStopped else { return .finished }
        if let audits = board.audits { follow(audits) }
        guard !board.isPaused else { return .wait }
        if !hasBegun {
            hasBegun = true
            session.begin(at: assignments.map { ($0.partition, $0.position) })
        }
        let ready = session.takeReady()
        var byteCount = 0
        if let ready {
            for partition in ready + fresh {
                guard let index = places[partition] else { continue }
                byteCount += fetch(index)
                unreleased.insert(index)
            }
        } else {
            for index in assignments.indices { byteCount += fetch(index) }
        }
        fresh.removeAll(keepingCapacity: true)
        if byteCount > 0 { return .again }
        if ready == nil { unreleased.formUnion(assignments.indices) }
        for index in unreleased { assignments[index].audit.letGo() }
        unreleased.removeAll(keepingCapacity: true)
        if failure != nil || hasReachedGoal { return .finished }
        if ready != nil { return .wait }
        for assignment in assignments
        where !session.arm(assignment.partition, past: assignment.position) {
            return .again
        }
        return .wait
    }

    /// A member whose partitions are read has others to wait for, whose partitions may come to it.
    private var hasReachedGoal: Bool {
        board.audits == nil
            ? board.isDrained(assignments.lazy.map { ($0.partition, $0.position) })
            : board.hasReachedGoal
    }

    /// Reads one partition once; returns the bytes read.
    private mutating func fetch(_ index: Int) -> Int {
        let (partition, position) = (assignments[index].partition, assignments[index].position)
        do {
            let fetched = try session.fetch(
                from: position, of: partition, maxBytes: settings.maxPartitionFetchBytes
            ) { span in
                consume(span, of: index)
            }
            if failure == nil, !hasEnough, let next = fetched.nextOffset,
                next > assignments[index].position
            {
                assignments[index].position = next
            }
            if assignments[index].position > position {
                advanceBoard(index)
            }
            return fetched.byteCount
        } catch {
            if case .damaged(let reason) = error {
                stopReading(index, because: reason)
            } else {
                failure = error
            }
            return 0
        }
    }

    /// Consumes whole batches, one after the other.
    private mutating func consume(_ batches: RawSpan, of index: Int) {
        var place = 0
        while place < batches.byteCount, !hasEnough {
            let rest = batches.extracting(droppingFirst: place)
            let header: RecordBatchHeader
            do {
                header = try RecordBatchHeader(rest)
                guard header.sizeInBytes <= rest.byteCount else {
                    throw RecordFormatError.truncated(
                        needed: header.sizeInBytes, available: rest.byteCount)
                }
            } catch {
                stopReading(index, error)
                return
            }
            guard consume(rest.extracting(first: header.sizeInBytes), header: header, of: index)
            else { return }
            // A batch that could not be audited counts as unread.
            if failure != nil { return }
            assignments[index].position = header.nextOffset
            place += header.sizeInBytes
            // A fetch may be the work of minutes.
            if service != nil { advanceBoard(index) }
        }
    }

    private func advanceBoard(_ index: Int) {
        board.advance(
            assignments[index].partition, to: assignments[index].position,
            nextEntry: assignments[index].audit.nextEntry)
    }

    /// Whether the run was to read so many records, or ended while there was work left. Nothing after
    /// that is read, nor committed.
    private var hasEnough: Bool { (settings.readsOthers || isServing) && board.isStopped }

    /// Without a header the start of the next batch is unknown.
    private mutating func stopReading(_ index: Int, _ error: any Error) {
        // A batch that is cut off does not count as corrupt.
        if case RecordFormatError.truncated = error {
        } else {
            assignments[index].audit.addCorrupt(1, from: assignments[index].position)
        }
        stopReading(index, because: "\(error)")
    }

    /// Everything from the position on is lost.
    private mutating func stopReading(_ index: Int, because reason: String) {
        assignments[index].audit.cutShort()
        failure = .damaged(
            "\(assignments[index].audit.topicPartition) cannot be read on from offset "
                + "\(assignments[index].position.rawValue): \(reason)")
    }

    /// Of so many batches, one is not compared with the batch that was sent: its values are checked
    /// one by one, so that a fault of our own between payload and sealed batch shows, too.
    private static let batchesPerFullCheck = 16

    /// - Returns: false if the run ended during the work on the batch, which then is unread.
    private mutating func consume(
        _ batch: RawSpan, header: RecordBatchHeader, of index: Int
    ) -> Bool {
        guard !header.attributes.isControl else { return true }
        var expected: LedgerEntry?
        batchCount &+= 1
        if batchCount % Self.batchesPerFullCheck != 0 {
            do {
                let next = assignments[index].audit.nextEntry
                expected = try assignments[index].audit.entry(at: next, &ledgerReader)
            } catch {
                failure = error
            }
        }
        do {
            try visited.visit(
                batch, header: header, from: assignments[index].position, expecting: expected,
                verifyChecksum: settings.verifyChecksums, unixOffsetNanos: settings.unixOffsetNanos,
                takesTimestamps: settings.readsOthers, reader: &reader)
        } catch {
            // A record that could not be decoded is corrupt, and its sequence number is missing.
            let unread = Int64(header.recordCount) - Int64(visited.decodedCount)
            assignments[index].audit.addCorrupt(UInt64(max(unread, 0)), from: header.baseOffset)
        }
        // The clock is read after the batch's last record was decoded, so that no latency is too
        // short.
        let now = time.now()
        var isNew = true
        do {
            isNew = try assignments[index].audit.observe(
                &visited, of: header, reader: &ledgerReader)
        } catch {
            failure = error
        }
        noteGap(at: now, of: assignments[index].partition)
        let begins = service?.work(on: visited.count, now: now) ?? []
        if board.isStopped, let last = begins.last, last > time.now() { return false }
        let holding = HoldTimes(now: now, begins: begins)
        if settings.readsOthers {
            // What comes again after a move was counted when it came first.
            guard isNew else { return true }
            recordOthers(holding, storedByteCount: batch.byteCount)
        } else {
            record(holding, storedByteCount: batch.byteCount)
        }
        return true
    }

    private func noteGap(at now: Int64, of partition: Int) {
        guard let gaps, let due = visited.runs.first?.nanos, settings.window.contains(due) else {
            return
        }
        gaps.note(at: now, due: due, of: partition)
    }

    // MARK: After the last step

    func outcome() -> Outcome {
        session.end()
        return Outcome(
            audits: assignments.map { assignment in
                let isDrained = board.isDrained(
                    CollectionOfOne(
                        (
                            assignment.partition,
                            max(assignment.position, board.position(of: assignment.partition))
                        )))
                return (isDrained, assignment.audit)
            }, failure: failure)
    }
}
