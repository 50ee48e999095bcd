import CommitLog
import DequeModule
import Measurement
import RecordFormat

/// For each batch of a run, when its records were due and a check of each value. They are kept here
/// and not in the records, so that records contain only the user's bytes.
///
/// A producer enters a batch before it sends it, so that a reader of the batch finds the entry; an
/// entry is removed when every consumer group has passed it. Each batch that some group still has
/// to read takes 28 bytes and 3 to 5 bytes a record, in blocks of 256 KiB that batches of all
/// partitions share: in memory up to `LedgerStore.defaultMemoryLimit`, the rest in a file of the
/// run. 24 to 40 bytes a batch always stay in memory.
///
/// Thread contract: safe from any thread.
final class DeliveryLedger: Sendable {
    let partitions: [PartitionLedger]
    let store: LedgerStore
    /// Whether all batches name their producer and sequence; else those without are identified by their
    /// content.
    let isIdempotent: Bool
    /// Add to monotonic nanoseconds to get Unix nanoseconds.
    private let unixOffsetNanos: Int64
    private let numbers: [ProducerID: Int]
    private let numbering: BatchNumbering

    /// - Parameters:
    ///   - firstOffsets: where this run's records begin, by partition.
    ///   - producerIDs: of the producers, by number.
    ///   - groups: the number of consumer groups.
    ///   - unixOffsetNanos: add to monotonic nanoseconds to get Unix nanoseconds.
    ///   - directory: for the file, if it is needed.
    ///   - numbering: what the target says of batches that left under other numbers.
    init(
        partitions: [TopicPartition], firstOffsets: [Offset], producerIDs: [ProducerID],
        groups: Int, unixOffsetNanos: Int64, directory: String,
        numbering: BatchNumbering = BatchNumbering(),
        memoryLimit: Int = LedgerStore.defaultMemoryLimit
    ) {
        self.partitions = zip(partitions, firstOffsets).map {
            PartitionLedger(topicPartition: $0, firstOffset: $1, groups: groups)
        }
        store = LedgerStore(directory: directory, memoryLimit: memoryLimit)
        self.unixOffsetNanos = unixOffsetNanos
        self.numbering = numbering
        isIdempotent = !producerIDs.contains(.none)
        numbers = Dictionary(
            uniqueKeysWithValues: producerIDs.enumerated().filter { $1 != .none }.map { ($1, $0) })
    }

    /// When the oldest record that a group has not read was due: that of the partition's entry at
    /// an index, or of the first entry after it that is kept; nil if there is none.
    func intendedNanos(atOrAfter index: Int, of partition: Int) -> Int64? {
        partitions[partition].intendedNanos(atOrAfter: index)
    }

    /// The producer that sent a batch, by its number in the run, and the lowest 31 bits of the audit
    /// sequence of the batch's first record; nil if the batch is not of this run.
    func origin(
        of header: RecordBatchHeader, in partition: Int
    ) -> (producer: Int, baseSequence: Int32)? {
        if let origin = numbering.origin(of: header, in: partition) { return origin }
        return numbers[header.producerID].map { ($0, header.baseSequence) }
    }

    /// The timestamp of an entry's first record, which is its batch's base timestamp.
    func baseTimestamp(of entry: LedgerEntry) -> Int64 {
        (entry.firstIntendedNanos + unixOffsetNanos) / 1_000_000
    }
}

/// The entered batches of one partition, in the order of entry, each at an index that counts from
/// 0.
///
/// Thread contract: safe from any thread; the lock is held for a few instructions.
final class PartitionLedger: Sendable {
    /// The place of an entry.
    struct Slot: Sendable {
        let block: LedgerBlock
        let position: Int
        /// When the batch's first record was due, by the monotonic clock. Consumer lag in time
        /// needs it, even for batches whose entries are in the file.
        let intendedNanos: Int64
    }

    private struct State {
        var slots = Deque<Slot>()
        /// The index of the first of `slots`.
        var firstIndex = 0
        /// The first index that each group still needs.
        var needed: [Int]
    }

    let topicPartition: TopicPartition
    /// Records before it are not of this run.
    let firstOffset: Offset
    private let state: Locked<State>

    init(topicPartition: TopicPartition, firstOffset: Offset, groups: Int) {
        self.topicPartition = topicPartition
        self.firstOffset = firstOffset
        state = Locked(State(needed: Array(repeating: 0, count: groups)))
    }

    func append(_ slot: Slot) {
        state.withLock { $0.slots.append(slot) }
    }

    /// The slot at an index; nil if it does not exist yet or any more.
    func slot(at index: Int) -> Slot? {
        state.withLock { Self.slot(at: index, in: $0) }
    }

    /// The slot at an index; the group also declares that it needs nothing before another index.
    func slot(at index: Int, group: Int, needing needed: Int) -> Slot? {
        let (slot, unneeded) = state.withLock { state in
            state.needed[group] = needed
            let end = min(state.needed.min() ?? 0, state.firstIndex + state.slots.count)
            var unneeded: Slot?
            // Usually one entry, because a group passes them one by one.
            if state.firstIndex < end, let slot = state.slots.popFirst() {
                state.firstIndex += 1
                unneeded = slot
            }
            return (Self.slot(at: index, in: state), unneeded)
        }
        unneeded?.block.removeEntry()
        if unneeded != nil { removeUnneeded() }
        return slot
    }

