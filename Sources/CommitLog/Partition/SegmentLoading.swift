import RecordFormat

/// Opens the segments of a partition one after the other, and finds out what is missing between
/// them.
struct SegmentLoading {
    private let loader: PartitionLoader
    private let bases: [Offset]
    /// The last segment that begins at or below the recovery point, and all behind it, are scanned.
    private let firstUnsure: Int
    private(set) var recovery: PartitionRecovery
    private(set) var segments: [LogSegment] = []
    /// Where the log goes on behind gaps above the recovery point.
    private(set) var unseenGapEnds: [Offset] = []

    /// - Parameter recovery: what an earlier attempt found; its gaps are taken for known.
    init(_ loader: PartitionLoader, _ bases: [Offset], _ recovery: PartitionRecovery) {
        self.loader = loader
        self.bases = bases
        self.recovery = recovery
        firstUnsure = max(bases.lastIndex { $0 <= loader.recoveryPoint } ?? 0, 0)
    }

    mutating func run() throws(LogError) {
        noteMissingStart()
        for (index, base) in bases.enumerated() {
            guard let status = try fileStatus(path(of: base)) else { continue }
            if index < firstUnsure {
                loadSealed(base, endingAt: bases[index + 1], status)
            } else {
                try recover(base, index, status)
            }
        }
        unseenGapEnds.sort()
    }

    private func path(of base: Offset) -> String {
        "\(loader.path)/\(SegmentFileName.stem(base))\(SegmentFileName.log)"
    }

    /// A process that closes writes down where the log begins, which is mostly where its first
    /// segment does.
    private mutating func noteMissingStart() {
        guard loader.wasClosedCleanly, let start = loader.checkpointedLogStart,
            let first = bases.first, first > start, loader.recoveryPoint > start
        else { return }
        add(start, first, "there is no segment before \(path(of: first))", isUnseen: false)
    }

    /// A segment that was durable. Only its end is checked, and its file is left as it is.
    private mutating func loadSealed(_ base: Offset, endingAt next: Offset, _ status: FileStatus) {
        let segment = LogSegment(
            sealedIn: loader.path, baseOffset: base, nextOffset: next,
            byteCount: status.byteCount, createdMs: status.modifiedMs)
        segment.releaseZeros()
        segments.append(segment)
        do throws(LogError) {
            try judge(segment.sealedEnd(limit: next), of: segment, before: next)
        } catch {
            // Its readers will meet the error. It must not keep the log from being opened.
            recovery.find(["\(error)"])
        }
    }

    private mutating func judge(
        _ end: LogSegment.SealedEnd, of segment: LogSegment, before next: Offset
    ) {
        guard let fault = end.fault else {
            if end.nextOffset < next, !isCompacted(below: next) {
                noteGap(behind: segment, end.nextOffset, next, isUnseen: false)
            }
            return
        }
        let place = LogError.corrupt(
            path: segment.logPath, position: end.position, reason: "\(fault)")
        // A reader may pass an end that is missing. Damaged bytes that are there were durable
        // records, so their readers are told, and do not pass them unawares.
        guard case .truncated = fault, !end.isFollowed else {
            recovery.find(["\(place) Its readers are told so"])
            return
        }
        segment.end(at: end.position)
        if end.nextOffset < next {
            add(end.nextOffset, next, "\(place)", isUnseen: false)
        } else {
            recovery.find(["\(place) No record is missing"])
        }
    }

    /// A segment that the last process may not have made durable.
    private mutating func recover(
        _ base: Offset, _ index: Int, _ status: FileStatus
    ) throws(LogError) {
        if index > firstUnsure, let previous = segments.last {
            if previous.nextOffset < base, !isCompacted(below: base) {
                noteGap(behind: previous, previous.nextOffset, base, isUnseen: true)
            }
            previous.seal()
        }
        let isLast = index == bases.count - 1
        let segment = try LogSegment(
            recoveringIn: loader.path, baseOffset: base, status: status)
        // Compaction leaves gaps, and never touches the last segment.
        let gapsEnd =
            loader.config.cleanupPolicy.contains(.compact) && !isLast
            ? Offset(.max) : max(loader.recoveryPoint, loader.cleanedThrough)
        let outcome = try segment.recover(
            LogSegment.Expectations(
                recoveryPoint: loader.recoveryPoint, gapsEnd: gapsEnd,
                knownGapEnds: Set(recovery.gaps.map(\.endOffset)),
                limit: isLast ? Offset(.max) : bases[index + 1]),
            config: loader.config)
        recovery.scannedByteCount += outcome.scannedByteCount
        recovery.truncatedByteCount += outcome.truncatedByteCount
        recovery.truncationReason = recovery.truncationReason ?? outcome.truncationReason
        if let aside = outcome.aside { recovery.aside.append(aside) }
        for gap in outcome.gaps { add(gap.startOffset, gap.endOffset, gap.cause, isUnseen: true) }
        segments.append(segment)
    }

    /// Whether compaction may have left nothing of the last offsets below `base`. In a compacted
    /// topic that cannot be told from a lost end.
    private func isCompacted(below base: Offset) -> Bool {
        loader.config.cleanupPolicy.contains(.compact) || base <= loader.cleanedThrough
    }

    private mutating func noteGap(
        behind segment: LogSegment, _ end: Offset, _ base: Offset, isUnseen: Bool
    ) {
        add(
            end, base, "\(segment.logPath) ends before them, and \(path(of: base)) is the next",
            isUnseen: isUnseen)
    }

    private mutating func add(_ start: Offset, _ end: Offset, _ cause: String, isUnseen: Bool) {
        if isUnseen { unseenGapEnds.append(end) }
        let gap = OffsetGap(startOffset: start, endOffset: end, cause: cause)
        if !recovery.gaps.contains(where: { $0.endOffset == end }) { recovery.gaps.append(gap) }
    }
}
