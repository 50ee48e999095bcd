import KafkaProtocol
import RecordFormat

/// What a member says of records of one partition: of each offset the last thing that was said.
///
/// Thread contract: a value with one owner.
struct Acknowledgements: Hashable, Sendable {
    private var offsets: [AcknowledgeType: OffsetRanges] = [:]

    init() {}

    var isEmpty: Bool { offsets.isEmpty }
    var hasRenewals: Bool { offsets[.renew] != nil }
    /// How many offsets there are, or the largest number where that is too small.
    var count: Int64 { offsets.values.reduce(0) { $0.addingWithinBounds($1.count) } }

    mutating func set(_ range: OffsetRanges.Range, _ type: AcknowledgeType) {
        for other in offsets.keys where other != type { remove(range, from: other) }
        offsets[type, default: OffsetRanges()].insert(range)
    }

    /// Adds what was said before: what is here holds.
    mutating func put(back older: Acknowledgements) {
        let newer = self
        self = older
        for (type, ranges) in newer.offsets {
            for range in ranges.ranges { set(range, type) }
        }
    }

    private mutating func remove(_ range: OffsetRanges.Range, from type: AcknowledgeType) {
        offsets[type]?.remove(range)
        if offsets[type]?.isEmpty == true { offsets[type] = nil }
    }

    /// In order of offsets, as brokers want them.
    var wire: [ShareAcknowledgementBatch] {
        offsets.flatMap { type, ranges in
            ranges.ranges.map { range in
                var batch = ShareAcknowledgementBatch()
                batch.firstOffset = range.lowerBound
                batch.lastOffset = range.upperBound
                batch.acknowledgeTypes = [type.rawValue]
                return batch
            }
        }.sorted { $0.firstOffset < $1.firstOffset }
    }
}

extension Int64 {
    /// The sum, or the largest number: a broker may name as many offsets as it likes.
    func addingWithinBounds(_ count: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(count)
        return overflow ? .max : sum
    }
}
