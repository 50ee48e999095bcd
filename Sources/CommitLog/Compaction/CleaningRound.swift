import RecordFormat

/// What one cleaning of one log did.
struct CleaningReport: Sendable, Equatable {
    var topicPartition: TopicPartition
    var firstDirtyOffset: Offset
    /// Where the next cleaning's dirty section begins.
    var endOffset: Offset
    var mappedKeyCount = 0
    var readByteCount = 0
    var writtenByteCount = 0
    var readRecordCount = 0
    var keptRecordCount = 0
    var sourceSegmentCount = 0
    var cleanedSegmentCount = 0
}

/// One cleaning of one log, in three passes: which transactions were aborted, by the headers of all that can
/// be cleaned and of as much more as decides it; the last offset of each key of the dirty section; then all segments from the first, written
/// anew without what is superseded, group by group, each swapped in when it is complete.
///
/// Runs on the cleaning thread. The append lock is taken once, for the state of the producers; readers and
/// appends go on all the while.
struct CleaningRound {
    let partition: PartitionLog
    let range: CleanableRange
    let config: LogDirectoryConfig
    let nowMs: Int64
    let throttle: CleanerThrottle

    /// Throws `closed` when it is to end, and `corrupt` where the log is damaged; what was swapped in by
    /// then stays.
    func run() throws(LogError) -> CleaningReport {
        throttle.begin()
        var report = CleaningReport(
            topicPartition: partition.topicPartition, firstDirtyOffset: range.firstDirtyOffset,
            endOffset: range.firstDirtyOffset)
        let (segments, activeByteCount) = partition.view.withLock {
            ($0.segments, $0.activeByteCount)
        }
        let sealed = Array(segments.dropLast())
        let cleanable = sealed.filter { $0.baseOffset < range.firstUncleanableOffset }
        let lastRecords = partition.lastRecords()
        // What is believed of transactions must not be lost by a power failure either.
        try partition.flush()
        var aborted = AbortedTransactions()
        for (index, segment) in segments.enumerated() {
            let isComplete = try aborted.scan(
                segment, byteCount: index < sealed.count ? segment.byteCount : activeByteCount,
                dataBelow: range.firstUncleanableOffset
            ) { () throws(LogError) in try checkGoesOn() }
            if isComplete { break }
        }
        let map = try offsetMap(cleanable, aborted, &report)
        report.endOffset = map.latestOffset.advanced(by: 1)
        report.mappedKeyCount = map.count
        let filter = BatchFilter(
            map: map, aborted: aborted, lastRecords: lastRecords, nowMs: nowMs,
            deleteRetentionMs: partition.config.compaction.deleteRetentionMs)
        let sources = cleanable.filter { $0.baseOffset < report.endOffset }
        for group in groups(sources, all: sealed) {
            guard try clean(Array(sources[group]), filter, &report) else {
                // Retention took what was being cleaned; the next round begins where it left the log.
                report.endOffset = range.firstDirtyOffset
                break
            }
        }
        report.keptRecordCount = filter.keptRecordCount
        return report
    }

    private func checkGoesOn() throws(LogError) {
        if throttle.isStopped || partition.view.withLock({ $0.isClosed }) {
            throw .closed(path: partition.path)
        }
    }

    /// The last offsets of the dirty section's keys, as far as they go into the map.
    private func offsetMap(
        _ segments: [LogSegment], _ aborted: AbortedTransactions, _ report: inout CleaningReport
    ) throws(LogError) -> OffsetMap {
        var map = OffsetMap(
            keyCount: range.firstUncleanableOffset - range.firstDirtyOffset,
            maximumByteCount: config.cleanerDedupeBufferBytes,
            loadFactor: config.cleanerLoadFactor)
        map.latestOffset = range.firstDirtyOffset.advanced(by: -1)
        var reader = RecordBatchReader()
        for segment in segments where segment.nextOffset > range.firstDirtyOffset {
            var batches = SegmentBatches(try segment.file(), end: segment.byteCount)
            while let header = try batches.next() {
                guard header.lastOffset < range.firstUncleanableOffset else { break }
                try checkGoesOn()
                throttle.didTransfer(header.sizeInBytes)
                report.readByteCount += header.sizeInBytes
                guard header.lastOffset >= range.firstDirtyOffset else { continue }
                if !header.attributes.isControl, !aborted.isAborted(header) {
                    let bytes = unsafe RawSpan(_unsafeBytes: batches.bytes)
                    let isIn: Bool
                    do throws(RecordFormatError) {
                        isIn = try Self.put(
                            bytes, header, from: range.firstDirtyOffset, &map, &reader)
                    } catch {
                        throw .corrupt(
                            path: segment.logPath,
                            position: batches.position - header.sizeInBytes,
                            reason: error.description)
                    }
                    guard isIn else {
                        try checkProgress(map, header)
                        return map
                    }
                }
                map.latestOffset = header.lastOffset
            }
        }
        map.latestOffset = range.firstUncleanableOffset.advanced(by: -1)
        return map
    }

