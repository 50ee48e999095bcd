import Measurement
import RecordFormat

/// The slowest records of a run, each with its cause.
public struct SlowTail: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public var record: SlowRecord
        public var cause: SlowRecord.Cause
        public var partition: TopicPartition
        /// From the measured window's start to the time when it was due.
        public var dueNanos: Int64
    }

    /// A stall of the machine explains a record's time if it was this share of it.
    private static let stallShare = 0.5

    /// The slowest first.
    public private(set) var entries: [Entry] = []

    public init() {}

    /// - Parameters:
    ///   - events: of the network, from the window's start.
    ///   - stalls: by the monotonic clock.
    init(
        _ records: [SlowRecord], partitions: [TopicPartition], onNetwork: Bool,
        events: [NetworkEvent], stalls: [Stall],
        windowStart: Int64
    ) {
        entries = records.map { record in
            let due = record.intendedNanos - windowStart
            let time = due..<max(record.ackNanos - windowStart, due + 1)
            return Entry(
                record: record,
                cause: Self.incident(record, events.filter { $0.nanos.overlaps(time) }, stalls)
                    ?? record.longestStage(onNetwork: onNetwork),
                partition: partitions[record.partition], dueNanos: due)
        }
    }

    /// What happened meanwhile that explains a record's time.
    private static func incident(
        _ record: SlowRecord, _ events: [NetworkEvent], _ stalls: [Stall]
    ) -> SlowRecord.Cause? {
        if record.attempts > 1 { return .retry }
        let kinds = Set(events.map(\.kind))
        if kinds.contains(.lostConnection) { return .lostConnection }
        if kinds.contains(.leaderChange) { return .leaderChange }
        if kinds.contains(.throttle) { return .throttle }
        let stalled = stalls.reduce(Int64(0)) { sum, stall in
            let start = max(stall.dueNanos, record.intendedNanos)
            let end = min(stall.dueNanos + stall.lateNanos, record.ackNanos)
            return sum + max(end - start, 0)
        }
        return Double(stalled) > Double(record.latencyNanos) * stallShare ? .stall : nil
    }

    /// The latency from which on records are here; nil without any.
    public var leastNanos: Int64? { entries.last?.record.latencyNanos }

    /// `flush 62 %, waiting for room 38 %`: shares of the records, the largest first; nil without any.
    public var causes: String? {
        guard !entries.isEmpty else { return nil }
        let counts = Dictionary(grouping: entries, by: \.cause).mapValues(\.count)
        return counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { cause, count in
                "\(cause.rawValue) \(Int((Double(count) / Double(entries.count) * 100).rounded())) %"
            }.joined(separator: ", ")
    }
}
