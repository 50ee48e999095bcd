import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("The ledger of batches on their way")
struct DeliveryLedgerTests {
    private func profile(records: Int, payload: PayloadKind = .random) -> Profile {
        var profile = Simulation.profile(
            rate: .constant(.perSecond(1_000_000)), duration: .microseconds(records),
            batchSize: 16 << 10)
        profile.producers.linger = .seconds(1)
        profile.producers.enableIdempotence = true
        profile.payload.kind = payload
        profile.payload.size = .fixed(20)
        profile.payload.pool = 1 << 20
        return profile
    }

    @Test func `what does not fit in memory is in a file, and nothing is missed`() throws {
        let simulation = Simulation(
            profile: profile(records: 1_000_000), target: MemoryTarget(partitions: 3),
            ledgerMemoryLimit: 512 << 10)
        let sent = try simulation.produce().sent
        let store = simulation.ledger.store
        // Three bytes a record, of which half a megabyte and the open block stay in memory.
        #expect(store.fileByteCount > 2_000_000)
        #expect(store.residentByteCount <= (512 + 2 * 256) << 10)
        let consumed = simulation.consume(against: sent)
        #expect(consumed.audit == AuditCounts())
        #expect(consumed.tally.endToEndLatency.count == 1_000_000)
        #expect(store.residentByteCount <= (512 + 2 * 256) << 10)
        #expect(store.failure == nil)
    }

    @Test func `space in the file is used again`() throws {
        let target = MemoryTarget()
        let simulation = Simulation(
            profile: profile(records: 500_000), target: target, ledgerMemoryLimit: 0)
        let first = try simulation.produce().sent
        let size = simulation.ledger.store.fileByteCount
        #expect(simulation.consume(against: first).audit == AuditCounts())
        #expect(size > 1_000_000)
        // All is read, so that all of it is free.
        let block = LedgerBlock(
            byteCount: LedgerStore.blockByteCount, store: simulation.ledger.store)
        _ = block.addEntry()
        block.close(usedByteCount: LedgerStore.blockByteCount)
        #expect(simulation.ledger.store.fileByteCount == size)
        block.removeEntry()
    }

    @Test func `a directory that takes no file costs memory, and is said`() throws {
        let ledger = DeliveryLedger(
            partitions: [TopicPartition(topic: "t", partition: 0)], firstOffsets: [.zero],
            producerIDs: [.none], groups: 1, unixOffsetNanos: 0, directory: "/nowhere/at/all",
            memoryLimit: 0)
        let block = LedgerBlock(byteCount: 1_024, store: ledger.store)
        let memory = block.addEntry()
        unsafe memory.start.storeBytes(of: 42, as: UInt8.self)
        block.close(usedByteCount: 1_024)
        #expect(try #require(ledger.store.failure).contains("/nowhere/at/all"))
        #expect(ledger.store.residentByteCount == 1_024)
        let borrowed = try #require(try block.borrow())
        #expect(unsafe borrowed.start.load(as: UInt8.self) == 42)
        block.giveBack()
        block.removeEntry()
        #expect(ledger.store.residentByteCount == 0)
    }

    @Test func `an entry stays until every group has passed it`() throws {
        let simulation = Simulation(
            profile: profile(records: 200_000), target: MemoryTarget(), groups: 2)
        let sent = try simulation.produce().sent
        let own = simulation.ledger.partitions[0]
        let batches = own.indices.count
        #expect(simulation.consume(against: sent, group: 0).audit == AuditCounts())
        #expect(own.indices == 0..<batches)
        #expect(simulation.consume(against: sent, group: 1).audit == AuditCounts())
        #expect(own.indices.isEmpty)
    }

    @Test(arguments: [Rate.constant(.perSecond(50_000)), .poisson(.perSecond(50_000)), .max])
    func `end-to-end latency is that of the schedule, record by record`(rate: Rate) throws {
        var profile = profile(records: 0)
        profile.producers.rate = rate
        profile.producers.count = 3
        profile.producers.partitioner = .roundRobin
        profile.duration = .milliseconds(200)
        profile.records = rate == .max ? 10_000 : nil
        let clock = ManualClock()
        let simulation = Simulation(
            profile: profile, target: MemoryTarget(partitions: 4), clock: clock)
        let produced = try simulation.produce()
        // All were acknowledged at some time, and are held at one: the latencies differ by what lies
        // between, and so do their sums.
        let held: Int64 = 1_000_000_000
        clock.advance(to: held)
        let consumed = simulation.consume(against: produced.sent)
        #expect(consumed.audit == AuditCounts())
        var expected = LatencyHistogram()
        for producer in 0..<3 {
            guard
                var schedule = ArrivalSchedule(
                    rate: rate, producer: producer, of: 3, seed: profile.seed)
            else {
                // A closed loop's records are due when they are taken: at the start, on this clock.
                expected.record(held, count: UInt64(10_000))
                break
            }
            while case let due = schedule.next(), due < 200_000_000 { expected.record(held - due) }
        }
        let found = consumed.tally.endToEndLatency
        #expect(found.count == expected.count)
        for percentile in [0, 1, 25, 50, 75, 99, 100.0] {
            #expect(found.percentile(percentile) == expected.percentile(percentile))
        }
    }

    @Test func `intended times survive their encoding, and even ones take a byte each`() {
        let seed = UInt64.random(in: 0...(.max))
        var random = RandomGenerator(seed: seed)
        for round in 0..<200 {
            var batch = PendingBatch(
                batchSize: 1 << 20, compressor: try! SharedCompressor(.none))
            var times: [IntendedTimes.Run] = []
            var now = Int64(random.next(below: 1 << 40))
            let first = now
            for _ in 0..<(1 + random.next(below: 200)) {
                let count = random.next(below: 3) == 0 ? 1 + random.next(below: 1_000) : 1
                for _ in 0..<count {
                    let value = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
                    _ = unsafe batch.append(
                        timestampMillis: 0, key: nil, value: value, headers: value,
                        headersLogicalByteCount: 0, intendedNanos: now, sendNanos: now)
                }
                times.append(IntendedTimes.Run(nanos: now, recordCount: count))
                now += round % 2 == 0 ? 20_000 : 1 + Int64(random.next(below: 1 << 30))
            }
            let room = IntendedTimes.maximumByteCountPerRun * times.count
            let memory = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 8)
            defer { unsafe memory.deallocate() }
            let used = unsafe IntendedTimes.encode(batch.runs, first: first, to: memory)
            #expect(used <= room)
            var decoded: [IntendedTimes.Run] = []
            unsafe IntendedTimes.decode(
                UnsafeRawBufferPointer(start: memory, count: used), first: first, into: &decoded)
            #expect(decoded == times, "seed \(seed)")
            if round % 2 == 0, times.allSatisfy({ $0.recordCount == 1 }) {
                #expect(used <= times.count + 2)
            }
        }
    }
}
