import RecordFormat

/// What a partition's directory holds, ready to become a `PartitionLog`.
struct LoadedPartition {
    var segments: [LogSegment]
    var active: LogSegment
    /// Nil for a log of no records, which opens it when it is first appended to.
    var activeFile: SegmentFile?
    var producers: ProducerStateTable
    var leaderEpoch: LeaderEpoch
    var logStartOffset: Offset
    var logEndOffset: Offset
    /// Everything below is known to be on disk.
    var flushedEnd: Offset
    var recovery: PartitionRecovery
}

extension LoadedPartition {
    /// What a directory without records holds.
    init(
        emptyAt path: String, of topicPartition: TopicPartition, leaderEpoch: LeaderEpoch,
        nowMs: Int64
    ) {
        let segment = LogSegment(emptyIn: path, baseOffset: .zero, nowMs: nowMs)
        self.init(
            segments: [segment], active: segment, activeFile: nil,
            producers: ProducerStateTable(), leaderEpoch: leaderEpoch, logStartOffset: .zero,
            logEndOffset: .zero, flushedEnd: .zero,
            recovery: PartitionRecovery(topicPartition: topicPartition))
    }
}

/// Opens the directory of one partition, whatever state the last process left it in.
///
/// Below the recovery point the files are taken as they are; from there on everything is scanned, so
/// the time it takes is bounded by what was not flushed. No marker of a clean shutdown is believed: a
/// recovery point at the log's end says as much, and costs a look at the last few batches.
struct PartitionLoader {
    let topicPartition: TopicPartition
    let path: String
    let config: LogConfig
    /// Up to here the log was durable when the checkpoint was written; zero where there is none.
    let recoveryPoint: Offset
    let checkpointedLogStart: Offset
    /// Up to here the log was compacted, so that offsets may be missing; zero where it never was.
    var cleanedThrough = Offset.zero
    let nowMs: Int64

    func load() throws(LogError) -> LoadedPartition {
        var recovery = PartitionRecovery(topicPartition: topicPartition)
        try SwapRecovery(path: path).run()
        let names = try removeLeftovers()
        if let empty = try emptyLog(names) { return empty }
        var segments = try loadSegments(
            names.compactMap { SegmentFileName.offset(in: $0, extension: SegmentFileName.log) },
            &recovery)
        let logEnd = segments.last?.nextOffset ?? checkpointedLogStart
        recovery.lostBelowRecoveryPoint = logEnd < recoveryPoint
        if segments.isEmpty || logEnd < checkpointedLogStart {
            // All that was left lies below the log start offset.
            for segment in segments { try removeFiles(of: segment.baseOffset) }
            recovery.deletedSegmentCount += segments.count
            segments = [
                try LogSegment(creatingIn: path, baseOffset: checkpointedLogStart, nowMs: nowMs)
            ]
        }
        let active = segments[segments.count - 1]
        let logStart = max(checkpointedLogStart, segments[0].baseOffset)
        recovery.logEndOffset = active.nextOffset
        return LoadedPartition(
            segments: segments, active: active, activeFile: try active.file(),
            producers: try ProducerStateLoader(path: path, recoveryPoint: recoveryPoint)
                .load(segments),
            leaderEpoch: try LeaderEpochCheckpoint.loadOrCreate(in: path).latest,
            logStartOffset: logStart, logEndOffset: active.nextOffset,
            flushedEnd: max(min(recoveryPoint, active.nextOffset), segments[0].baseOffset),
            recovery: recovery)
    }

    /// A log of no records and no past, as most partitions of a large directory are: nothing of it is opened.
    private func emptyLog(_ names: [String]) throws(LogError) -> LoadedPartition? {
        guard recoveryPoint == .zero, checkpointedLogStart == .zero else { return nil }
        let log = SegmentFileName.stem(.zero) + SegmentFileName.log
        for name in names where name != PartitionMetadata.fileName {
            if name == LeaderEpochCheckpoint.fileName { continue }
            guard name == log, let status = try fileStatus("\(path)/\(name)"),
                status.byteCount == 0, status.allocatedByteCount == 0
            else { return nil }
        }
        return LoadedPartition(
            emptyAt: path, of: topicPartition,
            leaderEpoch: try LeaderEpochCheckpoint.loadOrCreate(in: path).latest, nowMs: nowMs)
    }

