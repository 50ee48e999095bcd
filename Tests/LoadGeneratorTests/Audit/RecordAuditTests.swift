import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("The delivery audit finds what a target did to records inside a batch")
struct RecordAuditTests {
    @Test(arguments: BatchNaming.allCases, [AuditedRun.single, AuditedRun.ofTen])
    func `a value damaged under a right checksum is found by its check`(
        naming: BatchNaming, batchSize: Int
    ) throws {
        let counts = try AuditedRun.audit(naming, batchSize: batchSize) { number, batch in
            guard number == 3 else { return [batch] }
            return [
                rebuilt(batch) { records in
                    let last = records.count - 1
                    records[last].value[50] ^= 0x10
                }
            ]
        }
        expectFaults(counts, [.corrupt: 1])
        let sequence = batchSize == AuditedRun.single ? 3 : 39
        #expect(counts.firstPlace(of: .corrupt)?.sequence == UInt64(sequence))
        #expect(counts.firstPlace(of: .corrupt)?.offset == Offset(Int64(sequence)))
    }

    @Test(arguments: BatchNaming.allCases) func `three damaged values of one batch are three`(
        naming: BatchNaming
    ) throws {
        let counts = try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { number, batch in
            guard number == 5 else { return [batch] }
            return [
                rebuilt(batch) { records in
                    for place in [0, 4, 5] { records[place].value[0] ^= 1 }
                }
            ]
        }
        expectFaults(counts, [.corrupt: 3])
        #expect(counts.firstPlace(of: .corrupt)?.sequence == 50)
    }

    @Test(arguments: BatchNaming.allCases, [0, 4, 9])
    func `a record taken out of a batch is lost`(naming: BatchNaming, victim: Int) throws {
        let counts = try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { number, batch in
            number == 5 ? [rebuilt(batch) { $0.remove(at: victim) }] : [batch]
        }
        expectFaults(counts, [.lost: 1])
        #expect(counts.firstPlace(of: .lost)?.sequence == UInt64(50 + victim))
    }

    @Test(arguments: BatchNaming.allCases)
    func `a record that stands in its batch twice is duplicated`(naming: BatchNaming) throws {
        let counts = try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { number, batch in
            number == 5 ? [rebuilt(batch) { $0.insert($0[3], at: 4) }] : [batch]
        }
        expectFaults(counts, [.duplicated: 1])
        #expect(counts.firstPlace(of: .duplicated)?.sequence == 53)
    }

    @Test(arguments: BatchNaming.allCases)
    func `two records swapped in their batch are one that is reordered`(naming: BatchNaming) throws
    {
        let counts = try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { number, batch in
            number == 5 ? [rebuilt(batch) { $0.swapAt(2, 3) }] : [batch]
        }
        expectFaults(counts, [.reordered: 1])
        #expect(counts.firstPlace(of: .reordered)?.sequence == 52)
    }

    @Test(arguments: BatchNaming.allCases)
    func `a record that nobody sent is corrupt`(naming: BatchNaming) throws {
        let counts = try AuditedRun.audit(naming, batchSize: AuditedRun.ofTen) { number, batch in
            number == 5 ? [rebuilt(batch) { $0.append((nil, [1, 2, 3])) }] : [batch]
        }
        expectFaults(counts, [.corrupt: 1])
    }

    @Test(arguments: BatchNaming.allCases)
    func `records that compaction took out of a batch are superseded, not lost`(
        naming: BatchNaming
    ) throws {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            let isFifth = number.withLock {
                $0 += 1
                return $0 == 5
            }
            return [isFifth ? Self.compacted(batch, keeping: [3, 4, 9]) : batch]
        })
        var profile = AuditedRun.profile(naming, batchSize: AuditedRun.ofTen)
        profile.producers.linger = AuditedRun.tenMillis
        let simulation = Simulation(profile: profile, target: target)
        let sent = try simulation.produce().sent
        let consumed = simulation.consume(against: sent, compacted: [0])
        #expect(consumed.audit.isClean)
        #expect(consumed.audit.superseded == 7)
        #expect(consumed.audit.foreign == 0)
        #expect(consumed.tally.records == 993)
        #expect(consumed.tally.endToEndLatency.count == 993)
    }

    /// The batch with some of its records left, at their own offsets, as the cleaner leaves it.
    private static func compacted(_ batch: [UInt8], keeping kept: Set<Int>) -> [UInt8] {
        guard let header = try? unsafe RecordBatchHeader(batch.span.bytes) else { return batch }
        var reader = RecordBatchReader()
        var rewriter = RecordBatchRewriter()
        try? unsafe reader.withRecords(of: batch.span.bytes, header: header, verifyChecksum: true) {
            (iterator: inout RecordIterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                guard kept.contains(record.offsetDelta) else { continue }
                rewriter.append(
                    record, of: iterator.bytes, timestampDelta: record.timestampDelta)
            }
        }
        return (try? unsafe [UInt8](rewriter.seal(header, compression: .none))) ?? batch
    }
}
