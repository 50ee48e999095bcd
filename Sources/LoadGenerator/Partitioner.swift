/// Decides which of some partitions, in a row, each record of one producer goes to.
///
/// Thread contract: one owner. Nothing is allocated.
public struct Partitioner: Sendable {
    public let kind: PartitionerKind
    public let partitions: Range<Int>
    @usableFromInline var current: Int
    @usableFromInline var generator: RandomGenerator

    /// - Parameters:
    ///   - partitions: their indices.
    ///   - producer: its number; producers begin with different sticky partitions.
    ///   - seed: for the choice of sticky partitions.
    public init(_ kind: PartitionerKind, partitions: Range<Int>, producer: Int, seed: UInt64) {
        precondition(!partitions.isEmpty, "a topic has at least one partition")
        self.kind = kind
        self.partitions = partitions
        current = partitions.lowerBound + producer % partitions.count
        generator = RandomGenerator(seed: seed, stream: .partitions, index: UInt64(producer))
    }

    /// The index of the next record's partition.
    @inlinable
    public mutating func partition(key: UnsafeRawBufferPointer?) -> Int {
        switch kind {
        case .key:
            guard let key = unsafe key else { return current }
            return partitions.lowerBound
                &+ Self.partition(hash: unsafe Murmur2.hash(key), of: partitions.count)
        case .roundRobin:
            let partition = current
            current =
                partition &+ 1 == partitions.upperBound ? partitions.lowerBound : partition &+ 1
            return partition
        case .sticky:
            return current
        }
    }

    /// The partition of a record that did not fit in the batch of its partition, after
    /// `batchCompleted`.
    @inlinable
    mutating func partition(afterFull partition: Int, key: UnsafeRawBufferPointer?) -> Int {
        // Round-robin keeps the partition that it has chosen.
        kind == .roundRobin ? partition : unsafe self.partition(key: key)
    }

    /// Call this when the current partition's batch of unkeyed records is full or was sent: the
    /// next records go to another partition, each of the others with the same probability
    /// (KIP-480).
    public mutating func batchCompleted() {
        guard kind != .roundRobin, partitions.count > 1 else { return }
        let other = partitions.lowerBound + generator.next(below: partitions.count - 1)
        current = other < current ? other : other + 1
    }

    /// Kafka's `toPositive(murmur2(key)) % partitions`.
    @inlinable
    public static func partition(hash: Int32, of partitionCount: Int) -> Int {
        Int(hash & Int32.max) % partitionCount
    }
}

/// The 32-bit hash of Kafka's producer: Austin Appleby's MurmurHash2 with Kafka's seed.
public enum Murmur2 {
    @inlinable
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        let multiplier: UInt32 = 0x5bd1_e995
        let count = bytes.count
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
        var position = 0
        while position &+ 4 <= count {
            var word = UInt32(
                littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            word = word &* multiplier
            word ^= word >> 24
            hash = hash &* multiplier ^ word &* multiplier
            position &+= 4
        }
        if position < count {
            var tail: UInt32 = 0
            for index in (position..<count).reversed() {
                tail = tail << 8 | UInt32(unsafe bytes[index])
            }
            hash = (hash ^ tail) &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        hash ^= hash >> 15
        return Int32(bitPattern: hash)
    }
}
