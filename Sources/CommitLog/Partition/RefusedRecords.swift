/// The records of a batch that break rules of the topic, for which the batch is refused as a whole:
/// what a produce answer tells of each of them (KIP-467).
public struct RefusedRecords: Sendable, Equatable {
    /// So many are named: a hostile batch has a hundred thousand, and each takes a sentence in the
    /// answer.
    public static let maximumNamedCount = 1000

    public struct Record: Sendable, Equatable {
        /// Its place in the batch, from 0.
        public var index: Int
        public var fault: Fault

        public init(index: Int, fault: Fault) {
            self.index = index
            self.fault = fault
        }
    }

    public enum Fault: Sendable, Equatable {
        /// A compacted topic takes no record without a key.
        case keyMissing
        /// Not the record's place in the batch.
        case offsetDelta(Int)
        /// Milliseconds, and what the topic allows.
        case timestamp(Int64, allowed: ClosedRange<Int64>)
    }

    /// The first of them, in order.
    public private(set) var named: [Record] = []
    public private(set) var count = 0
    /// Whether one of them has a time that is not allowed.
    public private(set) var hasTimestamp = false

    public init() {}

    public init(_ records: [Record]) {
        for record in records { add(record) }
    }

    mutating func add(_ record: Record) {
        count += 1
        if case .timestamp = record.fault { hasTimestamp = true }
        if named.count < Self.maximumNamedCount { named.append(record) }
    }
}

extension RefusedRecords: CustomStringConvertible {
    /// How many, and the first three, as Kafka has it.
    public var description: String {
        let first = named.prefix(3).map { "record \($0.index): \($0.fault)" }
        return "\(count) record\(count == 1 ? " is" : "s are") refused, and the batch with "
            + "\(count == 1 ? "it" : "them"): \(first.joined(separator: "; "))"
            + (count > 3 ? "; and \(count - 3) more" : "")
    }
}

extension RefusedRecords.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .keyMissing: "it has no key, which a compacted topic needs"
        case .offsetDelta(let delta): "its offset delta is \(delta), not its place in the batch"
        case .timestamp(let timestamp, let allowed):
            "its timestamp \(timestamp) is not within \(allowed.lowerBound) to "
                + "\(allowed.upperBound)"
        }
    }
}
