import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `The longest gap of a partition` {
    private static let partitions = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }

    private func gaps(_ body: (PartitionGaps) -> Void) -> [PartitionGap] {
        let gaps = PartitionGaps(partitionCount: 2)
        body(gaps)
        return gaps.longest(of: Self.partitions, from: 100)
    }

    @Test func `counts from when a record was due, so that an idle partition has none`() {
        let found = gaps { gaps in
            gaps.note(at: 1_010, due: 1_000, of: 0)
            gaps.note(at: 90_005, due: 90_000, of: 0)
        }
        #expect(
            found == [PartitionGap(partition: Self.partitions[0], nanos: 10, startNanos: 900)])
    }

    @Test func `counts from the last batch that came through while others were due`() {
        let found = gaps { gaps in
            gaps.note(at: 1_010, due: 1_000, of: 1)
            // Ten batches come together after an outage of 500.
            for due in stride(from: 1_000, to: 1_500, by: 50) {
                gaps.note(at: 1_510, due: Int64(due), of: 1)
            }
        }
        #expect(
            found == [PartitionGap(partition: Self.partitions[1], nanos: 500, startNanos: 910)])
    }

    @Test func `goes on over batches that were given up`() {
        let found = gaps { gaps in
            gaps.note(at: 1_500, due: 1_000, of: 0, isDelivered: false)
            gaps.note(at: 1_800, due: 1_100, of: 0, isDelivered: false)
            gaps.note(at: 1_900, due: 1_050, of: 0)
        }
        #expect(found.longest?.nanos == 850)
    }
}
