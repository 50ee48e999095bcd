import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

/// What is planted here, a target did to batches that were sealed: the audit knows nothing of it but
/// what it reads.
@Suite("The delivery audit finds what a target did to records")
struct DeliveryAuditTests {
    /// Whether batches name their producer, or are known by their content alone.
    enum Naming: CaseIterable { case idempotent, unnamed }

    private static func profile(_ naming: Naming, batchSize: Int, records: Int = 1_000) -> Profile {
        var profile = Simulation.profile(
            rate: .constant(.perSecond(1_000)), duration: .milliseconds(records),
            batchSize: batchSize)
        profile.producers.enableIdempotence = naming == .idempotent
        profile.payload.kind = .random
        profile.payload.size = .fixed(100)
        return profile
    }

    /// A batch of this size has one record, and one of this size has up to ten.
    private static let single = 1
    private static let ofTen = 61 + 10 * 109
    private static let tenMillis = Duration.milliseconds(10)

    /// 1,000 records through a target that does something to some batches, read by one group.
    ///
    /// - Parameter tamper: is given a batch's number and bytes, and says what is stored in its place.
    private func audit(
        _ naming: Naming, batchSize: Int = single,
        _ tamper: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]]
    ) throws -> AuditCounts {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            tamper(
                number.withLock {
                    $0 += 1
                    return $0 - 1
                }, batch)
        })
        var profile = Self.profile(naming, batchSize: batchSize)
        if batchSize > 1 { profile.producers.linger = Self.tenMillis }
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        return simulation.consume(against: produced.sent).audit
    }

    /// That these faults were found, so many of each, and no others.
    private func expect(
        _ counts: AuditCounts, _ faults: [AuditFault: UInt64],
        _ location: SourceLocation = #_sourceLocation
    ) {
        for fault in AuditFault.allCases {
            #expect(counts[fault] == faults[fault] ?? 0, "\(fault)", sourceLocation: location)
            #expect(
                (counts.firstPlace(of: fault) != nil) == (faults[fault] != nil), "\(fault)",
                sourceLocation: location)
        }
        #expect(counts.foreign == 0, sourceLocation: location)
        #expect(counts.unmatched == 0, sourceLocation: location)
    }

    /// The same batch with other records: its header's fields, counts and checksum are made anew.
    static func rebuilt(
        _ batch: [UInt8], _ change: (inout [(key: [UInt8]?, value: [UInt8])]) -> Void
    ) -> [UInt8] {
        guard let header = try? unsafe RecordBatchHeader(batch.span.bytes),
            var builder = try? RecordBatchBuilder(batchSize: 1 << 20)
        else { return batch }
        var records: [(key: [UInt8]?, value: [UInt8])] = []
        var timestamps: [Int64] = []
        var reader = RecordBatchReader()
        try? unsafe reader.withRecords(of: batch.span.bytes, header: header, verifyChecksum: true) {
            (iterator: inout RecordIterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                let value = iterator.bytes.bytes(of: record.value)
                let bytes = unsafe value.withUnsafeBytes { unsafe [UInt8]($0) }
                records.append((nil, bytes))
                timestamps.append(header.baseTimestamp + record.timestampDelta)
            }
        }
        change(&records)
        for (place, record) in records.enumerated() {
            _ = builder.append(
                timestamp: timestamps[min(place, timestamps.count - 1)], key: record.key,
                value: record.value)
        }
        try? builder.seal(
            producerID: header.producerID, producerEpoch: header.producerEpoch,
            baseSequence: header.baseSequence)
        return unsafe [UInt8](builder.sealedBytes)
    }

    // MARK: Whole batches

    @Test(arguments: Naming.allCases) func `an honest target is clean`(naming: Naming) throws {
        #expect(try audit(naming) { _, batch in [batch] } == AuditCounts())
        #expect(try audit(naming, batchSize: Self.ofTen) { _, batch in [batch] } == AuditCounts())
    }

    @Test(arguments: Naming.allCases, [0, 1, 500, 999])
    func `one lost record is found, wherever it was`(naming: Naming, victim: Int) throws {
        let counts = try audit(naming) { number, batch in number == victim ? [] : [batch] }
        expect(counts, [.lost: 1])
        #expect(
            counts.firstPlace(of: .lost)
                == RecordPlace(
                    partition: TopicPartition(topic: "memory", partition: 0), producer: 0,
                    sequence: UInt64(victim)))
    }

    @Test(arguments: Naming.allCases) func `a loss of everything is found`(naming: Naming) throws {
        expect(try audit(naming) { _, _ in [] }, [.lost: 1_000])
    }

    @Test(arguments: Naming.allCases) func `a loss of many in a row is counted exactly`(
        naming: Naming
    ) throws {
        let counts = try audit(naming) { number, batch in
            (300..<700).contains(number) ? [] : [batch]
        }
        expect(counts, [.lost: 400])
        #expect(counts.firstPlace(of: .lost)?.sequence == 300)
    }

    @Test(arguments: Naming.allCases, [single, ofTen])
    func `a batch that is stored twice is duplicated`(naming: Naming, batchSize: Int) throws {
        let records = UInt64(batchSize == Self.single ? 1 : 10)
        let counts = try audit(naming, batchSize: batchSize) { number, batch in
            number == 7 ? [batch, batch] : [batch]
        }
        expect(counts, [.duplicated: records])
        let place = try #require(counts.firstPlace(of: .duplicated))
        #expect(place.offset == Offset(Int64(8 * records)))
        #expect(place.sequence == 7 * records)
    }

    @Test(arguments: Naming.allCases)
    func `a batch that comes again some batches later is duplicated`(naming: Naming) throws {
        let kept = Mutex<[UInt8]>([])
        let counts = try audit(naming) { number, batch in
            if number == 7 { kept.withLock { $0 = batch } }
            return number == 40 ? [batch, kept.withLock { $0 }] : [batch]
        }
        expect(counts, [.duplicated: 1])
    }

    @Test func `a named batch is known as duplicated however much later it comes`() throws {
        let kept = Mutex<[UInt8]>([])
        let counts = try audit(.idempotent) { number, batch in
            if number == 7 { kept.withLock { $0 = batch } }
            return number == 900 ? [batch, kept.withLock { $0 }] : [batch]
        }
        expect(counts, [.duplicated: 1])
    }

    @Test(arguments: Naming.allCases)
    func `two swapped batches are one that is reordered, and none is lost`(naming: Naming) throws {
        let held = Mutex<[UInt8]>([])
        let counts = try audit(naming) { number, batch in
            switch number {
            case 20:
                held.withLock { $0 = batch }
                return []
            case 21: return [batch, held.withLock { $0 }]
            default: return [batch]
            }
        }
        expect(counts, [.reordered: 1])
        #expect(counts.firstPlace(of: .reordered)?.sequence == 20)
        #expect(counts.firstPlace(of: .reordered)?.offset == Offset(21))
    }

    /// 12,000 batches of two producers of one partition, of which the second's are held back from some
    /// on, and stored when 5,000 of the first's have passed them.
    @Test(arguments: Naming.allCases)
    func `a producer whose batches come late, and in order, is no fault`(naming: Naming) throws {
        struct State {
            var held: [[UInt8]] = []
            var batches = 0
            var passed = 0
        }
        let state = Mutex(State())
        let target = MemoryTarget(tamper: { _, batch in
            // Those of the two take turns.
            state.withLock { state in
                let turn = state.batches
                state.batches += 1
                let isSecond = turn % 2 == 1
                if isSecond, turn > 1_000, state.passed < 5_000 {
                    state.held.append(batch)
                    return []
                }
                if !isSecond, turn > 1_000 { state.passed += 1 }
                defer { if state.passed >= 5_000 { state.held = [] } }
                return state.passed >= 5_000 ? state.held + [batch] : [batch]
            }
        })
        var profile = Self.profile(naming, batchSize: Self.single, records: 14_000)
        profile.producers.count = 2
        let simulation = Simulation(profile: profile, target: target)
        let counts = simulation.consume(against: try simulation.produce().sent).audit
        #expect(state.withLock { $0.held.isEmpty })
        #expect(counts == AuditCounts())
    }

    @Test func `after a loss of very many batches the audit finds its place again`() throws {
        let counts = try {
            let number = Mutex(0)
            let target = MemoryTarget(tamper: { _, batch in
                let place = number.withLock {
                    $0 += 1
                    return $0
                }
                return (1_000..<71_000).contains(place) ? [] : [batch]
            })
            var profile = Self.profile(.idempotent, batchSize: Self.single, records: 80_000)
            profile.payload.size = .fixed(10)
            let simulation = Simulation(profile: profile, target: target)
            return simulation.consume(against: try simulation.produce().sent).audit
        }()
        expect(counts, [.lost: 70_000])
    }

    // MARK: Damage

    @Test(arguments: Naming.allCases, [single, ofTen])
    func `a flipped bit after sealing fails the batch's checksum`(
        naming: Naming, batchSize: Int
    ) throws {
        let counts = try audit(naming, batchSize: batchSize) { number, batch in
            guard number == 3 else { return [batch] }
            var damaged = batch
            damaged[damaged.count / 2] ^= 0x10
            return [damaged]
        }
        let records = UInt64(batchSize == Self.single ? 1 : 10)
        // It never arrived whole.
        expect(counts, [.corrupt: records, .lost: records])
        #expect(counts.firstPlace(of: .corrupt)?.offset == Offset(Int64(3 * records)))
    }

    @Test(arguments: Naming.allCases, [single, ofTen])
    func `a value damaged before its batch was sealed is found by its check`(
        naming: Naming, batchSize: Int
    ) throws {
        let counts = try audit(naming, batchSize: batchSize) { number, batch in
            guard number == 3 else { return [batch] }
            return [
                Self.rebuilt(batch) { records in
                    let last = records.count - 1
                    records[last].value[50] ^= 0x10
                }
            ]
        }
        expect(counts, [.corrupt: 1])
        let sequence = batchSize == Self.single ? 3 : 39
        #expect(counts.firstPlace(of: .corrupt)?.sequence == UInt64(sequence))
        #expect(counts.firstPlace(of: .corrupt)?.offset == Offset(Int64(sequence)))
    }

    // MARK: Records inside a batch

    @Test(arguments: Naming.allCases) func `three damaged values of one batch are three`(
        naming: Naming
    ) throws {
        let counts = try audit(naming, batchSize: Self.ofTen) { number, batch in
            guard number == 5 else { return [batch] }
            return [
                Self.rebuilt(batch) { records in
                    for place in [0, 4, 5] { records[place].value[0] ^= 1 }
                }
            ]
        }
        expect(counts, [.corrupt: 3])
        #expect(counts.firstPlace(of: .corrupt)?.sequence == 50)
    }

    @Test(arguments: Naming.allCases, [0, 4, 9])
    func `a record taken out of a batch is lost`(naming: Naming, victim: Int) throws {
        let counts = try audit(naming, batchSize: Self.ofTen) { number, batch in
            number == 5 ? [Self.rebuilt(batch) { $0.remove(at: victim) }] : [batch]
        }
        expect(counts, [.lost: 1])
        #expect(counts.firstPlace(of: .lost)?.sequence == UInt64(50 + victim))
    }

    @Test(arguments: Naming.allCases)
    func `a record that stands in its batch twice is duplicated`(naming: Naming) throws {
        let counts = try audit(naming, batchSize: Self.ofTen) { number, batch in
            number == 5 ? [Self.rebuilt(batch) { $0.insert($0[3], at: 4) }] : [batch]
        }
        expect(counts, [.duplicated: 1])
        #expect(counts.firstPlace(of: .duplicated)?.sequence == 53)
    }

    @Test(arguments: Naming.allCases)
    func `two records swapped in their batch are one that is reordered`(naming: Naming) throws {
        let counts = try audit(naming, batchSize: Self.ofTen) { number, batch in
            number == 5 ? [Self.rebuilt(batch) { $0.swapAt(2, 3) }] : [batch]
        }
        expect(counts, [.reordered: 1])
        #expect(counts.firstPlace(of: .reordered)?.sequence == 52)
    }

    @Test(arguments: Naming.allCases)
    func `a record that nobody sent is corrupt`(naming: Naming) throws {
        let counts = try audit(naming, batchSize: Self.ofTen) { number, batch in
            number == 5 ? [Self.rebuilt(batch) { $0.append((nil, [1, 2, 3])) }] : [batch]
        }
        expect(counts, [.corrupt: 1])
    }

    // MARK: Other partitions

    /// Two partitions in turns, of which the target stores some batches in the other one.
    private func auditOfTwoPartitions(
        _ naming: Naming, keysAreAlike: Bool = false,
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
        var profile = Self.profile(naming, batchSize: Self.ofTen)
        profile.producers.partitioner = .roundRobin
        profile.producers.linger = .milliseconds(20)
        if keysAreAlike { profile.payload.kind = .zeros }
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        return simulation.consume(against: produced.sent).audit
    }

    @Test(arguments: Naming.allCases) func `a batch in another partition is misrouted, not lost`(
        naming: Naming
    ) throws {
        let counts = try auditOfTwoPartitions(naming) { target, partition, number, batch in
            guard partition == 0, number == 5 else { return false }
            target.store(batch, in: 1)
            return true
        }
        expect(counts, [.misrouted: 10])
        let place = try #require(counts.firstPlace(of: .misrouted))
        #expect(place.partition.partition == 1)
        #expect(place.sentTo?.partition == 0)
        #expect(place.sequence == 50)
    }

    @Test func `a record in another partition's batch is misrouted, not lost`() throws {
        let moved = Mutex<[UInt8]?>(nil)
        let counts = try auditOfTwoPartitions(.idempotent) { target, partition, number, batch in
            if partition == 0, number == 5 {
                let rest = Self.rebuilt(batch) { records in
                    moved.withLock { [value = records[7].value] in $0 = value }
                    records.remove(at: 7)
                }
                target.store(rest, in: 0)
                return true
            }
            guard partition == 1, let value = moved.withLock({ $0.take() }) else { return false }
            target.store(Self.rebuilt(batch) { $0.insert((nil, value), at: 4) }, in: 1)
            return true
        }
        expect(counts, [.misrouted: 1])
        let place = try #require(counts.firstPlace(of: .misrouted))
        #expect(place.partition.partition == 1)
        #expect(place.sentTo?.partition == 0)
        #expect(place.sequence == 57)
    }

    @Test(arguments: Naming.allCases)
    func `partitions whose records are all alike are clean, and a duplicate is none of the other's`(
        naming: Naming
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
        if naming == .idempotent { expect(counts, [.duplicated: 10]) }
    }

    // MARK: Other runs, other ends

    @Test(arguments: Naming.allCases)
    func `records of an earlier run are skipped, and no fault`(naming: Naming) throws {
        let target = MemoryTarget()
        let profile = Self.profile(naming, batchSize: Self.single, records: 100)
        _ = try Simulation(profile: profile, target: target).produce()
        let later = Simulation(profile: profile, target: target)
        let produced = try later.produce()
        let consumed = later.consume(against: produced.sent)
        #expect(consumed.audit.foreign == 100)
        #expect(consumed.audit.isClean)
        #expect(consumed.tally.records == produced.tally.ackedRecords)
        #expect(consumed.tally.logicalBytes == produced.tally.logicalBytes)
    }

    @Test(arguments: Naming.allCases)
    func `records of another program are skipped, and no fault`(naming: Naming) throws {
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
                profile: Self.profile(naming, batchSize: Self.single), target: target)
            return simulation.consume(against: try simulation.produce().sent).audit
        }()
        #expect(counts.isClean)
        #expect(counts.unmatched == 2)
    }

    @Test(arguments: Naming.allCases)
    func `records that nobody came to read are not lost, and gaps before them are`(
        naming: Naming
    ) throws {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            number.withLock {
                $0 += 1
                return $0 == 5 ? [] : [batch]
            }
        })
        let simulation = Simulation(
            profile: Self.profile(naming, batchSize: Self.single, records: 100), target: target)
        let produced = try simulation.produce()
        let counts = simulation.consume(against: produced.sent, steps: 50).audit
        #expect(counts.lost == 1)
    }

    @Test(arguments: Naming.allCases, [false, true])
    func `a log that cannot be read on has lost what is behind`(
        naming: Naming, isTorn: Bool
    ) throws {
        let target = MemoryTarget(readAs: { offset, batch in
            guard offset == Offset(400) else { return batch }
            return isTorn ? Array(batch.prefix(90)) : Array(repeating: 0, count: batch.count)
        })
        let simulation = Simulation(
            profile: Self.profile(naming, batchSize: Self.single), target: target)
        let counts = simulation.consume(against: try simulation.produce().sent).audit
        #expect(counts.lost == 600)
        #expect(counts.firstPlace(of: .lost)?.sequence == 400)
        // What is cut off is not there; what is zeros is, and is not as it was.
        #expect(counts.corrupt == (isTorn ? 0 : 1))
        #expect(counts.firstPlace(of: .corrupt)?.offset == (isTorn ? nil : Offset(400)))
    }

    @Test(arguments: Naming.allCases)
    func `records that compaction took out of a batch are superseded, not lost`(
        naming: Naming
    ) throws {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            let isFifth = number.withLock {
                $0 += 1
                return $0 == 5
            }
            return [isFifth ? Self.compacted(batch, keeping: [3, 4, 9]) : batch]
        })
        var profile = Self.profile(naming, batchSize: Self.ofTen)
        profile.producers.linger = Self.tenMillis
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

    // MARK: Sequences

    @Test func `sequence audits agree with a model on random deliveries`() {
        let seed = UInt64.random(in: 0...(.max))
        var random = RandomGenerator(seed: seed)
        for _ in 0..<200 {
            let sent = UInt64(1 + random.next(below: 60))
            var deliveries: [UInt64] = []
            for number in 0..<sent where random.next(below: 5) > 0 {
                deliveries.append(number)
                if random.next(below: 6) == 0 { deliveries.append(number) }
            }
            for _ in 0..<3 where deliveries.count > 1 {
                let place = Int(random.next(below: deliveries.count - 1))
                deliveries.swapAt(place, place + 1)
            }
            var audit = SequenceAudit()
            for number in deliveries { audit.observe(number) }
            // The model: a set, and the largest number so far.
            var seen: Set<UInt64> = []
            var largest: UInt64?
            var (duplicated, reordered): (UInt64, UInt64) = (0, 0)
            for number in deliveries {
                if !seen.insert(number).inserted {
                    duplicated += 1
                } else if let largest, number < largest {
                    reordered += 1
                }
                largest = max(largest ?? 0, number)
            }
            let excused = (0..<3).map { _ in
                let start = random.next(below: Int(sent))
                return UInt64(start)..<UInt64(start + random.next(below: 8))
            }
            let missing = (0..<sent).filter { number in
                !seen.contains(number) && !excused.contains { $0.contains(number) }
            }
            let lost = audit.lost(before: sent, excusing: excused)
            #expect(audit.duplicated == duplicated, "seed \(seed)")
            #expect(audit.reordered == reordered, "seed \(seed)")
            #expect(lost.count == UInt64(missing.count), "seed \(seed)")
            #expect(lost.first == missing.first, "seed \(seed)")
        }
    }

    @Test func `records that were never acknowledged are not lost`() {
        var audit = SequenceAudit()
        audit.observe(0)
        audit.observe(5)
        let lost = audit.lost(before: 10, excusing: [8..<10, 2..<4])
        #expect(lost.count == 4)
        #expect(lost.first == 1)
    }
}