    /// Removes entries that all groups have passed; the blocks are notified outside the lock.
    private func removeUnneeded() {
        while true {
            let slot = state.withLock { state -> Slot? in
                guard state.firstIndex < state.needed.min() ?? 0,
                    let slot = state.slots.popFirst()
                else { return nil }
                state.firstIndex += 1
                return slot
            }
            guard let slot else { return }
            slot.block.removeEntry()
        }
    }

    /// The entry at an index may be removed if the group has passed it since.
    func intendedNanos(atOrAfter index: Int) -> Int64? {
        state.withLock { state in
            Self.slot(at: max(index, state.firstIndex), in: state)?.intendedNanos
        }
    }

    /// The existing indices.
    var indices: Range<Int> {
        state.withLock { $0.firstIndex..<($0.firstIndex + $0.slots.count) }
    }

    private static func slot(at index: Int, in state: borrowing State) -> Slot? {
        let place = index - state.firstIndex
        return place >= 0 && place < state.slots.count ? state.slots[place] : nil
    }
}

/// Enters the batches of one producer worker.
///
/// Thread contract: belongs to one producer worker.
struct LedgerWriter: ~Copyable {
    private let ledger: DeliveryLedger
    private var block: LedgerBlock?
    private var used = 0
    private var scratch = EntryScratch()

    init(_ ledger: DeliveryLedger) {
        self.ledger = ledger
    }

    deinit {
        block?.close(usedByteCount: used)
    }

    /// Enters a batch that is about to be sent.
    mutating func enter(_ batch: borrowing PendingBatch, of producer: Int) {
        let byteCount = scratch.write(batch, of: producer)
        let alignment = LedgerEntry.alignment
        let room = (byteCount + alignment - 1) / alignment * alignment
        if let block, block.byteCount - used < room {
            block.close(usedByteCount: used)
            self.block = nil
        }
        let block = self.block ?? makeBlock(for: room)
        unsafe (block.addEntry().start + used).copyMemory(
            from: UnsafeRawPointer(scratch.start), byteCount: byteCount)
        ledger.partitions[batch.partition].append(
            PartitionLedger.Slot(
                block: block, position: used,
                intendedNanos: batch.runs.first?.intendedNanos ?? 0))
        used += room
    }

    /// A block of the usual size, or a multiple of it, so that space in the file can be reused.
    private mutating func makeBlock(for byteCount: Int) -> LedgerBlock {
        let size = LedgerStore.blockByteCount
        let block = LedgerBlock(
            byteCount: max((byteCount + size - 1) / size, 1) * size, store: ledger.store)
        self.block = block
        used = 0
        return block
    }
}

/// Writes an entry whose size is known only afterwards.
@safe
private struct EntryScratch: ~Copyable {
    private(set) var start: UnsafeMutableRawPointer
    private var byteCount = 4 << 10

    init() {
        unsafe start = .allocate(byteCount: byteCount, alignment: LedgerEntry.alignment)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// - Returns: the entry's size.
    mutating func write(_ batch: borrowing PendingBatch, of producer: Int) -> Int {
        let needed = LedgerEntry.maximumByteCount(of: batch)
        if needed > byteCount {
            unsafe start.deallocate()
            byteCount = max(needed, 2 * byteCount)
            unsafe start = .allocate(byteCount: byteCount, alignment: LedgerEntry.alignment)
        }
        return unsafe LedgerEntry.write(batch, producer: producer, to: start)
    }
}

/// Reads entries, one at a time.
///
/// Thread contract: belongs to one consumer worker.
struct LedgerReader: ~Copyable {
    /// Blocks that stay borrowed: the next entry is probably in one of them, since each producer
    /// worker fills its own.
    private static let mostBorrowed = 8

    /// The block that was read last is first.
    private var borrowed: [(block: LedgerBlock, memory: BlockMemory)] = []

    init() {}

    deinit {
        for (block, _) in borrowed { block.giveBack() }
    }

    /// The entry in a slot, valid until the next call; nil if it was removed meanwhile.
    mutating func entry(in slot: PartitionLedger.Slot) throws(TargetError) -> LedgerEntry? {
        if let first = borrowed.first, first.block === slot.block {
            return unsafe LedgerEntry(at: first.memory.start + slot.position)
        }
        if let place = borrowed.firstIndex(where: { $0.block === slot.block }) {
            borrowed.swapAt(0, place)
        } else {
            guard let memory = try slot.block.borrow() else { return nil }
            if borrowed.count == Self.mostBorrowed { borrowed.removeLast().block.giveBack() }
            borrowed.insert((slot.block, memory), at: 0)
        }
        return unsafe LedgerEntry(at: borrowed[0].memory.start + slot.position)
    }
}
