import Glibc
import RecordFormat

/// One consumer group's audit of one partition: compares each batch with its entry in the ledger,
/// and the sequence numbers of its records with those before.
///
/// A batch of an idempotent producer names its producer and sequence in its header. Any other is
/// identified by its base timestamp and its content, the checks of its values.
///
/// Of a share group no order is claimed, and batches come in parts: whoever calls it knows which offsets came
/// before, and an entry is kept until all its records have come.
///
/// Thread contract: belongs to one consumer worker until the run has ended.
struct PartitionAudit {
    /// The most searches for a batch beyond the usual places, and the number of entries searched.
    private static let mostSearches = 100
    static let searchLimit = 65_536

    let ledger: DeliveryLedger
    let own: PartitionLedger
    let partition: Int
    private let group: Int
    var place = LedgerPlace()
    private var toldNeeded = 0
    var recent = RecentBatches()
    /// By the index of an entry whose batch has not come: whose that batch is, if not the entry's
    /// producer's. See `exchangeTwins`.
    var exchanged: [Int: BatchOrigin] = [:]
    var searchesLeft = Self.mostSearches
    /// No batch from this offset on has come.
    private var reached = Offset.zero
    var sequences: SequenceAudits
    /// All faults except loss, which is known only at the end of the run.
    private(set) var counts = AuditCounts()
    /// Records that were sent to other partitions and arrived in this one.
    private(set) var strays = Strays()
    /// Whether the log could not be read any further: everything after that place is lost.
    private(set) var isCutShort = false
    /// Whether the group is a share group.
    let isShared: Bool
    /// Of a share group: by the index of an entry some of whose records have come, how many offsets have not.
    var open: [Int: Int64] = [:]
    /// Of a share group: by the offset of a batch that has not come, where in the ledger it should be. Only hints.
    var likelyPlaces: [Offset: Int] = [:]
    /// Of a share group: which batches cannot come any more.
    var landed = LandedBatches()

    init(
        ledger: DeliveryLedger, partition: Int, group: Int, producerCount: Int,
        isShared: Bool = false
    ) {
        self.isShared = isShared
        self.ledger = ledger
        self.partition = partition
        self.group = group
        own = ledger.partitions[partition]
        sequences = SequenceAudits(producerCount: producerCount)
    }

    var topicPartition: TopicPartition { own.topicPartition }

    /// Checks the decoded records of one batch, and gives `visited` their intended times; none if
    /// the batch is not of this run.
    ///
    /// - Parameter covered: of a share group, how many of the batch's offsets were visited.
    /// - Returns: whether it comes for the first time; else the group was given it again.
    /// - Throws: if the ledger could not be read.
    @discardableResult
    mutating func observe(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, covering covered: Int64 = 0,
        reader: inout LedgerReader
    ) throws(TargetError) -> Bool {
        guard visited.count > 0 else { return true }
        guard header.baseOffset >= own.firstOffset else {
            counts.foreign += UInt64(visited.count)
            return true
        }
        if !isShared {
            guard header.baseOffset >= reached else {
                counts.redelivered += UInt64(visited.count)
                return false
            }
            reached = header.baseOffset.advanced(by: 1)
        }
        guard let sender = sender(of: header) else {
            counts.unmatched += UInt64(visited.count)
            return true
        }
        toldNeeded = place.needed
        if let slot = own.slot(at: place.next, group: group, needing: toldNeeded),
            let entry = try reader.entry(in: slot), visited.isWhole, isEntry(entry, of: sender),
            visited.hasAllChecks(of: entry), sender.isNamed || place.skipped.isEmpty
        {
            take(&visited, of: entry, at: place.next, header, covered)
            return true
        }
        try observeCarefully(&visited, of: header, covered, from: sender, reader: &reader)
        return true
    }

    mutating func addRedelivered(_ count: Int) { counts.redelivered += UInt64(count) }

    mutating func note(deliveryCount: Int) {
        counts.largestDeliveryCount = max(counts.largestDeliveryCount, deliveryCount)
    }

    /// Releases the entries of batches that came, if no further batch comes to do so.
    mutating func letGo() {
        guard toldNeeded != place.needed else { return }
        toldNeeded = place.needed
        _ = own.slot(at: place.next, group: group, needing: toldNeeded)
    }

    /// Counts records that could not be read at all.
    mutating func addCorrupt(_ count: UInt64, from offset: Offset) {
        counts.add(count, .corrupt, at: RecordPlace(partition: own.topicPartition, offset: offset))
    }

    /// Notes that the log cannot be read any further.
    mutating func cutShort() {
        isCutShort = true
    }

    /// The index in the ledger of the entry whose batch is next.
    var nextEntry: Int { place.next }
    /// The first one that did not come, or not all of it.
    var neededEntry: Int { place.needed }

    // MARK: Senders

    /// The sender of a batch, by its header.
    enum Sender {
        case named(producer: Int, baseSequence: Int32)
        case unnamed(baseTimestamp: Int64)

        var isNamed: Bool {
            if case .named = self { true } else { false }
        }
    }

