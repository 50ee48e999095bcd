import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `The producer ids of a partition` {
    private func header(_ id: Int64, _ offset: Int64, isTransactional: Bool = false) throws
        -> RecordBatchHeader
    {
        let bytes = batch(
            ["x"], producerID: id, epoch: 0, sequence: 0, isTransactional: isTransactional)
        var header = try RecordBatchHeader(unsafe bytes.span.bytes)
        header.baseOffset = Offset(offset)
        return header
    }

    @Test func `are forgotten beyond their bound, the longest silent first, but for transactions`()
        throws
    {
        var table = ProducerStateTable()
        _ = table.update(with: try header(0, 0, isTransactional: true))
        for id in 1...16 as ClosedRange<Int64> { _ = table.update(with: try header(id, id)) }
        table.dropSilent(beyond: 17)
        #expect(table.count == 17)
        table.dropSilent(beyond: 16)
        #expect(table.count == 14)
        let left = table.producers.keys.map(\.rawValue).sorted()
        #expect(left == [0] + Array(4...16))
    }

    @Test func `are bounded as they append`() throws {
        let log = try TestLog(directory: ["weir.max.producer.ids.per.partition": "16"])
        for id in 0..<40 as Range<Int64> {
            _ = try log.partition.append(
                bytes: batch(["x"], producerID: id, epoch: 0, sequence: 0))
            let count = log.partition.appender.withLock { $0.producers.count }
            #expect(count <= 16)
        }
        // The last one is remembered.
        #expect(
            try log.partition.append(bytes: batch(["x"], producerID: 39, epoch: 0, sequence: 0))
                .isDuplicate)
    }
}
