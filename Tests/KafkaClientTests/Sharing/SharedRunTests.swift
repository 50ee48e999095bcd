import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("The acquired records in the bytes of a share fetch")
struct SharedRunTests {
    private let one = TopicPartition(topic: "t", partition: 0)

    private func read(
        _ bytes: [UInt8], _ acquired: [(Int64, Int64)], checksCRCs: Bool = true
    ) throws -> SharedRun {
        try unsafe SharedRun(
            bytes.span.bytes, range: 0..<bytes.count, of: one,
            acquired: acquired.map {
                var range = ShareFetchResponse.AcquiredRecords()
                (range.firstOffset, range.lastOffset) = (Offset($0.0), Offset($0.1))
                range.deliveryCount = 1
                return range
            }, checksCRCs: checksCRCs)
    }

    private func text(_ run: SharedRun) -> [String] {
        run.acquired.map { "\($0.offsets.lowerBound)-\($0.offsets.upperBound)" }
    }

    private func said(_ run: SharedRun) -> [String] { run.acknowledgements.wire.map(\.text) }

    @Test("offsets without records are said to be gaps: markers, and what compaction has left out")
    func gaps() throws {
        let bytes =
            try storedBatch(["a", "b"], base: 0) + markerBatch(.commit, base: 2, producerID: 1)
            + storedBatch(["c", "d"], base: 7)
        let run = try read(bytes, [(0, 9)])
        #expect(text(run) == ["0-1", "7-8"])
        #expect(said(run) == ["2-6:0", "9-9:0"])
        #expect(run.batches.count == 2)
        #expect(run.fault == nil)
    }

    @Test("batches of which nothing is acquired are passed over")
    func others() throws {
        let bytes =
            try storedBatch(["a", "b"], base: 0) + storedBatch(["c", "d"], base: 2)
            + storedBatch(["e", "f"], base: 4)
        let run = try read(bytes, [(1, 1), (4, 4)])
        #expect(text(run) == ["1-1", "4-4"])
        #expect(run.batches.map(\.header.baseOffset) == [Offset(0), Offset(4)])
        #expect(said(run) == [])
    }

    @Test("a damaged batch is rejected, since nobody could read it, and the others are handed out")
    func damage() throws {
        var bytes = try storedBatch(["a", "b"], base: 0)
        bytes[bytes.count - 1] ^= 1
        let all = try bytes + storedBatch(["c", "d"], base: 2)
        let run = try read(all, [(0, 3)])
        #expect(text(run) == ["2-3"])
        #expect(said(run) == ["0-1:3"])
        guard case .corruptBatch? = run.fault else {
            Issue.record("\(String(describing: run.fault))")
            return
        }
        // Whoever checks them itself gets all.
        #expect(text(try read(all, [(0, 3)], checksCRCs: false)) == ["0-1", "2-3"])
    }

    @Test("every cut of the bytes gives back what did not come, and acknowledges nothing that did")
    func truncations() throws {
        let bytes = try storedBatch(["a", "b"], base: 0) + storedBatch(["c", "d"], base: 2)
        for length in 0..<bytes.count {
            let run = try read(Array(bytes[..<length]), [(0, 3)])
            let whole = run.acquired.reduce(Int64(0)) { $0 + OffsetRanges.count(of: $1.offsets) }
            #expect(run.acknowledgements.count == 4 - whole, "\(length) bytes")
            let type = length == 0 ? "0" : "2"
            if length < bytes.count, !(length > 0 && whole == 2 && said(run) == ["2-3:0"]) {
                #expect(said(run).allSatisfy { $0.hasSuffix(":\(type)") }, "\(length) bytes")
            }
        }
    }

    @Test(
        "ranges that there cannot be are refused",
        arguments: [
            [(0, 3), (3, 4)], [(2, 1)], [(5, 6), (0, 1)], [(-2, 3)], [(0, .max)],
        ] as [[(Int64, Int64)]])
    func hostileRanges(ranges: [(Int64, Int64)]) throws {
        let bytes = try storedBatch(["a", "b"], base: 0)
        #expect(throws: ConsumerError.invalidAcquisition(one)) { _ = try read(bytes, ranges) }
    }

    @Test("a batch that comes twice is refused, and a huge range costs nothing")
    func hostileBatches() throws {
        let bytes = try storedBatch(["a", "b"], base: 0)
        #expect(throws: ConsumerError.invalidAcquisition(one)) {
            _ = try read(bytes + bytes, [(0, 5)])
        }
        #expect(said(try read(bytes, [(0, .max - 1)])) == ["2-\(Int64.max - 1):0"])
    }
}
