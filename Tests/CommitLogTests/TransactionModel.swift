import RecordFormat

@testable import CommitLog

/// A partition as a list: what each offset holds. Every answer is found by going through all of it.
struct TransactionModel {
    enum Entry: Equatable {
        case data(producer: Int64, isTransactional: Bool)
        case marker(producer: Int64, isCommit: Bool)
    }

    var entries: [Entry] = []

    /// Where each producer's open transaction began, for the first `count` offsets.
    func open(_ count: Int? = nil) -> [Int64: Int] {
        var open: [Int64: Int] = [:]
        for (offset, entry) in entries.prefix(count ?? entries.count).enumerated() {
            switch entry {
            case .data(let producer, true): open[producer] = open[producer] ?? offset
            case .data: break
            case .marker(let producer, _): open[producer] = nil
            }
        }
        return open
    }

    func lastStableOffset(_ count: Int? = nil) -> Int {
        open(count).values.min() ?? count ?? entries.count
    }

    /// The aborted transactions that reach into `range`, in the order of their markers.
    func aborted(in range: Range<Int>, _ count: Int? = nil) -> [AbortedTransaction] {
        var aborted: [AbortedTransaction] = []
        for (offset, entry) in entries.prefix(count ?? entries.count).enumerated() {
            if case .marker(let producer, false) = entry, let first = open(offset)[producer],
                offset >= range.lowerBound, first < range.upperBound
            {
                aborted.append(
                    AbortedTransaction(
                        producerID: ProducerID(producer), firstOffset: Offset(Int64(first))))
            }
        }
        return aborted
    }
}

/// Producers that write to the partition of a `TestLog` and to the model.
struct TransactionWriter {
    var model = TransactionModel()
    private var sequences: [Int64: Int32] = [:]

    mutating func write(
        _ producer: Int64, to partition: PartitionLog, isTransactional: Bool = true
    ) throws {
        let sequence = sequences[producer, default: 0]
        try partition.append(
            bytes: batch(
                ["\(producer)"], producerID: producer, epoch: 0, sequence: sequence,
                isTransactional: isTransactional))
        sequences[producer] = sequence + 1
        model.entries.append(.data(producer: producer, isTransactional: isTransactional))
    }

    mutating func end(_ producer: Int64, isCommit: Bool, in partition: PartitionLog) throws {
        _ = try partition.appendMarker(marker(producer, isCommit: isCommit))
        model.entries.append(.marker(producer: producer, isCommit: isCommit))
    }
}

func marker(
    _ producer: Int64, epoch: Int16 = 0, isCommit: Bool, coordinatorEpoch: Int32 = 0
) -> TransactionMarker {
    TransactionMarker(
        producerID: ProducerID(producer), producerEpoch: ProducerEpoch(epoch), isCommit: isCommit,
        coordinatorEpoch: coordinatorEpoch)
}
