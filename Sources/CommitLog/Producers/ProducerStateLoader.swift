import RecordFormat

/// Finds out what the producers of a partition had done: a snapshot that holds, and then the batches after
/// it. On the way the transaction indexes get what they lack: all that is not below the recovery point, and
/// all of an index whose file is damaged. A file that is missing cannot be told from none.
struct ProducerStateLoader {
    let path: String
    /// The index files are believed below it.
    let recoveryPoint: Offset

    func load(_ segments: [LogSegment]) throws(LogError) -> ProducerStateTable {
        let logEnd = segments[segments.count - 1].nextOffset
        let indexedEnd = try loadTransactionIndexes(segments, logEnd)
        var (table, offset) = try newestSnapshot(notAfter: indexedEnd, logEnd: logEnd)
        let start = max(offset ?? segments[0].baseOffset, segments[0].baseOffset)
        for segment in segments where segment.nextOffset > start {
            try replay(segment, from: start, indexedEnd, into: &table)
        }
        // A full disk is no reason not to start: the next start makes them again.
        for segment in segments.dropLast() { try? segment.persistTransactionIndex() }
        try removeStraySnapshots(keeping: Set(segments.map(\.baseOffset) + [offset ?? start]))
        return table
    }

    /// Reads the indexes and returns the offset from which on they must be made anew.
    private func loadTransactionIndexes(
        _ segments: [LogSegment], _ logEnd: Offset
    ) throws(LogError) -> Offset {
        var indexedEnd = min(recoveryPoint, logEnd)
        for segment in segments {
            if try !segment.loadTransactionIndex() {
                indexedEnd = min(indexedEnd, segment.baseOffset)
            }
        }
        for segment in segments where segment.nextOffset > indexedEnd {
            segment.state.withLock { $0.transactionIndex.keep(below: indexedEnd) }
        }
        return indexedEnd
    }

    /// Snapshots that do not hold, or are of a log that is no more, are removed.
    private func newestSnapshot(
        notAfter indexedEnd: Offset, logEnd: Offset
    ) throws(LogError) -> (ProducerStateTable, Offset?) {
        for offset in try snapshotOffsets().reversed() {
            if offset > indexedEnd, offset <= logEnd { continue }
            let file = Self.path(offset, in: path)
            if offset <= logEnd, let bytes = try DurableFile.read(file),
                let table = try? ProducerSnapshot.decode(bytes, path: file)
            {
                return (table, offset)
            }
            try removeFile(file)
        }
        return (ProducerStateTable(), nil)
    }

    private func replay(
        _ segment: LogSegment, from offset: Offset, _ indexedEnd: Offset,
        into table: inout ProducerStateTable
    ) throws(LogError) {
        let file = try segment.file()
        let end = segment.byteCount
        var scanner = SegmentScanner(
            file,
            from: try segment.startingPosition(for: offset, in: file, below: end), to: end,
            chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                guard header.lastOffset >= offset else { continue }
                let marker =
                    header.attributes.isControl ? marker(header, scanner.position, file) : nil
                let completed = table.update(with: header, marker: marker)
                if let completed, completed.isAborted, completed.lastOffset >= indexedEnd {
                    segment.didAbort(completed.indexEntry)
                }
            }
        } catch {
            throw error.logError(segment.logPath, scanner.position)
        }
    }

    /// What a control batch that ends at `end` holds; nil where it cannot be read.
    private func marker(
        _ header: RecordBatchHeader, _ end: Int, _ file: SegmentFile
    ) -> ControlRecord? {
        guard header.sizeInBytes <= Self.maximumMarkerByteCount,
            let bytes = try? file.file.bytes(
                at: end - header.sizeInBytes, count: header.sizeInBytes),
            bytes.count == header.sizeInBytes,
            (try? RecordBatchHeader.validateChecksum(
                of: unsafe bytes.span.bytes, header: header)) != nil
        else { return nil }
        return try? ControlRecord(batch: unsafe bytes.span.bytes, header: header)
    }

    /// A control batch has one small record, whatever later versions may add to it.
    private static let maximumMarkerByteCount = 64 << 10

    private func removeStraySnapshots(keeping kept: Set<Offset>) throws(LogError) {
        for offset in try snapshotOffsets() where !kept.contains(offset) {
            try removeFile(Self.path(offset, in: path))
        }
    }

    private func snapshotOffsets() throws(LogError) -> [Offset] {
        try directoryEntries(path).compactMap {
            SegmentFileName.offset(in: $0.name, extension: SegmentFileName.producerSnapshot)
        }
    }

    static func path(_ offset: Offset, in directory: String) -> String {
        "\(directory)/\(SegmentFileName.stem(offset))\(SegmentFileName.producerSnapshot)"
    }

    /// Writes a snapshot. It is checked when it is read and can be made anew, so it is not flushed.
    static func write(
        _ table: ProducerStateTable, at offset: Offset, in directory: String
    ) throws(LogError) {
        try DurableFile.replace(
            path(offset, in: directory), with: ProducerSnapshot.encode(table), isDurable: false)
    }
}
