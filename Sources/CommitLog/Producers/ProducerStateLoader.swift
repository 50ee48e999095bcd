import RecordFormat

/// Finds out what the producers of a partition had done: the newest snapshot that holds, and then the
/// headers of the batches after it.
struct ProducerStateLoader {
    let path: String

    func load(_ segments: [LogSegment]) throws(LogError) -> ProducerStateTable {
        let logEnd = segments[segments.count - 1].nextOffset
        var (table, offset) = try newestSnapshot(notAfter: logEnd)
        let start = max(offset ?? segments[0].baseOffset, segments[0].baseOffset)
        for segment in segments where segment.nextOffset > start {
            try replay(segment, from: start, into: &table)
        }
        try removeStraySnapshots(keeping: Set(segments.map(\.baseOffset) + [offset ?? start]))
        return table
    }

    /// Snapshots that do not hold, or are of a log that is no more, are removed.
    private func newestSnapshot(
        notAfter logEnd: Offset
    ) throws(LogError) -> (ProducerStateTable, Offset?) {
        for offset in try snapshotOffsets().reversed() {
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
        _ segment: LogSegment, from offset: Offset, into table: inout ProducerStateTable
    ) throws(LogError) {
        let file = try segment.file()
        let end = segment.byteCount
        var scanner = SegmentScanner(
            file,
            from: try segment.startingPosition(for: offset, in: file, below: end), to: end,
            chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                if header.lastOffset >= offset { table.update(with: header) }
            }
        } catch {
            throw error.logError(segment.logPath, scanner.position)
        }
    }

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