    /// Nil if another program sent the batch.
    @inline(__always)
    private func sender(of header: RecordBatchHeader) -> Sender? {
        guard header.producerID != .none else {
            return ledger.isIdempotent ? nil : .unnamed(baseTimestamp: header.baseTimestamp)
        }
        guard let origin = ledger.origin(of: header, in: partition) else { return nil }
        return .named(producer: origin.producer, baseSequence: origin.baseSequence)
    }

    /// Whether an entry may be that of a batch of the sender.
    @inline(__always)
    func isEntry(_ entry: LedgerEntry, of sender: Sender) -> Bool {
        switch sender {
        case .named(let producer, let baseSequence):
            entry.producer == producer && entry.baseSequence == baseSequence
        case .unnamed(let baseTimestamp): ledger.baseTimestamp(of: entry) == baseTimestamp
        }
    }

    // MARK: Unusual batches

    private mutating func observeCarefully(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, _ covered: Int64,
        from sender: Sender, reader: inout LedgerReader
    ) throws(TargetError) {
        // 1. The next batch, or one of those around it.
        let index = try indexOfEntry(
            of: visited, header, from: sender, near: likelyPlaces[header.baseOffset], &reader)
        if let index, let entry = try entry(at: index, &reader), visited.hasChecks(of: entry) {
            take(&visited, of: entry, at: index, header, covered)
            try giveUpOverdue(&reader)
            return
        }
        // 2. One that has come before.
        if index == nil,
            let known = recent.equal(to: visited, baseTimestamp: header.baseTimestamp)
        {
            take(known.sequences, of: known.producer, at: header.baseOffset)
            visited.setTime(unixMillis: header.baseTimestamp)
            return
        }
        // 3. The batch that its header names, with some other records than were sent.
        if let index, let entry = try entry(at: index, &reader), visited.hasSomeChecks(of: entry) {
            takeDamaged(&visited, of: entry, at: index, header, covered)
            return
        }
        // 4. One that was sent to another partition.
        if try takeMisrouted(&visited, of: header, from: sender, reader: &reader) { return }
        // 5. The batch that its header names, with none of its records, or the most similar one.
        var likely = index
        if likely == nil { likely = try likeliestIndex(of: visited, from: sender, &reader) }
        if let likely, let entry = try entry(at: likely, &reader) {
            takeDamaged(&visited, of: entry, at: likely, header, covered)
            return
        }
        takeUnknown(&visited, of: header, from: sender)
    }

    func entry(
        at index: Int, _ reader: inout LedgerReader
    ) throws(TargetError) -> LedgerEntry? {
        guard let slot = own.slot(at: index) else { return nil }
        return try reader.entry(in: slot)
    }

    /// Who sent the batch of an entry.
    func origin(of entry: LedgerEntry, at index: Int) -> BatchOrigin {
        exchanged[index] ?? BatchOrigin(entry)
    }

    func content(of entry: LedgerEntry) -> RecentBatches.Content {
        unsafe RecentBatches.Content(
            baseTimestamp: ledger.baseTimestamp(of: entry), recordCount: entry.recordCount,
            digest: CRC32C.checksum(UnsafeRawBufferPointer(entry.checks)))
    }

    /// Gives up entries whose batches are overdue, if a later batch of their producer has come: one
    /// producer's batches come in order.
    private mutating func giveUpOverdue(_ reader: inout LedgerReader) throws(TargetError) {
        // A member of a share group may have them for as long as its locks last. See `follow`.
        guard !isShared else { return }
        while let index = place.overdue {
            if let entry = try entry(at: index, &reader) {
                let origin = origin(of: entry, at: index)
                if sequences[origin.producer].next <= origin.sequences.lowerBound { return }
            }
            exchanged[index] = nil
            place.giveUp(index)
        }
    }

    /// Whether the batch was sent only to another partition.
    private mutating func takeMisrouted(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, from sender: Sender,
        reader: inout LedgerReader
    ) throws(TargetError) -> Bool {
        guard visited.isWhole, searchesLeft > 0 else { return false }
        for (number, other) in ledger.partitions.enumerated() where number != partition {
            for index in other.indices.prefix(Self.searchLimit) {
                guard let slot = other.slot(at: index), let entry = try reader.entry(in: slot),
                    isEntry(entry, of: sender), visited.hasAllChecks(of: entry)
                else { continue }
                strays.add(
                    Strays.Batch(
                        partition: number, producer: entry.producer, sequences: entry.sequences))
                counts.add(
                    UInt64(visited.count), .misrouted,
                    at: RecordPlace(
                        partition: own.topicPartition, offset: header.baseOffset,
                        producer: entry.producer, sequence: entry.firstSequence,
                        sentTo: other.topicPartition))
                visited.setTimes(of: entry)
                return true
            }
        }
        searchesLeft -= 1
        return false
    }

