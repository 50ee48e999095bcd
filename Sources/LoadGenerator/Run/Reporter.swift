import Measurement
import RecordFormat

/// Collects the workers' tallies once an interval, and keeps the run's totals.
///
/// Thread contract: belongs to the run's thread.
struct Reporter {
    private let profile: Profile
    private let plan: RunPlan
    /// By group of producers.
    private let producerRecorders: [[Recorder<ProducerTally>]]
    private let consumerRecorders: [[Recorder<ConsumerTally>]]
    private let lagSampler: LagSampler
    private let hiccupMeter: HiccupMeter
    private let target: any LoadTarget

    /// Empty tallies to swap for full ones.
    private var spareProducer = PhasedTally<ProducerTally>()
    private var spareConsumer = PhasedTally<ConsumerTally>()
    private var intervalStart: Int64
    private let disk: String?
    private var lastReading: MachineReading
    private let endedThreads: [EndedThreads]
    private let boards: [GroupBoard]
    private var lastUsage: ProcessUsage
    private var lastUsageNanos: Int64
    /// The machine's state when the measured window began.
    private var base: Base?
    /// Measured records in the warm-up's last report, which is always a little late; they are added
    /// to the first measured interval.
    private var early = (producers: ProducerTally(), groups: [ConsumerTally]())

    private var networkWatch: NetworkWatch
    private(set) var flow = RecordFlow()

    private(set) var producers = ProducerTally()
    /// Of each group of producers, if there are several.
    private(set) var producerGroups: [ProducerTally]
    private(set) var groups: [ConsumerTally]
    private(set) var maxLagRecords: [Int64]
    private(set) var maxLagNanos: [Int64?]
    private var hasUnknownAges: Set<Int> = []
    private(set) var ackedRates: [Double] = []
    private(set) var maxResidentBytes: Int64?

    /// What was used before the producers began.
    struct Beginning {
        let usage = ProcessUsage.now()
        let nanos = MonotonicClock.now()
        let flushes: UInt64?

        init(_ target: any LoadTarget) { flushes = target.flushCount }
    }

    struct Base {
        var usage: ProcessUsage
        var reading: MachineReading
        var flushes: UInt64?
    }

    /// The prefixes of the names of the load's threads, on which the embedded log works, too. Those of
    /// event loops are the last.
    private static let loadThreads = ["producer-", "consumer-", "committer-", "NIO-ELT-"]

    /// - Parameter network: read before the workers began; nil without a network.
    init(
        profile: Profile, plan: RunPlan, target: any LoadTarget,
        producers: ProducerFleet, consumers: ConsumerFleet, hiccupMeter: HiccupMeter,
        network: NetworkReading?, beginning: Beginning, lagSampler: LagSampler
    ) {
        self.profile = profile
        self.plan = plan
        self.target = target
        self.hiccupMeter = hiccupMeter
        producerRecorders = producers.recorders
        consumerRecorders = consumers.recorders
        endedThreads = [producers.endedThreads, consumers.endedThreads]
        boards = consumers.boards
        self.lagSampler = lagSampler
        intervalStart = plan.startNanos
        producerGroups = profile.producerGroups.map { _ in ProducerTally() }
        groups = consumers.boards.map { _ in ConsumerTally() }
        maxLagRecords = consumers.boards.map { _ in 0 }
        maxLagNanos = consumers.boards.map { _ in nil }
        disk = target.dataDirectory.flatMap { Mount.holding($0)?.device }
        lastReading = MachineReading.now(threads: Self.loadThreads, device: disk)
        (lastUsage, lastUsageNanos) = (beginning.usage, beginning.nanos)
        networkWatch = NetworkWatch(
            windowStart: plan.window.startNanos, first: network)
        early.groups = groups
        // Without a warm-up no interval ends at the beginning of the measured window.
        if plan.window.startNanos <= plan.startNanos {
            beginMeasuring(beginning.usage, flushes: beginning.flushes)
        }
    }

    /// When the current interval ends. The warm-up's end also ends an interval.
    var intervalEnd: Int64 {
        let end = intervalStart + profile.interval.nanoseconds
        let measuredFrom = plan.window.startNanos
        return intervalStart < measuredFrom ? min(end, measuredFrom) : end
    }

    /// Ends the interval now: collects, adds to the totals, and returns its report.
    mutating func report(at now: Int64, isDraining: Bool) -> IntervalReport {
        let phase: RunPhase =
            isDraining ? .drain : intervalStart < plan.window.startNanos ? .warmup : .run
        let length = max(now - intervalStart, 1)
        let interval = collectProducers()
        let groupIntervals = collectConsumers()
        let measured = takeMeasured(
            interval.measured, groupIntervals.map(\.measured), in: phase)
        let names = profile.consumers.map(\.group)
        // Read after `now`; on a busy machine milliseconds later.
        let (usage, usageNanos) = (ProcessUsage.now(), MonotonicClock.now())
        let usageLength = max(usageNanos - lastUsageNanos, 1)
        let reading = lastReading.next(threads: Self.loadThreads, device: disk)
            .adding(endedThreads)
        let network = networkWatch.add(
            target.readNetwork(), from: intervalStart, to: now, isSending: phase == .run)
        let report = IntervalReport(
            phase: phase, elapsedNanos: now - plan.startNanos, intervalNanos: length,
            unixNanos: plan.anchor.unixNanos(atMonotonic: now),
            offeredRecords: offeredRecords(until: now, isDraining: isDraining),
            producers: interval.all, groups: zip(names, groupIntervals).map { ($0, $1.all) },
            measuredProducers: measured.producers,
            measuredGroups: zip(names, measured.groups).map { ($0, $1) },
            lag: sampleLag(at: now),
            pausedGroups: Set(boards.filter { $0.takePaused() }.map(\.group)),
            hiccupMaxNanos: hiccupMeter.takeIntervalMaximum(),
            conditions: MachineConditions(
                from: lastReading, to: reading, target: target.processIDs),
            residentBytes: usage.residentBytes, anonymousBytes: usage.anonymousBytes,
            network: network?.counts, loopBusyPercent: network?.loopBusyPercent,
            readableRecords: network?.readableRecords,
            cpuPercent: Double(usage.cpuNanos - lastUsage.cpuNanos) / Double(usageLength) * 100)
        if base != nil, network != nil {
            flow.add(
                interval.all, readable: networkWatch.readableRecords,
                ageNanos: networkWatch.readableAgeNanos,
                start: intervalStart - plan.window.startNanos, length: length,
                isSending: phase == .run)
        }
        if phase == .run, Double(length) >= 0.9 * Double(profile.interval.nanoseconds) {
            ackedRates.append(Double(interval.measured.ackedRecords) / Double(length) * 1e9)
        }
        maxResidentBytes = max(maxResidentBytes ?? 0, usage.residentBytes ?? 0)
        (lastUsage, lastUsageNanos, lastReading) = (usage, usageNanos, reading)
        intervalStart = now
        if base == nil, now >= plan.window.startNanos {
            beginMeasuring(usage, flushes: target.flushCount)
        }
        return report
    }

