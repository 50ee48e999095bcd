import AllocationCounter
import KafkaProtocol
import RecordFormat
import Testing

/// How often the heap is asked for memory. Debug builds do no better than these figures, release
/// builds may.
@Suite(.enabled(if: allocations_are_counted(), "a sanitizer stands in front of malloc"))
struct AllocationTests {
    /// Allocations of `body`, after calls that fill caches and buffers.
    private func allocations(_ body: () throws -> Void) rethrows -> (count: Int, byteCount: Int) {
        for _ in 0..<2 { try body() }
        let before = (allocation_count(), allocated_byte_count())
        try body()
        return (Int(allocation_count() - before.0), Int(allocated_byte_count() - before.1))
    }

    /// A Produce request as a frame: topics with names too long to be stored inline.
    private func produce(
        version: Int16, topics: Int, partitions: Int, records: Int
    ) throws -> [UInt8] {
        let source = [UInt8](repeating: 7, count: records)
        var request = ProduceRequest()
        request.topicData = (0..<topics).map { index in
            var topic = ProduceRequest.Topic()
            topic.name = "a topic with a long name, number \(index)"
            topic.partitionData = (0..<partitions).map {
                var partition = ProduceRequest.Partition()
                partition.index = Int32($0)
                partition.records = RecordsRange(position: 0, byteCount: records)
                return partition
            }
            return topic
        }
        var writer = FieldWriter()
        try writer.append(request, version: version, correlationID: 1, clientID: "client")
        let frame = unsafe writer.joined(with: source.span.bytes)
        return Array(frame.dropFirst(FrameLength.byteCount))
    }

    @Test(arguments: [3, 7, 8, 9, 11] as [Int16])
    func `reading a produce request copies no records and allocates by topic`(
        _ version: Int16
    ) throws {
        func figures(
            topics: Int, partitions: Int, records: Int
        ) throws -> (count: Int, byteCount: Int) {
            let frame = try produce(
                version: version, topics: topics, partitions: partitions, records: records)
            return try allocations {
                let header = try unsafe RequestHeader(decoding: frame.span.bytes)
                let request = try unsafe ProduceRequest(
                    decoding: frame.span.bytes, header: header)
                #expect(request.topicData.count == topics)
            }
        }
        let small = try figures(topics: 1, partitions: 1, records: 100)
        let large = try figures(topics: 1, partitions: 1, records: 1 << 20)
        #expect(large == small, "the size of the records costs nothing")

        let partitions = try figures(topics: 1, partitions: 101, records: 100)
        #expect(partitions.count == small.count, "nor does a partition, but for its place")
        let topics = try figures(topics: 101, partitions: 1, records: 100)
        #expect(topics.count - small.count <= 100 * 2, "a name and an array for each topic")
    }

    @Test(arguments: [4, 11, 12, 17] as [Int16])
    func `writing a fetch response copies no records and allocates nothing for a partition`(
        _ version: Int16
    ) throws {
        var writer = FieldWriter()
        func figures(partitions: Int, records: Int) throws -> (count: Int, byteCount: Int) {
            var response = FetchResponse()
            var topic = FetchResponse.Topic()
            topic.topic = "a topic with a name that is not stored inline"
            topic.partitions = (0..<partitions).map {
                var partition = FetchResponse.Partition()
                partition.partitionIndex = Int32($0)
                partition.records = RecordsRange(position: $0 * records, byteCount: records)
                return partition
            }
            response.responses = [topic]
            return try allocations {
                writer.removeAll()
                try writer.append(response, version: version, correlationID: 1)
            }
        }
        let small = try figures(partitions: 1, records: 1)
        let large = try figures(partitions: 1, records: 1 << 20)
        let many = try figures(partitions: 101, records: 1 << 20)
        #expect(small == (0, 0))
        #expect(large == (0, 0), "the size of the records costs nothing")
        #expect(many == (0, 0), "nor does a partition, once the buffer has grown")
        #expect(writer.splices.count == 101)
        #expect(writer.byteCount > 100 << 20)
        #expect(writer.bytes.count < 10_000)
    }
}
