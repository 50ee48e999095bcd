import Measurement
import RecordFormat

@testable import LoadGenerator

/// A run of one producer worker and, afterwards, one consumer worker against a memory target, on a
/// clock that moves only where the model says: what the workers measure is then arithmetic.
struct Simulation {
    static let unixStart: Int64 = 1_750_000_000_000_000_000

    let profile: Profile
    let target: MemoryTarget
    let clock: ManualClock
    let plan: RunPlan
    let producerIDs: [ProducerID]
    let ledger: DeliveryLedger

    /// - Parameter unixStart: a run that starts at another time is another run.
    init(
        profile: Profile, target: MemoryTarget, clock: ManualClock = ManualClock(),
        unixStart: Int64 = Simulation.unixStart, groups: Int = 1,
        ledgerMemoryLimit: Int = LedgerStore.defaultMemoryLimit
    ) {
        self.profile = profile
        self.target = target
        self.clock = clock
        plan = RunPlan(
            profile: profile, start: 0,
            anchor: ClockAnchor(monotonicNanos: 0, unixNanos: unixStart))
        producerIDs = target.prepareProducers(
            profile.producers, topics: profile.topics, numbering: BatchNumbering())
        ledger = DeliveryLedger(
            partitions: target.partitions,
            firstOffsets: target.partitions.indices.map { target.logEndOffset(of: $0) },
            producerIDs: producerIDs, groups: groups, unixOffsetNanos: plan.unixOffsetNanos,
            directory: "/tmp",
            memoryLimit: ledgerMemoryLimit)
    }

    /// A profile with one producer whose every record is a batch of its own.
    static func profile(rate: Rate, duration: Duration, batchSize: Int = 1) -> Profile {
        var profile = Profile()
        profile.producers.rate = rate
        profile.producers.batchSize = batchSize
        profile.producers.linger = .zero
        profile.producers.enableIdempotence = false
        profile.payload.kind = .zeros
        profile.payload.pool = 64 * 1024
        profile.warmup = .zero
        profile.duration = duration
        return profile
    }

    struct Produced {
        var tally: ProducerTally
        var sent: [SentSequences]
        var usage: WorkerUsage
        var gaps: [PartitionGap]
        /// How often the worker would have slept.
        var sleeps = 0
    }

    /// Steps a producer worker to its end; where it would sleep, the clock jumps, and by `lateNanos` too far. At
    /// `end` the user stops it.
    func produce(lateNanos: Int64 = 0, until end: Int64 = .max) throws -> Produced {
        var sleeps = 0
        let stop = StopFlag()
        let recorder = Recorder<ProducerTally>()
        let gaps = PartitionGaps(partitionCount: target.partitions.count)
        var worker = ProducerFleet.makeWorker(
            Array(0..<profile.producers.count),
            of: ProducerFleet.Group(
                profile: profile, firstNumber: 0, producerCount: profile.producers.count,
                partitions: target.partitions.indices), producerIDs, plan, target,
            try PayloadPool.prepare(for: profile), KeySource(profile.keys), ledger, .manual(clock),
            stop, recorder, Wakeup(), gaps: gaps)
        stepping: while true {
            switch worker.step() {
            case .again: continue
            case .wait(let until):
                sleeps += 1
                let wake = stop.isSet ? until : min(until + lateNanos, end)
                clock.advance(to: min(wake, target.nextAnswer.map { $0 + lateNanos } ?? .max))
                target.answer(at: clock.now)
                if clock.now >= end { stop.set() }
            case .finished: break stepping
            }
        }
        var tally = PhasedTally<ProducerTally>()
        recorder.exchange(&tally)
        return Produced(
            tally: tally.measured, sent: worker.sentSequences(), usage: worker.usage,
            gaps: gaps.longest(of: target.partitions, from: plan.window.startNanos),
            sleeps: sleeps)
    }

    struct Consumed {
        var tally: ConsumerTally
        var audit: AuditCounts
    }

    /// Reads what is there, a batch of each partition a step, and audits it.
    func consume(
        against sent: [SentSequences], group: Int = 0, steps: Int = .max,
        compacted: Set<Int> = []
    ) -> Consumed {
        let recorder = Recorder<ConsumerTally>()
        let board = GroupBoard(
            group: "group", positions: target.partitions.map { _ in .zero }, isPaused: false)
        board.drain(to: target.partitions.indices.map { target.logEndOffset(of: $0) })
        var worker = ConsumerWorker(
            audits: target.partitions.indices.map {
                PartitionAudit(
                    ledger: ledger, partition: $0, group: group,
                    producerCount: profile.producers.count)
            }, board: board,
            settings: ConsumerWorker.Settings(
                maxPartitionFetchBytes: 1 << 20, verifyChecksums: true, window: plan.window,
                unixOffsetNanos: plan.unixOffsetNanos),
            time: .manual(clock),
            session: target.makeConsumerSession(
                for: ConsumerGroupSettings(), wakeup: Wakeup()),
            recorder: recorder)
        var left = steps
        while left > 0, worker.step() == .again { left -= 1 }
        var tally = PhasedTally<ConsumerTally>()
        recorder.exchange(&tally)
        return Consumed(
            tally: tally.measured,
            audit: AuditCounts(worker.outcome().audits, sent: sent, compacted: compacted))
    }
}
