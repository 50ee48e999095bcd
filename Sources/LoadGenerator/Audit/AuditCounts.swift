import RecordFormat

/// The faults that a consumer can find in the records that it received.
public enum AuditFault: String, CaseIterable, Sendable {
    /// An acknowledged record never arrived.
    case lost
    /// A record arrived at two offsets. One offset that arrived twice is no fault: see
    /// `AuditCounts.redelivered`.
    case duplicated
    /// A record arrived after a later one of the same producer and partition.
    case reordered
    /// A record's batch or value was changed.
    case corrupt
    /// A record arrived in another partition than it was sent to.
    case misrouted
}

/// The number of records with each fault, over all groups, and the place of the first.
public struct AuditCounts: Equatable, Sendable {
    private var counts: [AuditFault: UInt64] = [:]
    private var places: [AuditFault: RecordPlace] = [:]
    /// Records that this run did not write; they are skipped, and are not a fault.
    public var foreign: UInt64 = 0
    /// Records at this run's offsets that belong to none of its batches: another program's, or
    /// copies that came too late to be recognised.
    public var unmatched: UInt64 = 0
    /// Records of offsets that the group had got before, as after a rebalance, a seek back, or, in a share
    /// group, the end of their lock. They are not audited again.
    public var redelivered: UInt64 = 0
    /// How often a share group was given a record, at most, as the brokers say; 0 where there is none.
    public var largestDeliveryCount = 0
    /// Acknowledged records of compacted topics that did not arrive: a later record of their key
    /// may have superseded them, or they may be lost.
    public var superseded: UInt64 = 0
    /// Acknowledged records that a share group is done with and none of the run's members got, where it had other
    /// members, or may have had some: they have taken them, or they are lost.
    public var takenByOthers: UInt64 = 0
    /// Records in doubt, those of the warm-up too, and how many of them came.
    public var inDoubt: UInt64 = 0
    public var foundInDoubt: UInt64 = 0

    public init() {}

    public subscript(fault: AuditFault) -> UInt64 { counts[fault] ?? 0 }

    public var lost: UInt64 { self[.lost] }
    public var duplicated: UInt64 { self[.duplicated] }
    public var reordered: UInt64 { self[.reordered] }
    public var corrupt: UInt64 { self[.corrupt] }
    public var misrouted: UInt64 { self[.misrouted] }

    /// The place of the first record with a fault; nil if there is none.
    public func firstPlace(of fault: AuditFault) -> RecordPlace? { places[fault] }

    mutating func add(_ count: UInt64, _ fault: AuditFault, at place: RecordPlace) {
        guard count > 0 else { return }
        counts[fault, default: 0] += count
        if places[fault] == nil { places[fault] = place }
    }

    public static func += (total: inout AuditCounts, part: AuditCounts) {
        total.counts.merge(part.counts, uniquingKeysWith: +)
        total.places.merge(part.places) { first, _ in first }
        total.foreign += part.foreign
        total.unmatched += part.unmatched
        total.superseded += part.superseded
        total.takenByOthers += part.takenByOthers
        total.redelivered += part.redelivered
        total.inDoubt += part.inDoubt
        total.foundInDoubt += part.foundInDoubt
        total.largestDeliveryCount = max(total.largestDeliveryCount, part.largestDeliveryCount)
    }

    /// Whether every record arrived once, in its place, in order and unchanged.
    public var isClean: Bool { counts.isEmpty }
}

/// The place where a record is, or should be.
public struct RecordPlace: Equatable, Sendable, CustomStringConvertible {
    public var partition: TopicPartition
    /// Nil if the record never arrived.
    public var offset: Offset?
    /// The producer's number in the run; nil if the record does not identify it.
    public var producer: Int?
    /// The number of the record among the producer's records to the partition, from 0.
    public var sequence: UInt64?
    /// The partition that a misrouted record was sent to.
    public var sentTo: TopicPartition?

    /// `orders-2, offset 512, producer 1, sequence 500`.
    public var description: String {
        var parts = ["\(partition)"]
        if let offset { parts.append("offset \(offset.rawValue)") }
        if let producer { parts.append("producer \(producer)") }
        if let sequence { parts.append("sequence \(sequence)") }
        if let sentTo { parts.append("sent to \(sentTo)") }
        return parts.joined(separator: ", ")
    }
}