    /// The counted records that an interval's report includes: none in the warm-up, whose late ones
    /// go to the next report, so that the reports of the measured part sum to the totals.
    private mutating func takeMeasured(
        _ producers: ProducerTally, _ groups: [ConsumerTally], in phase: RunPhase
    ) -> (producers: ProducerTally, groups: [ConsumerTally]) {
        early.producers.add(producers)
        for index in groups.indices { early.groups[index].add(groups[index]) }
        let none = (ProducerTally(), groups.map { _ in ConsumerTally() })
        if phase == .warmup { return none }
        defer { early = none }
        return early
    }

    private mutating func beginMeasuring(_ usage: ProcessUsage, flushes: UInt64?) {
        networkWatch.beginMeasuring()
        base = Base(usage: usage, reading: lastReading, flushes: flushes)
        hiccupMeter.reset()
    }

    /// The records that were due in the interval that ends now: none once producers have ended.
    private func offeredRecords(until now: Int64, isDraining: Bool) -> Double? {
        guard !profile.isClosedLoop else { return nil }
        let loads = profile.loads
        guard !isDraining,
            let before = plan.recordsDue(before: intervalStart, of: loads),
            let after = plan.recordsDue(before: now, of: loads)
        else { return 0 }
        return after - before
    }

    /// The tallies of all producers in the interval: all of it, and the part that counts.
    private mutating func collectProducers() -> (all: ProducerTally, measured: ProducerTally) {
        var (all, measured) = (ProducerTally(), ProducerTally())
        for (group, recorders) in producerRecorders.enumerated() {
            for recorder in recorders {
                recorder.exchange(&spareProducer)
                measured.add(spareProducer.measured)
                all.add(spareProducer.warmup)
                if producerGroups.indices.contains(group) {
                    producerGroups[group].add(spareProducer.measured)
                }
                spareProducer.reset()
            }
        }
        all.add(measured)
        producers.add(measured)
        return (all, measured)
    }

    /// The same for each group.
    private mutating func collectConsumers() -> [(all: ConsumerTally, measured: ConsumerTally)] {
        consumerRecorders.indices.map { group in
            var (all, measured) = (ConsumerTally(), ConsumerTally())
            for recorder in consumerRecorders[group] {
                recorder.exchange(&spareConsumer)
                measured.add(spareConsumer.measured)
                all.add(spareConsumer.warmup)
                spareConsumer.reset()
            }
            all.add(measured)
            groups[group].add(measured)
            return (all, measured)
        }
    }

    private mutating func sampleLag(at now: Int64) -> [LagSample] {
        let samples = lagSampler.sample()
        guard now > plan.window.startNanos, !profile.consumers.isEmpty else { return samples }
        // The group's lag is the sum over its partitions; its age is the oldest partition's.
        for group in profile.consumers.indices {
            let own = samples.filter { $0.group == profile.consumers[group].group }
            let records = own.reduce(0) { $0 + $1.records }
            maxLagRecords[group] = max(maxLagRecords[group], records)
            // Of records that others wrote not every target knows the age; then nor does the run.
            if profile.readsOthers(profile.consumers[group]),
                own.contains(where: { $0.ageNanos == nil })
            {
                hasUnknownAges.insert(group)
                maxLagNanos[group] = nil
            }
            if !hasUnknownAges.contains(group), let oldest = own.compactMap(\.ageNanos).max() {
                maxLagNanos[group] = max(maxLagNanos[group] ?? 0, oldest)
            }
        }
        return samples
    }

    /// What the generator did on the network since the measured window began; nil without one.
    var networkUse: NetworkUse? { networkWatch.use }

    /// The run's use of the machine since the measured window began.
    func machineUse() -> RunResult.MachineUse {
        let usage = ProcessUsage.now()
        var use = RunResult.MachineUse(maxResidentBytes: maxResidentBytes)
        guard let base else { return use }
        use.userCPUNanos = usage.userNanos - base.usage.userNanos
        use.systemCPUNanos = usage.systemNanos - base.usage.systemNanos
        use.conditions = MachineConditions(
            from: base.reading, to: lastReading.adding(endedThreads), target: target.processIDs)
        use.stealPercent = use.conditions.stealPercent
        if let flushes = target.flushCount, let earlier = base.flushes {
            use.flushes = flushes - earlier
        }
        return use
    }
}
