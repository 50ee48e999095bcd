// Identities as types: an offset cannot be used as a position, nor an epoch as a count.

/// A record's place in its partition.
@frozen
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int64

    @inlinable
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    public static let zero = Offset(0)

    /// Overflow traps: a header whose offsets could overflow never becomes a `RecordBatchHeader`.
    @inlinable
    public func advanced(by distance: Int64) -> Offset { Offset(rawValue + distance) }

    @inlinable
    public static func - (later: Offset, earlier: Offset) -> Int64 {
        later.rawValue - earlier.rawValue
    }

    @inlinable
    public static func < (left: Offset, right: Offset) -> Bool { left.rawValue < right.rawValue }

    public var description: String { String(rawValue) }
}

/// The number of leaderships a partition has had when a batch was appended.
@frozen
public struct LeaderEpoch: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int32

    @inlinable
    public init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// The value that a producer writes; the log replaces it.
    public static let none = LeaderEpoch(-1)

    @inlinable
    public static func < (left: LeaderEpoch, right: LeaderEpoch) -> Bool {
        left.rawValue < right.rawValue
    }

    public var description: String { String(rawValue) }
}

/// The identity of an idempotent or transactional producer.
@frozen
public struct ProducerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int64

    @inlinable
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// A producer that is neither idempotent nor transactional.
    public static let none = ProducerID(-1)

    @inlinable
    public static func < (left: ProducerID, right: ProducerID) -> Bool {
        left.rawValue < right.rawValue
    }

    public var description: String { String(rawValue) }
}

/// The incarnation of a producer id: a higher one fences the lower.
@frozen
public struct ProducerEpoch: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int16

    @inlinable
    public init(_ rawValue: Int16) { self.rawValue = rawValue }

    public static let none = ProducerEpoch(-1)

    @inlinable
    public static func < (left: ProducerEpoch, right: ProducerEpoch) -> Bool {
        left.rawValue < right.rawValue
    }

    public var description: String { String(rawValue) }
}

/// One partition of a topic; described as Kafka names its directory, `orders-0`.
public struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String { "\(topic)-\(partition)" }
}
