import KafkaProtocol
import RecordFormat
import SeededRandom
import Testing

@testable import KafkaClient

@Suite("Batches in a response")
struct FetchedRunTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func run(
        _ bytes: [UInt8], from position: Int64 = 0,
        aborted: [FetchResponse.AbortedTransaction]? = nil, checksCRCs: Bool = true
    ) throws -> FetchedRun {
        try unsafe FetchedRun(
            bytes.span.bytes, range: 0..<bytes.count, of: partition, from: Offset(position),
            aborted: aborted.map { AbortedTransactions($0) }, checksCRCs: checksCRCs)
    }

    private func aborted(_ producerID: Int64, from offset: Int64)
        -> FetchResponse.AbortedTransaction
    {
        var transaction = FetchResponse.AbortedTransaction()
        transaction.producerID = ProducerID(producerID)
        transaction.firstOffset = Offset(offset)
        return transaction
    }

    @Test("are whole: what is cut at the end is left for the next fetch, wherever it is cut")
    func cutEnd() throws {
        let first = try storedBatch(["a", "b"], base: 0, epoch: 4)
        let second = try storedBatch(["c"], base: 2, epoch: 5)
        for length in 0..<second.count {
            let run = try run(first + second.prefix(length))
            #expect(run.batches.map(\.bytes) == [0..<first.count])
            #expect(run.nextOffset == Offset(2))
            #expect(run.leaderEpoch == LeaderEpoch(4))
        }
        #expect(try run(first + second).nextOffset == Offset(3))
    }

    @Test("that are cut at the start show that the batch is larger than the broker gives out")
    func cutStart() throws {
        let batch = try storedBatch(["a"], base: 0)
        for length in 1..<batch.count {
            #expect(throws: ConsumerError.self) { try run(Array(batch.prefix(length))) }
        }
        #expect(try run([]).nextOffset == .zero)
    }

    @Test("below the position are skipped, and one around it is kept")
    func position() throws {
        let bytes = try storedBatch(["a", "b"], base: 0) + storedBatch(["c", "d"], base: 2)
        let run = try run(bytes, from: 3)
        #expect(run.batches.map(\.header.baseOffset) == [Offset(2)])
        #expect(run.nextOffset == Offset(4))
    }

    @Test("whose bits have flipped are found by their checksum, unless check.crcs is off")
    func damage() throws {
        var batch = try storedBatch(["value"], base: 0)
        batch[batch.count - 2] ^= 1
        #expect(throws: ConsumerError.self) { try run(batch) }
        #expect(try run(batch, checksCRCs: false).batches.count == 1)
    }

    @Test("of control are nobody's records, and move the position")
    func control() throws {
        let bytes =
            try storedBatch(["a"], base: 0, producerID: 1, isTransactional: true)
            + markerBatch(.abort, base: 1, producerID: 1)
        let uncommitted = try run(bytes)
        #expect(uncommitted.batches.map(\.header.baseOffset) == [.zero])
        #expect(uncommitted.nextOffset == Offset(2))
        let committed = try run(bytes, aborted: [aborted(1, from: 0)])
        #expect(committed.batches.isEmpty)
        #expect(committed.nextOffset == Offset(2))
    }

    @Test(
        "of aborted transactions are hidden, from their first offset to their marker, and no others"
    )
    func abortedRanges() throws {
        let bytes =
            try storedBatch(["a0"], base: 0, producerID: 1, isTransactional: true)
            + storedBatch(["b1"], base: 1, producerID: 2, isTransactional: true)
            + storedBatch(["plain2"], base: 2)
            + storedBatch(["plain3"], base: 3, producerID: 1)
            + markerBatch(.abort, base: 4, producerID: 1)
            + storedBatch(["a5"], base: 5, producerID: 1, isTransactional: true)
            + markerBatch(.commit, base: 6, producerID: 2)
            + storedBatch(["b7"], base: 7, producerID: 2, isTransactional: true)
            + markerBatch(.commit, base: 8, producerID: 1)
            + markerBatch(.abort, base: 9, producerID: 2)
        let run = try run(bytes, aborted: [aborted(2, from: 7), aborted(1, from: 0)])
        #expect(run.batches.map(\.header.baseOffset.rawValue) == [1, 2, 3, 5])
        #expect(run.nextOffset == Offset(10))
    }

    @Test("of random bytes never trap, and never move the position back")
    func noise() throws {
        var random = SeededGenerator()
        let batch = try storedBatch(["a", "b", "c"], base: 10)
        for _ in 0..<5_000 {
            var bytes = batch + batch
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            guard let run = try? run(bytes, from: 5, aborted: [], checksCRCs: false) else {
                continue
            }
            #expect(run.nextOffset >= Offset(5), "seed \(random.seed)")
            #expect(run.batches.allSatisfy { $0.bytes.upperBound <= bytes.count })
        }
    }
}
