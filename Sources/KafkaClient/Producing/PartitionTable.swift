import RecordFormat

/// What a producer keeps of each partition that it has written to.
///
/// A partition has a queue while it has batches that are not done. Of the others only the next sequence
/// is kept, as one number: a producer may write to tens of thousands of partitions, and a process may
/// have a thousand producers. Queues have indexes, which stay theirs until `release`.
struct PartitionTable {
    struct Entry {
        fileprivate(set) var partition: TopicPartition
        fileprivate var key: UInt64
        var queue: PartitionQueue
        /// It is in the order of turns.
        var isActive = false
    }

    var entries: [Entry] = []
    private var free: [Int] = []
    private var indexes: [UInt64: Int] = [:]
    private var topics: [String: UInt32] = [:]
    /// Under the producer's present identity. What is not here begins at 0.
    private var nextSequences: [UInt64: Int32] = [:]

    private let isIdempotent: Bool
    private let keepsOrderByWaiting: Bool

    init(isIdempotent: Bool, keepsOrderByWaiting: Bool) {
        self.isIdempotent = isIdempotent
        self.keepsOrderByWaiting = keepsOrderByWaiting
    }

    /// How many partitions have queues.
    var queueCount: Int { indexes.count }

    /// The index of the partition's queue, which it gets if it has none. `identity` is the producer's.
    mutating func index(of partition: TopicPartition, identity: ProducerIdentity?) -> Int {
        let key = key(of: partition)
        if let index = indexes[key] { return index }
        let index = free.popLast() ?? entries.count
        if index == entries.count {
            let queue = PartitionQueue(
                isIdempotent: isIdempotent, keepsOrderByWaiting: keepsOrderByWaiting)
            entries.append(Entry(partition: partition, key: key, queue: queue))
        } else {
            // The room of the earlier partition's batches is used again.
            entries[index].partition = partition
            entries[index].key = key
        }
        let next = nextSequences[key]
        entries[index].queue.resume(at: next ?? 0, under: next == nil ? nil : identity)
        indexes[key] = index
        return index
    }

    private mutating func key(of partition: TopicPartition) -> UInt64 {
        let topic = topics[partition.topic] ?? UInt32(topics.count)
        if topic == topics.count { topics[partition.topic] = topic }
        return UInt64(topic) << 32 | UInt64(UInt32(bitPattern: partition.partition))
    }

    /// Keeps only the next sequence, if the queue has nothing left to do.
    mutating func release(_ index: Int, identity: ProducerIdentity?) {
        let key = entries[index].key
        guard entries[index].queue.isEmpty, !entries[index].queue.mustRestart,
            !entries[index].isActive, indexes.removeValue(forKey: key) != nil
        else { return }
        // Numbers of an earlier identity are worth nothing: the next batch begins at 0.
        if let identity, entries[index].queue.identity == identity {
            nextSequences[key] = entries[index].queue.nextSequence
        }
        free.append(index)
    }

    /// The producer has another identity, under which all sequences begin at 0.
    mutating func forgetSequences() { nextSequences.removeAll() }
}
