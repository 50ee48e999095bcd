import RecordFormat

/// Walks the sound batches of a `.log` file in the order of their offsets, and steps over damage.
/// So a flipped bit, or a page that a power failure took, costs only the batches that it hit.
///
/// Thread contract: one thread; the file below `end` must not change meanwhile.
struct SoundBatches: ~Copyable {
    /// What is not checked.
    struct Trust {
        /// Batches below it were durable once, so their checksums are not computed. Readers find a
        /// flipped bit in their records.
        var durableEnd = Offset.zero
        /// Below it compaction may have left gaps.
        var gapsEnd = Offset.zero
        /// The ends of gaps that are known already.
        var knownGapEnds: Set<Offset> = []

        /// Only headers are checked, and any gap is accepted.
        static let headers = Trust(durableEnd: Offset(.max), gapsEnd: Offset(.max))
    }

    enum Step {
        case batch(RecordBatchHeader, position: Int)
        case damage(Damage)
    }

    /// Bytes without a batch that belongs there.
    struct Damage {
        var range: Range<Int>
        var reason: RecordFormatError
        /// Whether there may be batches in them whose bytes are sound.
        var hasStrays: Bool
    }

    private let file: SegmentFile
    private let end: Int
    private let trust: Trust
    private let chunkByteCount: Int
    private var search: SoundBatchSearch
    private var scanner: SegmentScanner
    /// Where the search has found a batch, which it has checked.
    private var foundPosition = -1
    private var isOver = false
    /// The offset after the last batch.
    private(set) var nextOffset: Offset

    /// A walk from `position`, a batch boundary at which `nextOffset` is expected, up to `end`.
    init(
        _ file: SegmentFile, from position: Int, to end: Int, nextOffset: Offset,
        bounds: SoundBatchSearch.Bounds, trust: Trust,
        chunkByteCount: Int = SegmentScanner.recoveryChunkByteCount
    ) {
        self.file = file
        self.end = end
        self.trust = trust
        self.nextOffset = nextOffset
        self.chunkByteCount = chunkByteCount
        search = SoundBatchSearch(file, to: end, bounds: bounds)
        scanner = SegmentScanner(file, from: position, to: end, chunkByteCount: chunkByteCount)
    }

    /// The next batch, or the damage before it; nil at the end.
    mutating func next() throws(LogError) -> Step? {
        let position = scanner.position
        guard !isOver, position < end else { return nil }
        let reason: RecordFormatError
        do throws(SegmentScanner.Fault) {
            guard let header = try scanner.next() else { return nil }
            if position != foundPosition { try validate(header) }
            nextOffset = header.nextOffset
            return .batch(header, position: position)
        } catch {
            switch error {
            case .log(let error): throw error
            case .format(let error): reason = error
            }
        }
        // If the search has found a batch here that the scanner cannot read, somebody is cutting
        // the file short. A search from here would find it again.
        let start = position == foundPosition ? position + 1 : position
        let outcome = try search.first(from: start, notBelow: nextOffset)
        if let found = outcome.position {
            foundPosition = found
            scanner = SegmentScanner(file, from: found, to: end, chunkByteCount: chunkByteCount)
            if found == position { return try next() }
        } else {
            isOver = true
        }
        return .damage(
            Damage(
                range: position..<(outcome.position ?? end), reason: reason,
                hasStrays: outcome.hasStrays))
    }

    /// Whether a gap before the batch is expected and need not be reported.
    func isGapExpected(before header: RecordBatchHeader) -> Bool {
        header.baseOffset < trust.gapsEnd || trust.knownGapEnds.contains(header.baseOffset)
    }

    private mutating func validate(_ header: RecordBatchHeader) throws(SegmentScanner.Fault) {
        guard search.bounds.contain(header),
            header.baseOffset == nextOffset || isGapExpected(before: header)
        else { throw .format(.invalidOffsets(of: header)) }
        try validateChecksum(header)
        guard scanner.isInOrder(header, after: nextOffset) else {
            throw .format(.invalidOffsets(of: header))
        }
    }

    /// Below the durable end, only the checksum of a batch before zeros is validated. Such a batch
    /// may have been cut short and look whole, as in a copy whose checkpoint is younger than its
    /// log.
    private mutating func validateChecksum(
        _ header: RecordBatchHeader
    ) throws(SegmentScanner.Fault) {
        let isDurable = header.baseOffset < trust.durableEnd
        if isDurable, !scanner.isNearZeros { return }
        let computed = try scanner.computedChecksum(header)
        if computed == header.crc { return }
        if isDurable, try !scanner.isBeforeZeros() { return }
        throw .format(.crcMismatch(stored: header.crc, computed: computed))
    }
}

extension RecordFormatError {
    static func invalidOffsets(of header: RecordBatchHeader) -> RecordFormatError {
        .invalidOffsets(
            baseOffset: header.baseOffset.rawValue, lastOffsetDelta: header.lastOffsetDelta)
    }
}
