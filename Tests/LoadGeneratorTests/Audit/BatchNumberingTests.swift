import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Batches under other numbers than the audit's")
struct BatchNumberingTests {
    private func header(_ base: Int32, id: Int64 = 7, epoch: Int16 = 0) throws -> RecordBatchHeader
    {
        var builder = try RecordBatchBuilder(batchSize: 1_000)
        let empty = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        _ = unsafe builder.append(timestamp: 0, key: nil, value: empty, headers: empty)
        try builder.seal(
            producerID: ProducerID(id), producerEpoch: ProducerEpoch(epoch), baseSequence: base)
        return try unsafe RecordBatchHeader(
            RawSpan(_unsafeBytes: UnsafeRawBufferPointer(builder.sealedBytes)))
    }

    private func note(
        _ numbering: BatchNumbering, _ base: Int32, epoch: Int16, for own: Int32
    ) {
        numbering.note(
            base, id: ProducerID(7), epoch: ProducerEpoch(epoch), for: own, of: 3, in: 1)
    }

    @Test("are those of the audit where nothing was noted")
    func nothing() throws {
        #expect(BatchNumbering().origin(of: try header(5), in: 1) == nil)
    }

    @Test("are found from the batch on that began the stretch, by epoch and partition")
    func stretches() throws {
        let numbering = BatchNumbering()
        // A batch of 50 records was given up; then the epoch was raised at the 200th.
        note(numbering, 100, epoch: 0, for: 150)
        note(numbering, 0, epoch: 1, for: 200)
        note(numbering, 30, epoch: 1, for: 230)
        #expect(numbering.origin(of: try header(90), in: 1) == nil)
        #expect(numbering.origin(of: try header(100), in: 1)?.baseSequence == 150)
        #expect(numbering.origin(of: try header(110), in: 1)?.baseSequence == 160)
        #expect(numbering.origin(of: try header(30, epoch: 1), in: 1)?.baseSequence == 230)
        #expect(numbering.origin(of: try header(30, epoch: 1), in: 1)?.producer == 3)
        #expect(numbering.origin(of: try header(30, epoch: 1), in: 0) == nil)
        #expect(numbering.origin(of: try header(30, id: 8, epoch: 1), in: 1) == nil)
    }

    @Test("wrap as Kafka's sequences do")
    func wrap() throws {
        let numbering = BatchNumbering()
        note(numbering, 0, epoch: 2, for: .max - 9)
        #expect(numbering.origin(of: try header(10, epoch: 2), in: 1)?.baseSequence == 0)
    }
}
