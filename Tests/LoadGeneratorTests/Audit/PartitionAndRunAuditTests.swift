import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("The delivery audit tells partitions, runs and ends of a log apart")
struct PartitionAndRunAuditTests {
    /// Two partitions in turns, of which the target stores some batches in the other one.
    private func auditOfTwoPartitions(
        _ naming: BatchNaming, keysAreAlike: Bool = false,
        _ store: @escaping @Sendable (MemoryTarget, Int, Int, [UInt8]) -> Bool
    ) throws -> AuditCounts {
        let numbers = Mutex([0, 0])
        let box = Mutex<MemoryTarget?>(nil)
        let target = MemoryTarget(
            partitions: 2,
            tamper: { partition, batch in
                let number = numbers.withLock { numbers in
                    numbers[partition] += 1
                    return numbers[partition] - 1
                }
                guard let target = box.withLock({ $0 }) else { return [batch] }
                return store(target, partition, number, batch) ? [] : [batch]
            })
        box.withLock { $0 = target }
        defer { box.withLock { $0 = nil } }
        var profile = AuditedRun.profile(naming, batchSize: AuditedRun.ofTen)
        profile.producers.partitioner = .roundRobin
        profile.producers.linger = .milliseconds(20)
        if keysAreAlike { profile.payload.kind = .zeros }
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        return simulation.consume(against: produced.sent).audit
    }

    @Test(arguments: BatchNaming.allCases)
    func `a batch in another partition is misrouted, not lost`(
        naming: BatchNaming
    ) throws {
        let counts = try auditOfTwoPartitions(naming) { target, partition, number, batch in
            guard partition == 0, number == 5 else { return false }
            target.store(batch, in: 1)
            return true
        }
        expectFaults(counts, [.misrouted: 10])
        let place = try #require(counts.firstPlace(of: .misrouted))
        #expect(place.partition.partition == 1)
        #expect(place.sentTo?.partition == 0)
        #expect(place.sequence == 50)
    }

    @Test func `a record in another partition's batch is misrouted, not lost`() throws {
        let moved = Mutex<[UInt8]?>(nil)
        let counts = try auditOfTwoPartitions(.idempotent) { target, partition, number, batch in
            if partition == 0, number == 5 {
                let rest = rebuilt(batch) { records in
                    moved.withLock { [value = records[7].value] in $0 = value }
                    records.remove(at: 7)
                }
                target.store(rest, in: 0)
                return true
            }
            guard partition == 1, let value = moved.withLock({ $0.take() }) else { return false }
            target.store(rebuilt(batch) { $0.insert((nil, value), at: 4) }, in: 1)
            return true
        }
        expectFaults(counts, [.misrouted: 1])
        let place = try #require(counts.firstPlace(of: .misrouted))
        #expect(place.partition.partition == 1)
        #expect(place.sentTo?.partition == 0)
        #expect(place.sequence == 57)
    }

    @Test(arguments: BatchNaming.allCases)
    func `partitions whose records are all alike are clean, and a duplicate is none of the other's`(
        naming: BatchNaming
    ) throws {
        let clean = try auditOfTwoPartitions(naming, keysAreAlike: true) { _, _, _, _ in false }
        #expect(clean == AuditCounts())
        let counts = try auditOfTwoPartitions(naming, keysAreAlike: true) {
            target, partition, number, batch in
            if partition == 0, number == 5 { target.store(batch, in: 0) }
            return false
        }
        #expect(counts[.misrouted] == 0)
        // Without a name, what is alike cannot be told apart: the copy is taken for the next one.
        if naming == .idempotent { expectFaults(counts, [.duplicated: 10]) }
    }

    @Test(arguments: BatchNaming.allCases)
    func `records of an earlier run are skipped, and no fault`(naming: BatchNaming) throws {
        let target = MemoryTarget()
        let profile = AuditedRun.profile(naming, batchSize: AuditedRun.single, records: 100)
        _ = try Simulation(profile: profile, target: target).produce()
        let later = Simulation(profile: profile, target: target)
        let produced = try later.produce()
        let consumed = later.consume(against: produced.sent)
        #expect(consumed.audit.foreign == 100)
        #expect(consumed.audit.isClean)
        #expect(consumed.tally.records == produced.tally.ackedRecords)
        #expect(consumed.tally.logicalBytes == produced.tally.logicalBytes)
    }

    @Test(arguments: BatchNaming.allCases)
    func `records of another program are skipped, and no fault`(naming: BatchNaming) throws {
        let counts = try {
            let number = Mutex(0)
            let target = MemoryTarget(tamper: { _, batch in
                let isFifth = number.withLock {
                    $0 += 1
                    return $0 == 5
                }
                guard isFifth else { return [batch] }
                var builder = try! RecordBatchBuilder(batchSize: 1_024)
                _ = builder.append(timestamp: 0, key: nil, value: [1, 2, 3])
                _ = builder.append(timestamp: 0, key: nil, value: [4])
                try! builder.seal(
                    producerID: ProducerID(999), producerEpoch: ProducerEpoch(0), baseSequence: 0)
                return unsafe [batch, [UInt8](builder.sealedBytes)]
            })
            let simulation = Simulation(
                profile: AuditedRun.profile(naming, batchSize: AuditedRun.single), target: target)
            return simulation.consume(against: try simulation.produce().sent).audit
        }()
        #expect(counts.isClean)
        #expect(counts.unmatched == 2)
    }

    @Test(arguments: BatchNaming.allCases)
    func `records that nobody came to read are not lost, and gaps before them are`(
        naming: BatchNaming
    ) throws {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            number.withLock {
                $0 += 1
                return $0 == 5 ? [] : [batch]
            }
        })
        let simulation = Simulation(
            profile: AuditedRun.profile(naming, batchSize: AuditedRun.single, records: 100),
            target: target)
        let produced = try simulation.produce()
        let counts = simulation.consume(against: produced.sent, steps: 50).audit
        #expect(counts.lost == 1)
    }

    @Test(arguments: BatchNaming.allCases, [false, true])
    func `a log that cannot be read on has lost what is behind`(
        naming: BatchNaming, isTorn: Bool
    ) throws {
        let target = MemoryTarget(readAs: { offset, batch in
            guard offset == Offset(400) else { return batch }
            return isTorn ? Array(batch.prefix(90)) : Array(repeating: 0, count: batch.count)
        })
        let simulation = Simulation(
            profile: AuditedRun.profile(naming, batchSize: AuditedRun.single), target: target)
        let counts = simulation.consume(against: try simulation.produce().sent).audit
        #expect(counts.lost == 600)
        #expect(counts.firstPlace(of: .lost)?.sequence == 400)
        // What is cut off is not there; what is zeros is, and is not as it was.
        #expect(counts.corrupt == (isTorn ? 0 : 1))
        #expect(counts.firstPlace(of: .corrupt)?.offset == (isTorn ? nil : Offset(400)))
    }
}
