import Measurement
import RecordFormat

/// All producers of a run, on their threads.
///
/// Thread contract: used by the run's thread.
struct ProducerFleet {
    /// Kafka's default of `buffer.memory`: the bound of one producer's unsent batches.
    private static let bufferMemoryBytes = 32 << 20

    /// By group, then by thread.
    let recorders: [[Recorder<ProducerTally>]]
    private let threads: [WorkerThread<ProducerWorker.Outcome>]
    let endedThreads = EndedThreads()

    /// Starts the threads. Of each group, producer n belongs to thread n modulo their number.
    ///
    /// - Parameters:
    ///   - pools: by group.
    ///   - producerIDs: by the producers' numbers; `.none` without idempotence.
    ///   - ledger: where batches are entered; nil without consumers.
    ///   - gaps: takes how long each partition went without an acknowledgement.
    ///   - stop: ends the taking of new records.
    ///   - ended: signalled when a thread has ended.
    init(
        profile: Profile, plan: RunPlan, target: any LoadTarget, pools: [PayloadPool],
        producerIDs: [ProducerID], ledger: DeliveryLedger?, gaps: PartitionGaps?, time: TimeSource,
        stop: StopFlag, ended: Wakeup
    ) throws {
        var recorders: [[Recorder<ProducerTally>]] = []
        var threads: [WorkerThread<ProducerWorker.Outcome>] = []
        var first = 0
        for (load, pool) in zip(profile.loads, pools) {
            let settings = load.profile.producers
            let threadCount = min(settings.threads, settings.count)
            let group = Group(
                profile: load.profile, firstNumber: first, producerCount: profile.producerCount,
                partitions: profile.producerGroups.isEmpty
                    ? 0..<target.producedPartitionCount
                    : target.partitions(of: load.profile.topics))
            let keys = KeySource(load.profile.keys)
            var ownRecorders: [Recorder<ProducerTally>] = []
            for thread in 0..<threadCount {
                let recorder = Recorder<ProducerTally>()
                ownRecorders.append(recorder)
                threads.append(
                    try WorkerThread(
                        name: "producer-\(threads.count)", ended: ended, figures: endedThreads
                    ) {
                        let wakeup = Wakeup()
                        let numbers = Array(
                            stride(from: thread, to: settings.count, by: threadCount))
                        let worker = Self.makeWorker(
                            numbers, of: group, producerIDs, plan, target, pool, keys, ledger,
                            time, stop, recorder, wakeup, gaps: gaps)
                        return worker.run(time: time, wakeup: wakeup)
                    })
            }
            recorders.append(ownRecorders)
            first += settings.count
        }
        self.recorders = recorders
        self.threads = threads
    }

    /// What the workers of one group share.
    struct Group: Sendable {
        let profile: Profile
        /// The number in the run of the group's first producer.
        let firstNumber: Int
        /// Of the whole run.
        let producerCount: Int
        /// The indices of those that the group writes to.
        let partitions: Range<Int>
    }

    /// The results of the threads, once all have ended.
    var outcomes: [ProducerWorker.Outcome]? {
        let outcomes = threads.compactMap(\.result)
        return outcomes.count == threads.count ? outcomes : nil
    }

    /// Whether a thread has failed: then the run cannot be valid any more.
    var hasFailed: Bool { threads.contains { $0.result?.failure != nil } }

    func join() {
        for thread in threads { thread.join() }
    }

    /// A worker with the producers of these numbers in their group.
    static func makeWorker(
        _ numbers: [Int], of group: Group, _ ids: [ProducerID], _ plan: RunPlan,
        _ target: any LoadTarget, _ pool: PayloadPool, _ keys: KeySource,
        _ ledger: DeliveryLedger?, _ time: TimeSource, _ stop: StopFlag,
        _ recorder: Recorder<ProducerTally>, _ wakeup: Wakeup, gaps: PartitionGaps? = nil
    ) -> ProducerWorker {
        let (profile, settings) = (group.profile, group.profile.producers)
        let completions = CompletionQueue(wakeup: wakeup)
        var producers = StableArray<Producer>()
        for own in numbers {
            // Groups of equal settings have other records and arrivals all the same.
            let number = group.firstNumber + own
            producers.append(
                Producer(
                    number: number, producerID: ids[number],
                    arrivals: Arrivals(
                        schedule: ArrivalSchedule(
                            rate: settings.rate, producer: own, of: settings.count,
                            seed: profile.seed &+ UInt64(group.firstNumber)),
                        limits: plan.limits(ofProducer: number, of: group.producerCount)),
                    payload: PayloadCursor(
                        pool: pool, keys: keys, producer: own, of: settings.count,
                        seed: profile.seed),
                    partitioner: Partitioner(
                        settings.partitioner, partitions: group.partitions,
                        producer: own, seed: profile.seed),
                    partitionCount: group.partitions.upperBound))
        }
        let session = target.makeProducerSession(
            of: numbers.map { group.firstNumber + $0 }, acks: settings.acks,
            completions: completions)
        let perProducer = max(bufferMemoryBytes / settings.batchSize, settings.maxInFlight + 2)
        return ProducerWorker(
            producers: producers,
            pool: BatchPool(
                limit: numbers.count * perProducer, batchSize: settings.batchSize,
                compressor: makeCompressor(settings.compression)),
            settings: ProducerWorker.Settings(
                lingerNanos: settings.linger.nanoseconds,
                maxInFlight: session.batchesInFlight(settings.maxInFlight),
                deliveryTimeoutNanos: session.endsLateBatches
                    ? nil : settings.deliveryTimeout.nanoseconds,
                window: plan.window, unixOffsetNanos: plan.unixOffsetNanos),
            time: time,
            session: session,
            completions: completions, stop: stop, ledger: ledger,
            gaps: settings.acks == .none ? nil : gaps,
            recorder: recorder)
    }

    private static func makeCompressor(_ compression: Compression) -> SharedCompressor {
        do {
            return try SharedCompressor(compression)
        } catch {
            // The profile was validated, so a codec that cannot be set up means that memory is
            // exhausted.
            preconditionFailure("\(compression) could not be set up: \(error)")
        }
    }
}
