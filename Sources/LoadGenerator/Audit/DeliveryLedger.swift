import DequeModule
import Measurement
import RecordFormat

/// What the producers of a run know of their batches and consumers cannot read from them: when each
/// record was due, and a check of each value. With it, records carry nothing but the user's bytes.
///
/// A producer enters a batch before it sends it, so that whoever reads the batch finds the entry; an
/// entry goes when every consumer group has passed it. Memory: 30 bytes and 3 to 5 bytes a record for
/// each batch that some group has still to read, up to `LedgerStore.defaultMemoryLimit` and the rest in
/// a file of the run; and 32 bytes a batch that always stay in memory.
///
/// Thread contract: safe from any thread.
final class DeliveryLedger: Sendable {
    let partitions: [PartitionLedger]
    let store: LedgerStore
    /// Whether batches name their producer and sequence; else they are known by their content alone.
    let isIdempotent: Bool
    /// Add to monotonic nanoseconds to get Unix nanoseconds.
    private let unixOffsetNanos: Int64
    private let numbers: [ProducerID: Int]

    /// - Parameters:
    ///   - firstOffsets: where this run's records begin, by partition.
    ///   - producerIDs: of the producers, by number.
    ///   - groups: how many consumer groups there are.
    ///   - unixOffsetNanos: add to monotonic nanoseconds to get Unix nanoseconds.
    ///   - directory: where the file is made, should it be needed.
    init(
        partitions: [TopicPartition], firstOffsets: [Offset], producerIDs: [ProducerID],
        groups: Int, unixOffsetNanos: Int64, directory: String,
        memoryLimit: Int = LedgerStore.defaultMemoryLimit
    ) {
        self.partitions = zip(partitions, firstOffsets).map {
            PartitionLedger(topicPartition: $0, firstOffset: $1, groups: groups)
        }
        store = LedgerStore(directory: directory, memoryLimit: memoryLimit)
        self.unixOffsetNanos = unixOffsetNanos
        isIdempotent = !producerIDs.contains(.none)
        numbers =
            isIdempotent
            ? Dictionary(uniqueKeysWithValues: producerIDs.enumerated().map { ($1, $0) }) : [:]
    }

    /// When the oldest record was due that a group has not read: of the partition's entry at an index, or
    /// of the first one after it that is kept; nil where there is none.
    func intendedNanos(atOrAfter index: Int, of partition: Int) -> Int64? {
        partitions[partition].intendedNanos(atOrAfter: index)
    }

    /// The number in the run of the producer with an id; nil where it is none of the run's.
    func number(of producerID: ProducerID) -> Int? { numbers[producerID] }

    /// The timestamp of an entry's first record, which is its batch's base timestamp.
    func baseTimestamp(of entry: LedgerEntry) -> Int64 {
        (entry.firstIntendedNanos + unixOffsetNanos) / 1_000_000
    }
}

/// The batches of one partition that are entered, in the order of their entering, each at an index that
/// counts from 0.
///
/// Thread contract: safe from any thread; producers and consumers hold the lock for a few instructions.
final class PartitionLedger: Sendable {
    /// Where an entry is.
    struct Slot: Sendable {
        let block: LedgerBlock
        let position: Int
        /// When the batch's first record was due, by the monotonic clock: consumer lag in time asks for it
        /// of batches whose entries may be in the file.
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
    private let state: CheckedMutex<State>

    init(topicPartition: TopicPartition, firstOffset: Offset, groups: Int) {
        self.topicPartition = topicPartition
        self.firstOffset = firstOffset
        state = CheckedMutex(State(needed: Array(repeating: 0, count: groups)))
    }

    func append(_ slot: Slot) {
        state.withLock { $0.slots.append(slot) }
    }

    /// The slot at an index; nil where there is none yet, or none any more.
    func slot(at index: Int) -> Slot? {
        state.withLock { Self.slot(at: index, in: $0) }
    }

    /// The slot at an index, and the word of a group that it needs nothing before another index.
    func slot(at index: Int, group: Int, needing needed: Int) -> Slot? {
        state.withLock { state in
            state.needed[group] = needed
            let unneeded = min(state.needed.min() ?? 0, state.firstIndex + state.slots.count)
            while state.firstIndex < unneeded, let slot = state.slots.popFirst() {
                state.firstIndex += 1
                slot.block.removeEntry()
            }
            return Self.slot(at: index, in: state)
        }
    }

    /// The entry at an index may be gone where the group has passed it since it told its place.
    func intendedNanos(atOrAfter index: Int) -> Int64? {
        state.withLock { state in
            Self.slot(at: max(index, state.firstIndex), in: state)?.intendedNanos
        }
    }

    /// The indices that there are.
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

    init(_ ledger: DeliveryLedger) {
        self.ledger = ledger
    }

    deinit {
        block?.close(usedByteCount: used)
    }

    /// Enters a batch that is about to be sent.
    mutating func enter(_ batch: borrowing PendingBatch, of producer: Int) {
        let needed = LedgerEntry.maximumByteCount(of: batch)
        if let block, block.byteCount - used < needed {
            block.close(usedByteCount: used)
            self.block = nil
        }
        let block =
            self.block
            ?? LedgerBlock(
                byteCount: max(needed, LedgerStore.blockByteCount), store: ledger.store)
        if self.block == nil {
            self.block = block
            used = 0
        }
        let position = used
        let byteCount = unsafe LedgerEntry.write(
            batch, producer: producer, to: block.memory.start + position)
        let alignment = LedgerEntry.alignment
        used = min((position + byteCount + alignment - 1) / alignment * alignment, block.byteCount)
        block.addEntry()
        ledger.partitions[batch.partition].append(
            PartitionLedger.Slot(
                block: block, position: position,
                intendedNanos: batch.runs.first?.intendedNanos ?? 0))
    }
}

/// Reads entries, one at a time.
///
/// Thread contract: belongs to one consumer worker.
struct LedgerReader: ~Copyable {
    /// The block that was read last. It stays borrowed: the next entry is likely in it.
    private var borrowed: (block: LedgerBlock, memory: BlockMemory)?

    init() {}

    deinit {
        borrowed?.block.giveBack()
    }

    /// The entry in a slot, valid until the next call.
    mutating func entry(in slot: PartitionLedger.Slot) throws(TargetError) -> LedgerEntry {
        if let borrowed, borrowed.block === slot.block {
            return unsafe LedgerEntry(at: borrowed.memory.start + slot.position)
        }
        borrowed.take()?.block.giveBack()
        let memory = try slot.block.borrow()
        borrowed = (slot.block, memory)
        return unsafe LedgerEntry(at: memory.start + slot.position)
    }
}
