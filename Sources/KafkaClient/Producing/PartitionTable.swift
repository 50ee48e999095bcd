import RecordFormat

/// What a producer keeps of each partition that it has written to.
///
/// A partition has a queue while it has batches that are not done. Of the others only the next sequence
/// is kept, as one number: a producer may write to tens of thousands of partitions, and a process may
/// have a thousand producers. Queues have indexes, which stay theirs until `release`.
struct PartitionTable {
    struct Entry {
        fileprivate(set) var partition: TopicPartition
        fileprivate var place: Place
        var queue: PartitionQueue
        /// It is in the order of turns.
        var isActive = false
    }

    var entries: [Entry] = []
    private var free: [Int] = []
    private var indexes: [Place: Int] = [:]
    private var topics: [String: UInt32] = [:]
    /// Under the producer's present identity.
    private var nextSequences = NextSequences()

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
        let place = place(of: partition)
        if let index = indexes[place] { return index }
        let index = free.popLast() ?? entries.count
        if index == entries.count {
            let queue = PartitionQueue(
                isIdempotent: isIdempotent, keepsOrderByWaiting: keepsOrderByWaiting)
            entries.append(Entry(partition: partition, place: place, queue: queue))
        } else {
            // The room of the earlier partition's batches is used again.
            entries[index].partition = partition
            entries[index].place = place
        }
        let next = nextSequences[place]
        entries[index].queue.resume(at: next ?? 0, under: next == nil ? nil : identity)
        indexes[place] = index
        return index
    }

    private mutating func place(of partition: TopicPartition) -> Place {
        let topic = topics[partition.topic] ?? UInt32(topics.count)
        if topic == topics.count { topics[partition.topic] = topic }
        return Place(topic: topic, partition: partition.partition)
    }

    /// Keeps only the next sequence, if the queue has nothing left to do.
    mutating func release(_ index: Int, identity: ProducerIdentity?) {
        let place = entries[index].place
        guard entries[index].queue.isEmpty, !entries[index].queue.mustRestart,
            !entries[index].isActive, NextSequences.hold(place),
            indexes.removeValue(forKey: place) != nil
        else { return }
        // Numbers of an earlier identity are worth nothing: the next batch begins at 0.
        if let identity, entries[index].queue.identity == identity {
            nextSequences[place] = entries[index].queue.nextSequence
        }
        free.append(index)
    }

    /// The producer has another identity, under which all sequences begin at 0.
    mutating func forgetSequences() { nextSequences = NextSequences() }
}

/// A partition, with a number that the table has given its topic.
private struct Place: Hashable {
    var topic: UInt32
    var partition: Int32
}

/// Sequences by partition, in an array for each topic: a dictionary would take five times the memory.
private struct NextSequences {
    /// No topic has more partitions. Others keep their queues: arrays for them could be of any length.
    private static let mostPartitions: Int32 = 1 << 20
    private static let none: Int32 = -1

    private var topics: [[Int32]] = []

    static func hold(_ place: Place) -> Bool { (0..<mostPartitions).contains(place.partition) }

    subscript(_ place: Place) -> Int32? {
        get {
            let (topic, partition) = (Int(place.topic), Int(place.partition))
            guard topics.indices.contains(topic), topics[topic].indices.contains(partition)
            else { return nil }
            let next = topics[topic][partition]
            return next == Self.none ? nil : next
        }
        set {
            let (topic, partition) = (Int(place.topic), Int(place.partition))
            while topics.count <= topic { topics.append([]) }
            let missing = partition + 1 - topics[topic].count
            if missing > 0 {
                topics[topic].append(contentsOf: repeatElement(Self.none, count: missing))
            }
            topics[topic][partition] = newValue ?? Self.none
        }
    }
}