    /// Takes a batch whose records are not exactly those of its entry.
    private mutating func takeDamaged(
        _ visited: inout VisitedRecords, of entry: LedgerEntry, at index: Int,
        _ header: RecordBatchHeader, _ covered: Int64
    ) {
        pass(index, header, covered)
        noteLanded(entry, at: index, header)
        let alignment = BatchAlignment(
            visited, with: entry, isRenumbered: Int(header.lastOffsetDelta) + 1 != entry.recordCount
        )
        let origin = takeOrigin(of: entry, at: index)
        let (producer, first) = (origin.producer, origin.sequences.lowerBound)
        for record in 0..<visited.count {
            let offset = visited.offset(record, in: header)
            let found = alignment.places[record]
            let place = RecordPlace(
                partition: own.topicPartition, offset: offset, producer: producer,
                sequence: found.map { first + UInt64($0) })
            guard let found else {
                if !strays.add(check: unsafe visited.checks.elements[record], place: place) {
                    counts.add(1, .corrupt, at: place)
                }
                continue
            }
            if alignment.corrupt.contains(record) { counts.add(1, .corrupt, at: place) }
            let sequence = first + UInt64(found)
            take(sequence..<(sequence + 1), of: producer, at: offset)
        }
        // Those of the other parts are not missing.
        let isPart = isShared && covered <= Int64(header.lastOffsetDelta)
        for missing in isPart ? [] : alignment.missing {
            strays.addMissing(
                producer: producer, sequence: first + UInt64(missing),
                check: unsafe entry.checks[missing])
        }
        visited.setTimes(of: entry)
    }

    /// Takes a batch without an entry: a late copy, or a batch of another program.
    private mutating func takeUnknown(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, from sender: Sender
    ) {
        guard case .named(let producer, let baseSequence) = sender else {
            counts.unmatched += UInt64(visited.count)
            return
        }
        guard
            let numbers = sequenceNumbers(
                from: baseSequence, count: Int(header.lastOffsetDelta) + 1, of: producer),
            sequences[producer].haveArrived(numbers)
        else { return addCorrupt(UInt64(visited.count), from: header.baseOffset) }
        for record in 0..<visited.count {
            let offset = visited.offset(record, in: header)
            let sequence = numbers.lowerBound + UInt64(offset - header.baseOffset)
            take(sequence..<(sequence + 1), of: producer, at: offset)
        }
        visited.setTime(unixMillis: header.baseTimestamp)
    }

    // MARK: Sequences

    /// The sequence numbers from one with these lowest 31 bits, the nearest to the expected one;
    /// nil if there is none.
    func sequenceNumbers(
        from baseSequence: Int32, count: Int, of producer: Int
    ) -> Range<UInt64>? {
        let next = sequences[producer].next
        let ahead = (baseSequence &- Int32(truncatingIfNeeded: next & 0x7fff_ffff)) & Int32.max
        let distance = Int64(ahead) - (ahead > Int32.max / 2 ? 1 << 31 : 0)
        guard baseSequence >= 0, Int64(next) + distance >= 0 else { return nil }
        let first = UInt64(Int64(next) + distance)
        return first..<(first + UInt64(max(count, 0)))
    }

    /// Takes the records of a batch whose entry agrees with them.
    @inline(__always)
    private mutating func take(
        _ visited: inout VisitedRecords, of entry: LedgerEntry, at index: Int,
        _ header: RecordBatchHeader, _ covered: Int64
    ) {
        pass(index, header, covered)
        noteLanded(entry, at: index, header)
        let origin = exchanged.isEmpty ? BatchOrigin(entry) : takeOrigin(of: entry, at: index)
        if visited.isWhole {
            take(origin.sequences, of: origin.producer, at: header.baseOffset)
            recent.add(origin, baseTimestamp: header.baseTimestamp, visited)
        } else {
            for record in 0..<visited.count {
                let offset = visited.offset(record, in: header)
                let sequence =
                    origin.sequences.lowerBound + UInt64(offset - header.baseOffset)
                take(sequence..<(sequence + 1), of: origin.producer, at: offset)
            }
        }
        visited.setTimes(of: entry)
    }

    /// Notes that the batch of an entry came, or a part of it.
    @inline(__always)
    private mutating func pass(_ index: Int, _ header: RecordBatchHeader, _ covered: Int64) {
        if isShared {
            passPart(index, header, covered)
        } else {
            place.pass(index)
        }
    }

    private mutating func takeOrigin(of entry: LedgerEntry, at index: Int) -> BatchOrigin {
        exchanged.removeValue(forKey: index) ?? BatchOrigin(entry)
    }

    @inline(__always)
    private mutating func take(_ numbers: Range<UInt64>, of producer: Int, at offset: Offset) {
        if numbers.lowerBound == sequences.next(of: producer) {
            sequences.observe(numbers, of: producer)
        } else {
            takeOutOfOrder(numbers, of: producer, at: offset)
        }
    }

    private mutating func takeOutOfOrder(
        _ numbers: Range<UInt64>, of producer: Int, at offset: Offset
    ) {
        let duplicated = sequences[producer].duplicated
        let reordered = sequences[producer].reordered
        sequences[producer].observe(numbers)
        let place = RecordPlace(
            partition: own.topicPartition, offset: offset, producer: producer,
            sequence: numbers.lowerBound)
        counts.add(sequences[producer].duplicated - duplicated, .duplicated, at: place)
        guard !isShared else { return }
        counts.add(sequences[producer].reordered - reordered, .reordered, at: place)
    }
}
