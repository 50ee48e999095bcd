import RecordFormat

/// One cleaning of one log, in three passes: which transactions were aborted, by the headers of all
/// that can be cleaned and of as much more as decides it; the last offset of each key of the dirty
/// section; then all segments from the first, written anew without what is superseded. What is left
/// of neighbours becomes one segment, which is swapped in when it is full.
///
/// Runs on the cleaning thread. The append lock is taken once, for the state of the producers;
/// readers and appends go on all the while.
struct CleaningRound {
    let partition: PartitionLog
    let range: CleanableRange
    let config: LogDirectoryConfig
    let nowMs: Int64
    let throttle: CleanerThrottle

    /// Throws `closed` when it is to end, and `corrupt` where the log is damaged; what was swapped
    /// in by then stays.
    func run() throws(LogError) -> CleaningReport {
        throttle.begin()
        let startNanos = monotonicNanos()
        var report = CleaningReport(
            topicPartition: partition.topicPartition, firstDirtyOffset: range.firstDirtyOffset,
            endOffset: range.firstDirtyOffset)
        let (segments, activeByteCount) = partition.view.withLock {
            ($0.segments, $0.activeByteCount)
        }
        let sealed = Array(segments.dropLast())
        let cleanable = sealed.filter { $0.baseOffset < range.firstUncleanableOffset }
        let lastRecords = partition.lastRecords()
        // A power failure must not take the markers that decide what is removed.
        try partition.flush()
        let durableEnd = partition.flushedOffset
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
            map: map, aborted: aborted, lastRecords: lastRecords,
            durableEnd: durableEnd, nowMs: nowMs,
            deleteRetentionMs: partition.config.compaction.deleteRetentionMs)
        let sources = cleanable.filter { $0.baseOffset < report.endOffset }
        if try !clean(sources, filter, &report) {
            // Retention took what was being cleaned; the next round begins where it left the log.
            report.endOffset = range.firstDirtyOffset
        }
        report.keptRecordCount = filter.keptRecordCount
        report.durationNanos = monotonicNanos() - startNanos
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

    /// Puts the batch's records into the map. False where it is full; some may then be in it, which
    /// only says of earlier records that they are superseded.
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

    /// Cleans the segments, and joins what is left of neighbours up to the topic's limits for one
    /// segment. False where some of them are the log's no more.
    ///
    /// How much is left of a segment is known only once it is filtered. So a segment that has no
    /// room as a whole is filtered into a new one, which is then joined to the current one if it
    /// fits.
    private func clean(
        _ sources: [LogSegment], _ filter: BatchFilter, _ report: inout CleaningReport
    ) throws(LogError) -> Bool {
        var current: CleanedSegment?
        var next: CleanedSegment?
        do throws(LogError) {
            for source in sources {
                try checkGoesOn()
                report.sourceSegmentCount += 1
                if let current, current.hasRoom(for: source) {
                    try filterBatches(of: source, into: current, filter, &report)
                    continue
                }
                let cleaned = try CleanedSegment(
                    in: partition.path, baseOffset: source.baseOffset, config: partition.config)
                next = cleaned
                try filterBatches(of: source, into: cleaned, filter, &report)
                if let current, current.hasRoom(for: cleaned, endingBelow: source.nextOffset) {
                    try join(cleaned, to: current)
                } else if let full = current {
                    guard try putInPlace(full, filter, &report) else {
                        try cleaned.removeFiles()
                        return false
                    }
                    current = cleaned
                } else {
                    current = cleaned
                }
                next = nil
            }
            guard let current else { return true }
            return try putInPlace(current, filter, &report)
        } catch {
            // Files that a full disk or a stop left half written are removed. A swap that has begun
            // is finished at the next start.
            try? current?.removeFiles()
            try? next?.removeFiles()
            throw error
        }
    }

    /// Moves what `cleaned` has to the end of `other`.
    private func join(_ cleaned: CleanedSegment, to other: CleanedSegment) throws(LogError) {
        try other.append(contentsOf: cleaned) { (byteCount) throws(LogError) in
            try checkGoesOn()
            throttle.didTransfer(2 * byteCount)
        }
        try cleaned.removeFiles()
    }

    /// False, and the log is as it was, where it does not have the sources any more.
    private func putInPlace(
        _ cleaned: CleanedSegment, _ filter: BatchFilter, _ report: inout CleaningReport
    ) throws(LogError) -> Bool {
        let sources = cleaned.sources
        let last = sources[sources.count - 1]
        try cleaned.finish(
            nextOffset: last.nextOffset, aborted: aborted(sources, filter.markersWithData),
            modifiedMs: try modifiedMs(last))
        filter.forgetMarkers(below: last.nextOffset)
        report.cleanedSegmentCount += 1
        report.writtenByteCount += cleaned.byteCount
        let isReplaced = try partition.replace(sources, with: cleaned.segment)
        if !isReplaced { try cleaned.removeFiles() }
        return isReplaced
    }

    private func filterBatches(
        of source: LogSegment, into cleaned: CleanedSegment, _ filter: BatchFilter,
        _ report: inout CleaningReport
    ) throws(LogError) {
        var batches = SegmentBatches(try source.file(), end: source.byteCount)
        while let header = try batches.next() {
            try checkGoesOn()
            report.readByteCount += header.sizeInBytes
            report.readRecordCount += Int(header.recordCount)
            let verdict: BatchFilter.Verdict
            do throws(RecordFormatError) {
                verdict = try filter.verdict(
                    unsafe RawSpan(_unsafeBytes: batches.bytes), header)
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
        cleaned.didAdd(source)
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
