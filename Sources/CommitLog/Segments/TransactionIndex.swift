import RecordFormat

/// An aborted transaction, at the segment that its marker is in.
///
/// | position | field            | type  |
/// |----------|------------------|-------|
/// | 0        | version          | Int16 | 0
/// | 2        | producerId       | Int64 |
/// | 10       | firstOffset      | Int64 |
/// | 18       | lastOffset       | Int64 | of the marker
/// | 26       | lastStableOffset | Int64 | after the transaction had ended
struct TransactionIndexEntry: Sendable, Equatable {
    static let byteCount = 34
    private static let version: Int16 = 0

    var producerID: ProducerID
    var firstOffset: Offset
    var lastOffset: Offset
    var lastStableOffset: Offset

    init(
        producerID: ProducerID, firstOffset: Offset, lastOffset: Offset, lastStableOffset: Offset
    ) {
        self.producerID = producerID
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
        self.lastStableOffset = lastStableOffset
    }

    /// Nil where no writer would have written this.
    init?(_ reader: inout BigEndianReader) {
        let version = reader.read(Int16.self)
        producerID = ProducerID(reader.read())
        firstOffset = Offset(reader.read())
        lastOffset = Offset(reader.read())
        lastStableOffset = Offset(reader.read())
        guard version >= Self.version, producerID.rawValue >= 0, firstOffset.rawValue >= 0,
            firstOffset < lastOffset, lastStableOffset.rawValue >= 0,
            lastStableOffset.rawValue - 1 <= lastOffset.rawValue
        else { return nil }
    }

    func write(to writer: inout BigEndianWriter) {
        writer.append(Self.version)
        writer.append(producerID.rawValue)
        writer.append(firstOffset.rawValue)
        writer.append(lastOffset.rawValue)
        writer.append(lastStableOffset.rawValue)
    }
}

/// The entries of a `.txnindex` file: the transactions whose abort markers are in one segment, in
/// the order of the markers. Committed ones are not listed.
///
/// All entries are in memory, those of sealed segments too: 32 bytes for an abort that took 150
/// bytes of log. They reach the file in bulk, like those of the other indexes. A segment without
/// aborts has no file. Thread contract: the owner serialises all calls.
struct TransactionIndex: Sendable {
    let path: String
    private(set) var entries: [TransactionIndexEntry] = []
    /// How many entries the file holds, and whether it holds no more than these.
    private var persistedCount = 0
    private var isPersisted = true

    /// An index without entries, and without a file.
    init(emptyAt path: String) { self.path = path }

    mutating func append(_ entry: TransactionIndexEntry) {
        entries.append(entry)
        isPersisted = false
    }

    /// Takes the entries from the file. False, and empty, where the file is torn or says what
    /// cannot be: of offsets outside of `range`, the segment's, or not in their order.
    mutating func load(in range: Range<Offset>) throws(LogError) -> Bool {
        self = TransactionIndex(emptyAt: path)
        let bytes: [UInt8]
        do throws(LogError) {
            guard let content = try DurableFile.read(path) else { return true }
            bytes = content
        } catch {
            guard case .corrupt = error else { throw error }
            isPersisted = false
            return false
        }
        isPersisted = false
        guard let decoded = Self.decode(bytes),
            decoded.allSatisfy({ range.contains($0.lastOffset) })
        else { return false }
        entries = decoded
        persistedCount = decoded.count
        isPersisted = true
        return true
    }

    /// Drops the entries whose markers are not below `offset`.
    mutating func keep(below offset: Offset) {
        let count = partitionPoint(entries.count) { entries[$0].lastOffset < offset }
        guard count < entries.count else { return }
        entries.removeLast(entries.count - count)
        persistedCount = min(persistedCount, count)
        isPersisted = false
    }

    /// Writes what the file lacks and makes it durable. The file then has these entries and no
    /// more.
    mutating func persist() throws(LogError) {
        guard !isPersisted else { return }
        if entries.isEmpty {
            try removeFile(path)
        } else {
            let byteCount = TransactionIndexEntry.byteCount
            var writer = BigEndianWriter(
                capacity: (entries.count - persistedCount) * byteCount)
            for entry in entries[persistedCount...] { entry.write(to: &writer) }
            let file = try File(path, .create)
            try file.write(writer.bytes, at: persistedCount * byteCount)
            try file.truncate(to: entries.count * byteCount)
            try file.synchronizeData()
            // Where other indexes are missing they are made again. Where this one is missing,
            // nothing was aborted: so its name must be durable.
            if persistedCount == 0 { try synchronizeDirectory(parentDirectory(of: path)) }
        }
        persistedCount = entries.count
        isPersisted = true
    }

    /// Writes all entries to a file that will be given this index's name, and makes it durable.
    mutating func persist(to otherPath: String) throws(LogError) {
        var writer = BigEndianWriter(capacity: entries.count * TransactionIndexEntry.byteCount)
        for entry in entries { entry.write(to: &writer) }
        let file = try File(otherPath, .replace)
        try file.write(writer.bytes, at: 0)
        try file.synchronizeData()
        persistedCount = entries.count
        isPersisted = true
    }

    /// Adds the aborted transactions that have data from `offset` on and below `end`. True where no
    /// later segment can have more of them.
    func collect(
        from offset: Offset, below end: Offset, into found: inout [AbortedTransaction]
    ) -> Bool {
        let start = partitionPoint(entries.count) { entries[$0].lastOffset < offset }
        for entry in entries[start...] {
            if entry.firstOffset < end {
                found.append(
                    AbortedTransaction(
                        producerID: entry.producerID, firstOffset: entry.firstOffset))
            }
            // Every transaction that was open when this one ended began at or after that offset.
            if entry.lastStableOffset >= end { return true }
        }
        return false
    }

    /// The entries of a file's bytes; nil where they are not what a writer leaves.
    static func decode(_ bytes: [UInt8]) -> [TransactionIndexEntry]? {
        guard bytes.count % TransactionIndexEntry.byteCount == 0 else { return nil }
        var reader = BigEndianReader(bytes)
        var entries: [TransactionIndexEntry] = []
        entries.reserveCapacity(bytes.count / TransactionIndexEntry.byteCount)
        while reader.position < bytes.count {
            guard let entry = TransactionIndexEntry(&reader),
                entries.last.map({ $0.lastOffset < entry.lastOffset }) ?? true
            else { return nil }
            entries.append(entry)
        }
        return entries
    }
}
