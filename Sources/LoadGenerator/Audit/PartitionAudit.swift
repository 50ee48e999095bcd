import Glibc
import RecordFormat

/// One consumer group's audit of one partition: each batch is held against the ledger's entry of it, and
/// its records' sequence numbers against those that came before.
///
/// A batch of an idempotent producer names its producer and sequence in its header. Any other is known
/// by its base timestamp and its content, the checks of its values.
///
/// Thread contract: belongs to one consumer worker until the run has ended.
struct PartitionAudit {
    private let ledger: DeliveryLedger
    private let own: PartitionLedger
    let partition: Int
    private let group: Int
    private var place = LedgerPlace()
    private(set) var sequences: [SequenceAudit]
    /// All but what is lost, which only the end of the run tells.
    private(set) var counts = AuditCounts()
    /// Records that were sent to other partitions and arrived in this one.
    private(set) var strays = Strays()
    /// So often at most are the other partitions searched for a batch that is not known here.
    private var searchesLeft = 1_000
    /// Whether the log could not be read on: all behind is lost to its readers.
    private(set) var isCutShort = false

    init(ledger: DeliveryLedger, partition: Int, group: Int, producerCount: Int) {
        self.ledger = ledger
        self.partition = partition
        self.group = group
        own = ledger.partitions[partition]
        sequences = Array(repeating: SequenceAudit(), count: producerCount)
    }

    /// Checks the records of one batch that were decoded, and gives `visited` their intended times; none
    /// where the batch is not of this run.
    ///
    /// - Throws: where the ledger could not be read.
    mutating func observe(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, reader: inout LedgerReader
    ) throws(TargetError) {
        guard visited.count > 0 else { return }
        guard header.baseOffset >= own.firstOffset, let sender = sender(of: header) else {
            counts.foreign += UInt64(visited.count)
            return
        }
        if let slot = own.slot(at: place.next, group: group, needing: place.needed) {
            let entry = try reader.entry(in: slot)
            if visited.isWhole, isEntry(entry, of: sender), visited.hasAllChecks(of: entry) {
                place.pass(place.next)
                take(visited, of: entry, header)
                visited.setTimes(of: entry)
                return
            }
        }
        try observeCarefully(&visited, of: header, from: sender, reader: &reader)
    }

    /// Counts records that could not be read at all.
    mutating func addCorrupt(_ count: UInt64, from offset: Offset) {
        counts.add(count, .corrupt, at: RecordPlace(partition: own.topicPartition, offset: offset))
    }

    /// Nothing can be read any more.
    mutating func cutShort() {
        isCutShort = true
    }

    var topicPartition: TopicPartition { own.topicPartition }

    /// The index in the ledger of the entry whose batch is due.
    var nextEntry: Int { place.next }

    // MARK: Who sent a batch

    /// What a batch's header says of who sent it.
    private enum Sender {
        case named(producer: Int, baseSequence: Int32)
        case unnamed(baseTimestamp: Int64)
    }

    /// Nil where another program sent the batch.
    @inline(__always)
    private func sender(of header: RecordBatchHeader) -> Sender? {
        guard header.producerID != .none else {
            return ledger.isIdempotent ? nil : .unnamed(baseTimestamp: header.baseTimestamp)
        }
        guard let producer = ledger.number(of: header.producerID) else { return nil }
        return .named(producer: producer, baseSequence: header.baseSequence)
    }

    /// Whether an entry may be that of a batch of the sender.
    @inline(__always)
    private func isEntry(_ entry: LedgerEntry, of sender: Sender) -> Bool {
        switch sender {
        case .named(let producer, let baseSequence):
            entry.producer == producer && entry.baseSequence == baseSequence
        case .unnamed(let baseTimestamp): ledger.baseTimestamp(of: entry) == baseTimestamp
        }
    }

    // MARK: What is not as usual

