/// One of the slowest records of a run, and where its time went. Of each batch it is the record that
/// was due first.
public struct SlowRecord: Equatable, Sendable {
    /// What took most of a record's time, or what happened in it.
    public enum Cause: String, CaseIterable, Sendable {
        /// There was no room: the batches of its producer were full or on their way.
        case room = "waiting for room"
        case linger
        /// Its batch was ready, and was not handed over yet: earlier ones were in flight, or it was
        /// compressed.
        case queue = "send queue"
        /// The client had the batch, and had not sent it yet.
        case client = "client queue"
        case broker = "wire and broker"
        case log = "append"
        case flush
        case retry
        case lostConnection = "lost connection"
        case leaderChange = "leader change"
        case throttle = "throttling"
        case stall = "stall of the machine"
    }

    /// By the monotonic clock.
    public var intendedNanos: Int64
    public var ackNanos: Int64
    /// The producer's number in the run.
    public var producer: Int
    /// The partition's index in the target.
    public var partition: Int
    /// The audit's number of the record.
    public var sequence: UInt64
    /// From the intended time until the record was in a batch.
    public var roomNanos: Int64
    /// Until the batch was full, or `linger.ms` had passed.
    public var lingerNanos: Int64
    /// Until the batch was sealed and handed over to the target.
    public var queueNanos: Int64
    /// Until the target's client wrote it to the socket; 0 without a network.
    public var clientNanos: Int64
    /// Until the answer came.
    public var targetNanos: Int64
    /// From the answer until the producer knew: not part of the latency.
    public var backNanos: Int64
    /// How often the batch was sent.
    public var attempts: Int
    /// Whether the answer came later than the hand-over's end.
    public var wasPending: Bool

    public var latencyNanos: Int64 { ackNanos - intendedNanos }

    /// The stage in which it was longest.
    func longestStage(onNetwork: Bool) -> Cause {
        let target: Cause = onNetwork ? .broker : wasPending ? .flush : .log
        let stages: [(cause: Cause, nanos: Int64)] = [
            (target, targetNanos), (.client, clientNanos), (.queue, queueNanos),
            (.linger, lingerNanos), (.room, roomNanos),
        ]
        return stages.max { $0.nanos < $1.nanos }?.cause ?? target
    }
}

/// The slowest records that a worker has seen, the slowest first.
///
/// Thread contract: one owner.
struct SlowRecords: Sendable {
    static let limit = 100

    private(set) var records: [SlowRecord] = []

    init() { records.reserveCapacity(Self.limit + 1) }

    /// Whether a record with this latency is among them.
    @inline(__always)
    func hasRoom(for latencyNanos: Int64) -> Bool {
        records.count < Self.limit || latencyNanos > records[records.count - 1].latencyNanos
    }

    mutating func add(_ record: SlowRecord) {
        guard hasRoom(for: record.latencyNanos) else { return }
        let place =
            records.firstIndex { $0.latencyNanos < record.latencyNanos } ?? records.endIndex
        records.insert(record, at: place)
        if records.count > Self.limit { records.removeLast() }
    }

    mutating func add(_ other: SlowRecords) {
        for record in other.records { add(record) }
    }
}
