public import RecordFormat

/// Reads the files beside a `.log`, as they are, without any lock.
public enum IndexDump {
    /// An entry of an `.index`: the batch that ends with `offset` stands at `position`.
    public struct OffsetEntry: Sendable, Equatable {
        public var offset: Offset
        public var position: Int
    }

    /// An entry of a `.timeindex`: up to `offset` no timestamp is larger.
    public struct TimeEntry: Sendable, Equatable {
        public var timestamp: Int64
        public var offset: Offset
    }

    /// An aborted transaction in a `.txnindex`.
    public struct TransactionEntry: Sendable, Equatable {
        public var producerID: ProducerID
        public var firstOffset: Offset
        /// Of the abort marker.
        public var lastOffset: Offset
        public var lastStableOffset: Offset
    }

    /// A producer in a `.snapshot`.
    public struct ProducerEntry: Sendable, Equatable {
        public var producerID: ProducerID
        public var producerEpoch: ProducerEpoch
        /// −1 where the producer has written no data under this epoch.
        public var lastSequence: Int32
        public var lastOffset: Offset?
        public var offsetDelta: Int32
        public var lastTimestamp: Int64
        public var coordinatorEpoch: Int32
        public var currentTransactionFirstOffset: Offset?
    }

    /// The entries of an `.index` file, whose name says the base offset. The zeros that Kafka
    /// preallocates are left out. Throws `corrupt` where the entries do not grow.
    public static func offsetIndex(path: String) throws(LogError) -> [OffsetEntry] {
        let base = try baseOffset(path, SegmentFileName.offsetIndex)
        return try entries(path, OffsetIndexEntry.self) {
            $0.position == 0 && $0.relativeOffset == 0
        }
        .map {
            OffsetEntry(
                offset: base.advanced(by: Int64($0.relativeOffset)), position: Int($0.position))
        }
    }

    /// The entries of a `.timeindex` file, likewise.
    public static func timeIndex(path: String) throws(LogError) -> [TimeEntry] {
        let base = try baseOffset(path, SegmentFileName.timeIndex)
        return try entries(path, TimeIndexEntry.self) {
            $0.timestamp == 0 && $0.relativeOffset == 0
        }
        .map {
            TimeEntry(
                timestamp: $0.timestamp, offset: base.advanced(by: Int64($0.relativeOffset)))
        }
    }

    /// The entries of a `.txnindex` file. Throws `corrupt` where they are not in the order of their
    /// markers, or the file is torn.
    public static func transactionIndex(path: String) throws(LogError) -> [TransactionEntry] {
        let bytes = try DurableFile.read(path) ?? []
        guard let entries = TransactionIndex.decode(bytes) else {
            throw .corrupt(path: path, position: 0, reason: "these are no aborted transactions")
        }
        return entries.map {
            TransactionEntry(
                producerID: $0.producerID, firstOffset: $0.firstOffset, lastOffset: $0.lastOffset,
                lastStableOffset: $0.lastStableOffset)
        }
    }

    /// The producers in a `.snapshot` file, by producer id. Throws `corrupt` where it does not
    /// hold.
    public static func producerSnapshot(path: String) throws(LogError) -> [ProducerEntry] {
        let bytes = try DurableFile.read(path) ?? []
        let table = try ProducerSnapshot.decode(bytes, path: path)
        return table.producers.sorted { $0.key < $1.key }.map { id, producer in
            ProducerEntry(
                producerID: id, producerEpoch: producer.epoch,
                lastSequence: producer.lastSequence, lastOffset: producer.batches.last?.lastOffset,
                offsetDelta: producer.batches.last?.offsetDelta ?? 0,
                lastTimestamp: producer.lastTimestamp, coordinatorEpoch: producer.coordinatorEpoch,
                currentTransactionFirstOffset: producer.currentTransactionFirstOffset)
        }
    }

    private static func entries<Entry: IndexEntry>(
        _ path: String, _ type: Entry.Type, isPadding: (Entry) -> Bool
    ) throws(LogError) -> [Entry] {
        let bytes = try DurableFile.read(path) ?? []
        guard bytes.count % Entry.byteCount == 0 else {
            throw .corrupt(path: path, position: bytes.count, reason: "the last entry is torn")
        }
        var reader = BigEndianReader(bytes)
        var entries: [Entry] = []
        while reader.position < bytes.count {
            let position = reader.position
            let entry = Entry(&reader)
            if isPadding(entry), position > 0 || bytes.count > Entry.byteCount { break }
            if let last = entries.last, !entry.mayFollow(last) {
                throw .corrupt(path: path, position: position, reason: "the entries do not grow")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func baseOffset(_ path: String, _ suffix: String) throws(LogError) -> Offset {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let offset = SegmentFileName.offset(in: name, extension: suffix) else {
            throw .corrupt(
                path: path, position: 0, reason: "the name is not 20 digits and \(suffix)")
        }
        return offset
    }
}