    private mutating func observeCarefully(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, from sender: Sender,
        reader: inout LedgerReader
    ) throws(TargetError) {
        // 1. The batch that is due, or one of those around it.
        let index = try indexOfEntry(of: visited, header, from: sender, &reader)
        if let index, let entry = try entry(at: index, &reader), visited.hasChecks(of: entry) {
            place.pass(index)
            take(visited, of: entry, header)
            visited.setTimes(of: entry)
            return
        }
        // 2. One that came already.
        if index == nil {
            for index in place.keptIndices(from: own.indices.lowerBound) {
                guard let entry = try entry(at: index, &reader), isEntry(entry, of: sender),
                    visited.hasChecks(of: entry)
                else { continue }
                take(visited, of: entry, header)
                visited.setTimes(of: entry)
                return
            }
        }
        // 3. One that was sent to another partition.
        if try takeMisrouted(&visited, of: header, from: sender, reader: &reader) { return }
        // 4. The one that it says it is, with other records than were sent.
        var likely = index
        if likely == nil, case .unnamed = sender {
            likely = try firstIndex { index throws(TargetError) in
                guard let entry = try entry(at: index, &reader) else { return false }
                return isEntry(entry, of: sender)
                    && entry.recordCount == Int(header.lastOffsetDelta) + 1
            }
        }
        if let likely, let entry = try entry(at: likely, &reader) {
            place.pass(likely)
            takeDamaged(visited, of: entry, header)
            visited.setTimes(of: entry)
            return
        }
        takeUnknown(&visited, of: header, from: sender)
    }

    /// The index of the batch's entry among those whose batches are still to come: by its name where it
    /// has one, else by its time and content.
    private func indexOfEntry(
        of visited: borrowing VisitedRecords, _ header: RecordBatchHeader, from sender: Sender,
        _ reader: inout LedgerReader
    ) throws(TargetError) -> Int? {
        if case .named(let producer, let baseSequence) = sender,
            let numbers = sequenceNumbers(
                from: baseSequence, count: Int(header.lastOffsetDelta) + 1, of: producer),
            sequences[producer].haveArrived(numbers)
        {
            return nil
        }
        return try firstIndex { index throws(TargetError) in
            guard let entry = try entry(at: index, &reader), isEntry(entry, of: sender) else {
                return false
            }
            if case .named = sender { return true }
            return visited.hasChecks(of: entry)
        }
    }

    /// The first index of an entry whose batch is still to come that meets a condition; the likeliest
    /// ones are looked at first.
    private func firstIndex(
        where isWanted: (Int) throws(TargetError) -> Bool
    ) throws(TargetError) -> Int? {
        if try isWanted(place.next) { return place.next }
        for index in place.skipped where try isWanted(index) { return index }
        let end = min(place.next + LedgerPlace.lookahead, own.indices.upperBound)
        for index in (place.next + 1)..<max(end, place.next + 1) where try isWanted(index) {
            return index
        }
        return nil
    }

    private func entry(
        at index: Int, _ reader: inout LedgerReader
    ) throws(TargetError) -> LedgerEntry? {
        guard let slot = own.slot(at: index) else { return nil }
        return try reader.entry(in: slot)
    }

