import Measurement
import RecordFormat
import Synchronization

/// Some members of one consumer group on one thread: fetches their partitions, decodes and audits
/// every record, and records each record's end-to-end latency.
///
/// Like `ProducerWorker` it is stepped, and the time is a parameter.
///
/// Thread contract: belongs to one thread, but for the recorder and the group's board.
struct ConsumerWorker: ReadingWorker, ~Copyable {
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

    let board: GroupBoard
    let settings: Settings
    let session: any ConsumerSession
    /// Partitions that are the member's, and whose audits another worker still has.
    var awaited: Set<Int> = []
    /// Those that have come, and were not read from yet.
    var fresh: [Int] = []
    var assignments: [Assignment]
    /// By partition, its place among the assignments.
    var places: [Int: Int]
    private var hasBegun = false
    /// The places that were fetched from, and may keep entries of the ledger.
    var unreleased: Set<Int> = []
    private var consumption: BatchConsumption
    /// Whether it works on each record, and so sleeps in its steps.
    var isServing: Bool { consumption.isServing }
    var loop: (any StepLoop)? { session.loop }
    var failure: TargetError?

    /// - Parameter service: the work on each record; nil for none.
    init(
        audits: [PartitionAudit], board: GroupBoard, settings: Settings, time: TimeSource,
        session: any ConsumerSession, recorder: Recorder<ConsumerTally>,
        gaps: PartitionGaps? = nil, service: RecordService? = nil
    ) {
        self.board = board
        self.settings = settings
        self.session = session
        consumption = BatchConsumption(
            board: board, settings: settings, time: time, recorder: recorder, gaps: gaps,
            service: service)
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
            do {
                guard
                    try consumption.consume(
                        rest.extracting(first: header.sizeInBytes), header: header,
                        from: assignments[index].position, &assignments[index].audit)
                else { return }
            } catch {
                // A batch that could not be audited counts as unread.
                failure = error
                return
            }
            assignments[index].position = header.nextOffset
            place += header.sizeInBytes
            // A fetch may be the work of minutes.
            if isServing { advanceBoard(index) }
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
