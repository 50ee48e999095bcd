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

    /// The batch being filled for each partition, or -1.
    var openTickets: [Int]
    /// The next audit sequence number, and the next Kafka sequence, for each partition.
    var sequences: [UInt64]
    var baseSequences: [Int32]
    /// Batches that are ready, in the order of sending.
    var queue = Deque<Int>()
    var inFlight = 0
    /// Full batches that wait to be sent; while there is one, no further record is taken.
    var fullBatchesQueued = 0
    /// Whether one of its batches was given up; then its unsent batches fail as well.
    var isCutOff = false
    /// Sequence ranges that were sent and failed, or are in doubt, with their partition: excused by
    /// the audit.
    var failed: [(partition: Int, sequences: Range<UInt64>)] = []

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
        baseSequences = Array(repeating: 0, count: partitionCount)
    }

    /// Takes the Kafka sequence numbers of a batch, wrapping from Int32.max to 0.
    mutating func takeBaseSequence(of partition: Int, recordCount: Int) -> Int32 {
        let base = baseSequences[partition]
        let (next, overflow) = base.addingReportingOverflow(Int32(recordCount))
        baseSequences[partition] = overflow ? next &- Int32.min : next
        return base
    }
}