    /// Whether the batch is one that was sent to another partition, and nowhere else.
    private mutating func takeMisrouted(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, from sender: Sender,
        reader: inout LedgerReader
    ) throws(TargetError) -> Bool {
        guard visited.isWhole, searchesLeft > 0 else { return false }
        searchesLeft -= 1
        for (number, other) in ledger.partitions.enumerated() where number != partition {
            for index in other.indices.prefix(LedgerPlace.lookahead) {
                guard let slot = other.slot(at: index) else { continue }
                let entry = try reader.entry(in: slot)
                guard isEntry(entry, of: sender), visited.hasAllChecks(of: entry) else { continue }
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
        return false
    }

    /// Takes a batch whose records are not all those of its entry.
    private mutating func takeDamaged(
        _ visited: borrowing VisitedRecords, of entry: LedgerEntry, _ header: RecordBatchHeader
    ) {
        let alignment = BatchAlignment(
            visited, with: entry, isRenumbered: Int(header.lastOffsetDelta) + 1 != entry.recordCount
        )
        let first = entry.firstSequence
        for record in 0..<visited.count {
            let offset = visited.offset(record, in: header)
            let found = alignment.places[record]
            let place = RecordPlace(
                partition: own.topicPartition, offset: offset, producer: entry.producer,
                sequence: found.map { first + UInt64($0) })
            guard let found else {
                if !strays.add(check: unsafe visited.checks.elements[record], place: place) {
                    counts.add(1, .corrupt, at: place)
                }
                continue
            }
            if alignment.corrupt.contains(record) { counts.add(1, .corrupt, at: place) }
            let sequence = first + UInt64(found)
            take(sequence..<(sequence + 1), of: entry.producer, at: offset)
        }
        for missing in alignment.missing {
            strays.addMissing(
                producer: entry.producer, sequence: first + UInt64(missing),
                check: unsafe entry.checks[missing])
        }
    }

    /// Takes a batch that no entry is of.
    private mutating func takeUnknown(
        _ visited: inout VisitedRecords, of header: RecordBatchHeader, from sender: Sender
    ) {
        guard case .named(let producer, let baseSequence) = sender else {
            counts.foreign += UInt64(visited.count)
            return
        }
        guard
            let numbers = sequenceNumbers(
                from: baseSequence, count: Int(header.lastOffsetDelta) + 1, of: producer),
            numbers.lowerBound < sequences[producer].next
        else { return addCorrupt(UInt64(visited.count), from: header.baseOffset) }
        let first = numbers.lowerBound
        for record in 0..<visited.count {
            let offset = visited.offset(record, in: header)
            let sequence = first + UInt64(offset - header.baseOffset)
            take(sequence..<(sequence + 1), of: producer, at: offset)
        }
        visited.setTime(unixMillis: header.baseTimestamp)
    }

    // MARK: Sequences

    /// The sequence numbers whose first has these 31 bits as its end, the nearest to those that are due;
    /// nil where there are none.
    private func sequenceNumbers(
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
        _ visited: borrowing VisitedRecords, of entry: LedgerEntry, _ header: RecordBatchHeader
    ) {
        if visited.isWhole {
            take(entry.sequences, of: entry.producer, at: header.baseOffset)
        } else {
            for record in 0..<visited.count {
                let offset = visited.offset(record, in: header)
                let sequence = entry.firstSequence + UInt64(offset - header.baseOffset)
                take(sequence..<(sequence + 1), of: entry.producer, at: offset)
            }
        }
    }

    @inline(__always)
    private mutating func take(_ numbers: Range<UInt64>, of producer: Int, at offset: Offset) {
        if numbers.lowerBound == sequences[producer].next {
            sequences[producer].observe(numbers)
        } else {
            takeOutOfOrder(numbers, of: producer, at: offset)
        }
    }

    private mutating func takeOutOfOrder(
        _ numbers: Range<UInt64>, of producer: Int, at offset: Offset
    ) {
        let before = sequences[producer]
        sequences[producer].observe(numbers)
        let after = sequences[producer]
        let place = RecordPlace(
            partition: own.topicPartition, offset: offset, producer: producer,
            sequence: numbers.lowerBound)
        counts.add(after.duplicated - before.duplicated, .duplicated, at: place)
        counts.add(after.reordered - before.reordered, .reordered, at: place)
    }
}

/// How far a group has come in a partition's ledger.
struct LedgerPlace {
    /// Entries that were passed are kept for so many more batches, so that one that comes twice is known.
    static let keptCount = 64
    /// An entry whose batch did not come is kept for so many more: it may come late.
    static let skippedHorizon = 4_096
    /// The most entries that are looked at to find a batch's.
    static let lookahead = 65_536

    /// The index of the entry whose batch is due.
    private(set) var next = 0
    /// Entries before it whose batches did not come, in order.
    private(set) var skipped: [Int] = []

    /// The first index that is still needed.
    var needed: Int { max((skipped.first ?? next) - Self.keptCount, 0) }

    /// The batch of the entry at an index came.
    @inline(__always)
    mutating func pass(_ index: Int) {
        if index == next, skipped.isEmpty {
            next += 1
        } else {
            passOutOfOrder(index)
        }
    }

    private mutating func passOutOfOrder(_ index: Int) {
        if index >= next {
            skipped.append(contentsOf: next..<index)
            next = index + 1
        } else {
            skipped.removeAll { $0 == index }
        }
        let horizon = next - Self.skippedHorizon
        if let first = skipped.first, first < horizon { skipped.removeAll { $0 < horizon } }
    }

    /// The indices of entries that were passed and are still there.
    func keptIndices(from first: Int) -> [Int] {
        (min(first, next)..<next).filter { !skipped.contains($0) }
    }
}