    /// The segments with these base offsets, in order, as far as they hold.
    private func loadSegments(
        _ bases: [Offset], _ recovery: inout PartitionRecovery
    ) throws(LogError) -> [LogSegment] {
        let firstUnsure = max(bases.lastIndex { $0 <= recoveryPoint } ?? 0, 0)
        var segments: [LogSegment] = []
        for (index, base) in bases.enumerated() {
            let logPath = "\(path)/\(SegmentFileName.stem(base))\(SegmentFileName.log)"
            guard let status = try fileStatus(logPath) else { continue }
            if index < firstUnsure {
                let segment = LogSegment(
                    sealedIn: path, baseOffset: base, nextOffset: bases[index + 1],
                    byteCount: status.byteCount, createdMs: status.modifiedMs)
                segment.releaseZeros()
                segments.append(segment)
                continue
            }
            // The kernel writes files in any order: a later segment may be whole although an earlier
            // one lost its end. What comes after such a gap is not kept.
            if index > firstUnsure, let previous = segments.last {
                guard recovery.truncationReason == nil,
                    previous.nextOffset == base || isGapAllowed(previous.nextOffset, base)
                else {
                    try removeFiles(of: base)
                    recovery.truncationReason =
                        recovery.truncationReason
                        ?? "\(logPath) begins at offset \(base), but the one before ends at "
                        + "\(previous.nextOffset)"
                    recovery.deletedSegmentCount += 1
                    recovery.truncatedByteCount += status.byteCount
                    continue
                }
                previous.seal()
            }
            let segment = try LogSegment(recoveringIn: path, baseOffset: base, status: status)
            // Compaction leaves gaps, and never touches the last segment.
            let isCompacted =
                config.cleanupPolicy.contains(.compact) && index < bases.count - 1
            let outcome = try segment.recover(
                from: recoveryPoint,
                allowingGapsBelow: isCompacted ? Offset(.max) : max(recoveryPoint, cleanedThrough),
                config: config)
            recovery.scannedByteCount += outcome.scannedByteCount
            recovery.truncatedByteCount += outcome.truncatedByteCount
            recovery.truncationReason = outcome.reason
            segments.append(segment)
        }
        return segments
    }

    /// Whether offsets may be missing between two segments: compaction may leave nothing of the end of the
    /// first one. Where a topic is compacted that cannot be told from a lost end, and what follows is worth
    /// keeping in either case: its readers want the latest record of each key.
    private func isGapAllowed(_ end: Offset, _ base: Offset) -> Bool {
        end < base
            && (config.cleanupPolicy.contains(.compact)
                || base <= max(recoveryPoint, cleanedThrough))
    }

    /// Removes what an earlier process was about to remove or had not finished, and index files
    /// without a log; returns the other names.
    private func removeLeftovers() throws(LogError) -> [String] {
        let names = try directoryEntries(path).filter { !$0.isDirectory }.map(\.name)
        let leftovers = [SegmentFileName.deleted, DurableFile.temporarySuffix]
        let logs = Set(names.filter { $0.hasSuffix(SegmentFileName.log) })
        var kept: [String] = []
        for name in names {
            var isLeftover = leftovers.contains { name.hasSuffix($0) }
            for suffix in [
                SegmentFileName.offsetIndex, SegmentFileName.timeIndex,
                SegmentFileName.transactionIndex,
            ]
            where name.hasSuffix(suffix) {
                isLeftover = !logs.contains(name.dropLast(suffix.count) + SegmentFileName.log)
            }
            if isLeftover {
                try removeFile("\(path)/\(name)")
            } else {
                kept.append(name)
            }
        }
        return kept
    }

    private func removeFiles(of base: Offset) throws(LogError) {
        let stem = "\(path)/\(SegmentFileName.stem(base))"
        for suffix in [
            SegmentFileName.log, SegmentFileName.offsetIndex, SegmentFileName.timeIndex,
            SegmentFileName.transactionIndex,
        ] {
            try removeFile(stem + suffix)
        }
    }
}