    /// Puts the batch's records into the map. False where it is full; some may then be in it, which only
    /// says of earlier records that they are superseded.
    private static func put(
        _ bytes: RawSpan, _ header: RecordBatchHeader, from offset: Offset,
        _ map: inout OffsetMap, _ reader: inout RecordBatchReader
    ) throws(RecordFormatError) -> Bool {
        try reader.withRecords(of: bytes, header: header, verifyChecksum: false) {
            (records) throws(RecordFormatError) in
            while let record = try records.next() {
                let place = header.offset(of: record)
                guard !record.key.isNull, place >= offset else { continue }
                guard map.put(records.bytes.bytes(of: record.key), place) else { return false }
            }
            return true
        }
    }

    private func checkProgress(
        _ map: borrowing OffsetMap, _ header: RecordBatchHeader
    ) throws(LogError) {
        guard map.latestOffset < range.firstDirtyOffset else { return }
        throw .invalidConfigValue(
            key: "log.cleaner.dedupe.buffer.size", value: String(config.cleanerDedupeBufferBytes),
            expected: "room for the keys of one batch of \(header.recordCount) records")
    }

    private func groups(_ sources: [LogSegment], all sealed: [LogSegment]) -> [Range<Int>] {
        SegmentGroups.groups(
            of: sources.map { segment in
                SegmentGroups.Candidate(
                    baseOffset: segment.baseOffset, nextOffset: segment.nextOffset,
                    byteCount: segment.byteCount, indexByteCount: segment.indexByteCount)
            },
            segmentBytes: partition.config.segmentBytes,
            indexBytes: partition.config.segmentIndexBytes)
    }

    /// Cleans neighbouring segments into one. False where they are the log's no more.
    private func clean(
        _ sources: [LogSegment], _ filter: BatchFilter, _ report: inout CleaningReport
    ) throws(LogError) -> Bool {
        try checkGoesOn()
        var cleaned = try CleanedSegment(
            in: partition.path, baseOffset: sources[0].baseOffset, config: partition.config)
        do throws(LogError) {
            filter.forgetMarkers()
            for source in sources {
                try filterBatches(
                    of: source, isLast: source === sources[sources.count - 1], filter, &cleaned,
                    &report)
            }
            try cleaned.finish(
                nextOffset: sources[sources.count - 1].nextOffset,
                aborted: aborted(sources, filter.markersWithData),
                modifiedMs: try modifiedMs(sources[sources.count - 1]))
            report.sourceSegmentCount += sources.count
            report.cleanedSegmentCount += 1
            report.writtenByteCount += cleaned.byteCount
            let isReplaced = try partition.replace(sources, with: cleaned.segment)
            if !isReplaced { try cleaned.segment.removeFiles(ending: SegmentFileName.cleaned) }
            return isReplaced
        } catch {
            // What a full disk or a stop left half done must not stay there; a swap that has begun is
            // finished at the next start.
            try? cleaned.segment.removeFiles(ending: SegmentFileName.cleaned)
            throw error
        }
    }

    private func filterBatches(
        of source: LogSegment, isLast: Bool, _ filter: BatchFilter,
        _ cleaned: inout CleanedSegment, _ report: inout CleaningReport
    ) throws(LogError) {
        var batches = SegmentBatches(try source.file(), end: source.byteCount)
        while let header = try batches.next() {
            try checkGoesOn()
            report.readByteCount += header.sizeInBytes
            report.readRecordCount += Int(header.recordCount)
            let verdict: BatchFilter.Verdict
            do throws(RecordFormatError) {
                verdict = try filter.verdict(
                    unsafe RawSpan(_unsafeBytes: batches.bytes), header,
                    isLast: isLast && batches.isAtEnd)
            } catch {
                throw .corrupt(
                    path: source.logPath, position: batches.position - header.sizeInBytes,
                    reason: error.description)
            }
            let before = cleaned.byteCount
            switch verdict {
            case .original: try unsafe cleaned.append(batches.bytes, header)
            case .rewritten(let rewritten):
                try unsafe cleaned.append(filter.rewrittenBytes, rewritten)
            case .dropped: break
            }
            throttle.didTransfer(header.sizeInBytes + cleaned.byteCount - before)
        }
    }

    /// The sources' entries whose transactions had data left.
    private func aborted(
        _ sources: [LogSegment], _ markers: Set<Offset>
    ) -> [TransactionIndexEntry] {
        sources.flatMap { $0.state.withLock { $0.transactionIndex.entries } }
            .filter { markers.contains($0.lastOffset) }
    }

    private func modifiedMs(_ segment: LogSegment) throws(LogError) -> Int64 {
        try fileStatus(segment.logPath)?.modifiedMs ?? segment.createdMs
    }
}

extension PartitionLog {
    /// What each producer wrote last, as of now.
    func lastRecords() -> [ProducerID: BatchFilter.LastRecord] {
        appender.withLock { $0.producers.producers }.mapValues { producer in
            BatchFilter.LastRecord(
                lastDataOffset: producer.batches.last?.lastOffset, epoch: producer.epoch)
        }
    }
}
