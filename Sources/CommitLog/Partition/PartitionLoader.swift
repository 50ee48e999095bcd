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
/// Below the recovery point the files are taken as they are, but for a look at where each segment
/// ends; from there on everything is scanned, so the time it takes is bounded by what was not
/// flushed. The marker of a clean shutdown saves no check: a recovery point at the log's end says
/// as much, and costs a look at the last few batches.
///
/// What was not flushed may be damaged anywhere: the kernel writes files in any order. Sound
/// batches behind such damage are served, behind a gap: their offsets were given out, readers have
/// passed them, and any other record at these offsets would be taken for what they have read. Only
/// where a transaction is open at a gap they are set aside: its marker may have been in the gap,
/// and what it aborted would be shown as committed.
struct PartitionLoader {
    let topicPartition: TopicPartition
    let path: String
    let config: LogConfig
    /// Up to here the log was durable when the checkpoint was written; zero where there is none.
    let recoveryPoint: Offset
    /// Nil where no checkpoint knows.
    let checkpointedLogStart: Offset?
    /// Up to here the log was compacted, so that offsets may be missing; zero where it never was.
    var cleanedThrough = Offset.zero
    /// Whether the last process closed the log. Then somebody else has removed a file that is
    /// missing.
    var wasClosedCleanly = false
    let nowMs: Int64

    func load() throws(LogError) -> LoadedPartition {
        var recovery = PartitionRecovery(topicPartition: topicPartition)
        recovery.aside += try SwapRecovery(path: path).run()
        while true {
            // Once more after each part of the log that was set aside.
            if let loaded = try load(&recovery) { return loaded }
        }
    }

    private func load(_ recovery: inout PartitionRecovery) throws(LogError) -> LoadedPartition? {
        let names = try removeLeftovers(&recovery)
        if let empty = try emptyLog(names) { return empty }
        let bases = names.compactMap {
            SegmentFileName.offset(in: $0, extension: SegmentFileName.log)
        }
        var loading = SegmentLoading(self, bases, recovery)
        try loading.run()
        recovery = loading.recovery
        if !loading.unseenGapEnds.isEmpty { recovery.hasUnseenGaps = true }
        var segments = loading.segments
        let logEnd = segments.last?.nextOffset ?? logStart
        recovery.lostBelowRecoveryPoint = logEnd < recoveryPoint
        if segments.isEmpty || logEnd < logStart {
            // All that was left lies below the log start offset.
            for segment in segments {
                try setAside(segment, &recovery, "it ends below the log start offset \(logStart)")
            }
            segments = [try LogSegment(creatingIn: path, baseOffset: logStart, nowMs: nowMs)]
        }
        let producers = ProducerStateLoader(path: path, recoveryPoint: recoveryPoint)
        let state: ProducerStateLoader.State
        switch try producers.load(segments, unseenGapEnds: loading.unseenGapEnds) {
        case .loaded(let loaded): state = loaded
        case .undecided(let cut):
            try setAside(segments, from: cut, &recovery)
            return nil
        }
        recovery.find(state.damage)
        // Once all is durable, the next start takes the gaps for known and need not find out again
        // what may be served.
        if recovery.hasUnseenGaps { for segment in segments { _ = try segment.flush() } }
        let active = segments[segments.count - 1]
        recovery.logEndOffset = active.nextOffset
        let durableEnd = recovery.hasUnseenGaps ? active.nextOffset : recoveryPoint
        return LoadedPartition(
            segments: segments, active: active, activeFile: try active.file(),
            producers: state.table,
            leaderEpoch: try LeaderEpochCheckpoint.loadOrCreate(in: path).latest,
            logStartOffset: max(logStart, segments[0].baseOffset),
            logEndOffset: active.nextOffset,
            flushedEnd: max(min(durableEnd, active.nextOffset), segments[0].baseOffset),
            recovery: recovery)
    }

    private var logStart: Offset { checkpointedLogStart ?? .zero }

    /// A log of no records and no past, as most partitions of a large directory are: nothing of it
    /// is opened.
    private func emptyLog(_ names: [String]) throws(LogError) -> LoadedPartition? {
        guard recoveryPoint == .zero, logStart == .zero else { return nil }
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

    /// Removes what an earlier process was about to remove or had not finished, and index files
    /// without a log; returns the other names.
    private func removeLeftovers(
        _ recovery: inout PartitionRecovery
    ) throws(LogError) -> [String] {
        let names = try directoryEntries(path).filter { !$0.isDirectory }.map(\.name)
        let leftovers = [SegmentFileName.deleted, DurableFile.temporarySuffix]
        let logs = Set(names.filter { $0.hasSuffix(SegmentFileName.log) })
        var kept: [String] = []
        var orphans: Set<String> = []
        for name in names {
            var isLeftover = leftovers.contains { name.hasSuffix($0) }
            for suffix in LogSegment.indexSuffixes where name.hasSuffix(suffix) {
                let log = name.dropLast(suffix.count) + SegmentFileName.log
                isLeftover = !logs.contains(String(log))
                if isLeftover { orphans.insert(String(log)) }
            }
            if isLeftover {
                try removeFile("\(path)/\(name)")
            } else {
                kept.append(name)
            }
        }
        // In any other topic the missing offsets say so.
        if wasClosedCleanly, config.cleanupPolicy.contains(.compact) {
            recovery.find(
                orphans.sorted().map { "\(path)/\($0) is missing: its indexes were there" })
        }
        return kept
    }

    /// Takes a segment out of the log, and keeps its records.
    private func setAside(
        _ segment: LogSegment, _ recovery: inout PartitionRecovery, _ cause: String
    ) throws(LogError) {
        segment.retireFile()
        if segment.byteCount > 0 {
            let aside = try AsideFile.move(segment.logPath)
            recovery.aside.append(AsideSegment(path: aside, cause: cause))
        } else {
            try removeFile(segment.logPath)
        }
        for suffix in LogSegment.indexSuffixes { try removeFile(segment.stem + suffix) }
    }

    /// Takes what comes behind a gap out of the log.
    private func setAside(
        _ segments: [LogSegment], from cut: ProducerStateLoader.Cut,
        _ recovery: inout PartitionRecovery
    ) throws(LogError) {
        let cause =
            "it comes behind a gap at offset \(cut.gapStart), where a transaction was open whose end may be "
            + "in the gap"
        for segment in segments[(cut.segment + 1)...] { try setAside(segment, &recovery, cause) }
        let segment = segments[cut.segment]
        if cut.position == 0 {
            try setAside(segment, &recovery, cause)
        } else {
            let aside = try AsideFile.replace(segment.logPath, keeping: [0..<cut.position])
            recovery.aside.append(AsideSegment(path: aside, cause: cause))
        }
        try synchronizeDirectory(path)
        recovery.gaps.removeAll { $0.startOffset >= cut.gapStart }
    }
}
