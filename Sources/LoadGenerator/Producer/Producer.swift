import DequeModule
import RecordFormat

/// One logical producer: the records that it has to send, and those that are not acknowledged yet.
///
/// Thread contract: belongs to one producer worker.
struct Producer: ~Copyable {
    /// The producer's number in the run.
    let number: Int
    let producerID: ProducerID
    let producerEpoch: ProducerEpoch
    var arrivals: Arrivals
    var payload: PayloadCursor
    var partitioner: Partitioner

    /// The batch being filled for each partition, or -1. There may be ten million pairs of a producer
    /// and a partition, so each byte here counts.
    private var openTickets: [Int32]
    /// Those being filled, of an open loop, in no order.
    private(set) var openBatches: [Int32] = []
    /// The next audit sequence number for each partition.
    var sequences: [UInt64]
    /// Batches that are ready, in the order of sending.
    var queue = Deque<Int>()
    var inFlight = 0
    /// A record was due and found no room.
    var waitsForRoom = false
    /// When there was room again for the first record after that.
    var roomSince = Int64.min
    /// When the last record that was taken was due, in an open loop.
    var lastDue = Int64.max
    /// Full batches that wait to be sent; while there is one, no further record is taken.
    var fullBatchesQueued = 0
    /// Whether one of its batches was given up; then its unsent batches fail as well.
    var isCutOff = false
    /// Sequence ranges that failed, with their partition: excused by the audit, as those in doubt.
    var failed: [(partition: Int, sequences: Range<UInt64>)] = []
    /// Sequence numbers of which no answer says whether they are stored.
    var inDoubt: [(partition: Int, sequences: Range<UInt64>)] = []

    init(
        number: Int, producerID: ProducerID, arrivals: Arrivals, payload: PayloadCursor,
        partitioner: Partitioner, partitionCount: Int
    ) {
        self.number = number
        self.producerID = producerID
        producerEpoch = producerID == .none ? .none : ProducerEpoch(0)
        self.arrivals = arrivals
        self.payload = payload
        self.partitioner = partitioner
        openTickets = Array(repeating: -1, count: partitionCount)
        sequences = Array(repeating: 0, count: partitionCount)
    }

    @inline(__always)
    func openTicket(of partition: Int) -> Int { Int(openTickets[partition]) }

    /// - Parameter ticket: -1 for none.
    @inline(__always)
    mutating func setOpenTicket(_ ticket: Int, of partition: Int) {
        if arrivals.loop == .open {
            let last = openTickets[partition]
            if last >= 0, let place = openBatches.firstIndex(of: last) {
                openBatches.swapAt(place, openBatches.count - 1)
                openBatches.removeLast()
            }
            if ticket >= 0 { openBatches.append(Int32(ticket)) }
        }
        openTickets[partition] = Int32(ticket)
    }

    /// Whether records that follow each other may be taken together: they go to one partition until its
    /// batch is full, and have values alone.
    @inline(__always)
    var takesRuns: Bool { payload.hasValuesOnly && partitioner.kind != .roundRobin }

    /// Whether records that follow each other may be in as many batches.
    var spreads: Bool {
        switch partitioner.kind {
        case .roundRobin: true
        case .key: payload.keys.kind != .none
        case .sticky: false
        }
    }

    var partitionCount: Int { openTickets.count }

    /// Kafka's sequence number of a batch, which goes from Int32.max to 0: every batch that is sealed
    /// follows the one before.
    static func baseSequence(of firstSequence: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: firstSequence & UInt64(Int32.max))
    }
}
