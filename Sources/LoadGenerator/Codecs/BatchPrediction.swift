import DequeModule
import RecordFormat

/// How many records a profile's batches will have: one producer's batching, played through with the
/// payload's own sizes and keys on a clock of its own.
///
/// A batch is sent when its linger is over or when the next record does not fit, whichever is first. A
/// target that is slower than the load, or a busy machine, makes batches larger, which is not foreseen.
public struct BatchPrediction: Sendable {
    /// The mean over all batches.
    public let recordsPerBatch: Double
    /// Of all producers together; nil for a closed loop, whose rate the target sets.
    public let batchesPerSecond: Double?

    /// More do not change the mean noticeably.
    private static let recordLimit = 20_000

    public init(_ profile: Profile, pool: PayloadPool) {
        let rate = profile.meanOfferedRate.flatMap { $0 > 0 ? $0 : nil }
        var play = BatchPlay(profile, pool: pool)
        // A closed loop fills its batches before their linger is over.
        let spacing = rate.map { Double(profile.producers.count) / $0 }
        let linger = profile.producers.linger / .seconds(1)
        play.run(
            records: Self.recordLimit, spacing: spacing ?? 0,
            linger: spacing == nil ? .infinity : linger)
        let recordsPerBatch = play.meanRecords
        self.recordsPerBatch = recordsPerBatch
        batchesPerSecond = rate.map { $0 / recordsPerBatch }
    }
}

/// The open batches of one producer, as `ProducerWorker` opens, fills and sends them, without their
/// bytes. Times are in seconds from the start.
private struct BatchPlay {
    private struct Open {
        var recordCount = 0
        var byteCount = RecordBatchHeader.byteCount
        var generation = 0
    }

    private struct Lingering {
        var partition: Int
        var generation: Int
        var end: Double
    }

    private let batchSize: Int
    private var cursor: PayloadCursor
    private var partitioner: Partitioner
    private var open: [Open]
    private var lingering = Deque<Lingering>()
    private var sentRecords = 0
    private var sentBatches = 0

    /// Of a record with short integers, besides key and value.
    private static let recordOverhead = 9

    init(_ profile: Profile, pool: PayloadPool) {
        batchSize = profile.producers.batchSize
        cursor = PayloadCursor(
            pool: pool, keys: KeySource(profile.keys), producer: 0,
            of: profile.producers.count, seed: profile.seed)
        let partitions = profile.topics.partitions * profile.topics.count
        partitioner = Partitioner(
            profile.producers.partitioner, partitions: 0..<partitions, producer: 0,
            seed: profile.seed)
        open = Array(repeating: Open(), count: partitions)
    }

    var meanRecords: Double {
        if sentBatches > 0 { return Double(sentRecords) / Double(sentBatches) }
        let begun = open.filter { $0.recordCount > 0 }
        return Double(begun.reduce(0) { $0 + $1.recordCount }) / Double(max(begun.count, 1))
    }

    /// - Parameter spacing: from one record of this producer to the next.
    mutating func run(records: Int, spacing: Double, linger: Double) {
        var (taken, now) = (0, 0.0)
        while taken < records {
            while taken < records, Double(taken) * spacing <= now {
                take(at: now, linger: linger)
                taken += 1
            }
            while let first = firstLingering(), first.end <= now { send(first.partition) }
            let due = Double(taken) * spacing
            now = min(due, firstLingering()?.end ?? .infinity)
        }
    }

    private mutating func take(at now: Double, linger: Double) {
        let place = cursor.next()
        let key = unsafe cursor.key(of: place)
        let byteCount =
            unsafe cursor.pool.value(place).count + (key?.count ?? 0)
            + cursor.pool.headers(place).count
        var partition = unsafe partitioner.partition(key: key)
        while true {
            let batch = open[partition]
            let size = batch.byteCount + byteCount + Self.recordOverhead
            // A larger record is the only one of its batch.
            if size <= batchSize || batch.recordCount == 0 {
                if batch.recordCount == 0 {
                    lingering.append(
                        Lingering(
                            partition: partition, generation: batch.generation, end: now + linger))
                }
                open[partition].recordCount += 1
                open[partition].byteCount = size
                return
            }
            send(partition)
            partition = unsafe partitioner.partition(afterFull: partition, key: key)
        }
    }

    private mutating func send(_ partition: Int) {
        sentRecords += open[partition].recordCount
        sentBatches += 1
        open[partition] = Open(generation: open[partition].generation + 1)
        partitioner.batchCompleted()
    }

    private mutating func firstLingering() -> Lingering? {
        while let first = lingering.first {
            if open[first.partition].generation == first.generation { return first }
            lingering.removeFirst()
        }
        return nil
    }
}
