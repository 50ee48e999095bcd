import RecordFormat

/// Finds out what the producers of a partition had done: a snapshot that holds, and then the
/// batches after it. On the way the transaction indexes get what they lack: all that is not below
/// the recovery point, and all of an index whose file is damaged. A file that is missing cannot be
/// told from an index without entries.
struct ProducerStateLoader {
    let path: String
    /// The index files are believed below it.
    let recoveryPoint: Offset

    /// What the producers had done, and damage that was stepped over.
    struct State {
        var table = ProducerStateTable()
        var damage: [String] = []
    }

    /// Where a log goes on behind a gap at which a transaction is open.
    struct Cut: Equatable {
        /// The index of the segment, and the position of the batch in it.
        var segment: Int
        var position: Int
        var gapStart: Offset
    }

    enum Outcome {
        case loaded(State)
        case undecided(Cut)
    }

    /// - Parameter unseenGapEnds: where the log goes on behind gaps that it did not have when it
    ///   was written, in order.
    func load(
        _ segments: [LogSegment], unseenGapEnds: [Offset]
    ) throws(LogError) -> Outcome {
        let logEnd = segments[segments.count - 1].nextOffset
        let indexedEnd = try loadTransactionIndexes(segments, logEnd)
        let (table, offset) = try newestSnapshot(notAfter: indexedEnd, logEnd: logEnd)
        let start = max(offset ?? segments[0].baseOffset, segments[0].baseOffset)
        var replay = Replay(
            state: State(table: table), offset: start, indexedEnd: indexedEnd,
            gapEnds: unseenGapEnds.filter { $0 > start }[...])
        for (index, segment) in segments.enumerated() where segment.nextOffset > start {
            if let cut = try replay.run(segment) {
                return .undecided(
                    Cut(segment: index, position: cut.position, gapStart: cut.gapStart))
            }
        }
        // A full disk is no reason not to start: the next start makes them again.
        for segment in segments.dropLast() { try? segment.persistTransactionIndex() }
        try removeStraySnapshots(keeping: Set(segments.map(\.baseOffset) + [offset ?? start]))
        return .loaded(replay.state)
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
