/// Who sent a batch: the producer's number in the run, and the audit's sequences of its records.
struct BatchOrigin: Equatable {
    var producer: Int
    var sequences: Range<UInt64>

    init(producer: Int, sequences: Range<UInt64>) {
        self.producer = producer
        self.sequences = sequences
    }

    @inline(__always)
    init(_ entry: LedgerEntry) {
        producer = entry.producer
        sequences = entry.sequences
    }
}
