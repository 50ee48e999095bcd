import RecordFormat

/// The most recent batches of a partition. They distinguish a batch that comes twice from one that
/// was sent to another partition with the same numbers, and from one of another producer.
///
/// Thread contract: one owner.
struct RecentBatches {
    /// How many are remembered.
    static let capacity = 64

    /// By what batches without names are told apart.
    struct Content: Equatable {
        var baseTimestamp: Int64
        var recordCount: Int
        /// The CRC-32C of the records' checks.
        var digest: UInt32
    }

    private struct Batch {
        var origin: BatchOrigin
        var content: Content
    }

    private var batches: [Batch] = []
    private var oldest = 0

    mutating func add(
        _ origin: BatchOrigin, baseTimestamp: Int64, _ visited: borrowing VisitedRecords
    ) {
        let batch = Batch(
            origin: origin,
            content: Content(
                baseTimestamp: baseTimestamp, recordCount: visited.count, digest: visited.digest))
        if batches.count < Self.capacity {
            batches.append(batch)
        } else {
            batches[oldest] = batch
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// The origin of a batch with equal records; nil if there is none.
    func equal(to visited: borrowing VisitedRecords, baseTimestamp: Int64) -> BatchOrigin? {
        let content = Content(
            baseTimestamp: baseTimestamp, recordCount: visited.count, digest: visited.digest)
        return batches.first { $0.content == content }?.origin
    }

    /// Takes the last batches of another producer for those of these origins, if their contents are
    /// equal.
    ///
    /// - Parameters:
    ///   - wanted: of one producer, in its order; at least one.
    ///   - next: the sequence after the last one that came of a producer.
    /// - Returns: whose they were until now, in the same order; nil if there are none.
    mutating func exchange(
        _ wanted: [(origin: BatchOrigin, content: Content)], next: (Int) -> UInt64
    ) -> [BatchOrigin]? {
        let contents = wanted.map(\.content)
        var seen: Set<Int> = wanted.first.map { [$0.origin.producer] } ?? []
        for producer in batches.lazy.map(\.origin.producer) where seen.insert(producer).inserted {
            let last = batches.indices.filter { batches[$0].origin.producer == producer }
                .sorted {
                    batches[$0].origin.sequences.lowerBound
                        < batches[$1].origin.sequences.lowerBound
                }
                .suffix(wanted.count)
            let origins = last.map { batches[$0].origin }
            guard last.map({ batches[$0].content }) == contents, Self.areInOrder(origins),
                origins.last?.sequences.upperBound == next(producer)
            else { continue }
            for (place, batch) in zip(last, wanted) { batches[place].origin = batch.origin }
            return origins
        }
        return nil
    }

    private static func areInOrder(_ origins: [BatchOrigin]) -> Bool {
        zip(origins, origins.dropFirst()).allSatisfy {
            $0.sequences.upperBound == $1.sequences.lowerBound
        }
    }
}
