import RecordFormat
import Synchronization

@testable import LoadGenerator

/// A target that keeps batches in memory and misbehaves on request: the load generator's numbers are
/// held against what was done to it.
final class MemoryTarget: LoadTarget {
    struct State {
        var batches: [[[UInt8]]]
        /// Of each batch, the offset after its last record.
        var nextOffsets: [[Offset]]
        var committed: [String: [Int: Offset]] = [:]
        /// Batches that are not acknowledged yet, and when they will be.
        var unanswered: [(nanos: Int64, ticket: Int, completions: CompletionQueue?)] = []
    }

    let partitions: [TopicPartition]
    let dataDirectory: String? = nil
    private let nextProducerID = Atomic<Int64>(1)
    let state: Mutex<State>
    /// Called before each batch is stored, with the batches stored so far: it may move the clock.
    let beforeSend: @Sendable (Int) -> Void
    /// Called before each batch is stored, with its producer's number.
    let willStore: @Sendable (Int) -> Void
    /// What becomes of a batch for a partition: itself, nothing, two of it, or others in its place.
    let tamper: @Sendable (Int, [UInt8]) -> [[UInt8]]
    /// What consumers are given in place of the batch at an offset.
    let readAs: @Sendable (Offset, [UInt8]) -> [UInt8]
    /// Whether batches for a partition are refused.
    let refuses: @Sendable (Int) -> Bool
    /// Consumers are given nothing from this offset on, as by a broker that hangs.
    let withheldFrom: Offset?
    /// Whether a batch is acknowledged only when the next one comes, the last one never.
    let answersLate: Bool
    /// When a batch that is sent now is acknowledged; nil for at once.
    let answerNanos: (@Sendable () -> Int64)?

    init(
        partitions: Int = 1, beforeSend: @escaping @Sendable (Int) -> Void = { _ in },
        willStore: @escaping @Sendable (Int) -> Void = { _ in },
        tamper: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]] = { [$1] },
        readAs: @escaping @Sendable (Offset, [UInt8]) -> [UInt8] = { $1 },
        refuses: @escaping @Sendable (Int) -> Bool = { _ in false }, withheldFrom: Offset? = nil,
        answersLate: Bool = false, answerNanos: (@Sendable () -> Int64)? = nil
    ) {
        self.answerNanos = answerNanos
        self.withheldFrom = withheldFrom
        self.answersLate = answersLate
        self.partitions = (0..<partitions).map {
            TopicPartition(topic: "memory", partition: Int32($0))
        }
        state = Mutex(
            State(
                batches: Array(repeating: [], count: partitions),
                nextOffsets: Array(repeating: [], count: partitions)))
        self.beforeSend = beforeSend
        self.willStore = willStore
        self.tamper = tamper
        self.readAs = readAs
        self.refuses = refuses
    }

    func makeProducerSession(
        of producers: [Int], acks: Acks, completions: CompletionQueue
    ) -> any ProducerSession {
        Session(target: self, completions: completions)
    }

    func makeConsumerSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any ConsumerSession {
        Session(target: self, completions: nil)
    }

    func prepareProducers(
        _ settings: ProducerSettings, topics: TopicSettings, numbering: BatchNumbering
    ) -> [ProducerID] {
        (0..<settings.count).map { _ in
            settings.enableIdempotence
                ? ProducerID(nextProducerID.wrappingAdd(1, ordering: .relaxed).oldValue) : .none
        }
    }

    func isCompacted(_ partition: Int) -> Bool { false }
    func logStartOffset(of partition: Int) -> Offset { .zero }
    func logEndOffset(of partition: Int) -> Offset {
        state.withLock { $0.nextOffsets[partition].last ?? .zero }
    }

    func offsets(atUnixMillis millis: Int64) -> [Offset?] { partitions.map { _ in nil } }
    func timestamp(at offset: Offset, of partition: Int) -> Int64? {
        batch(holding: offset, of: partition).flatMap {
            try? unsafe RecordBatchHeader($0.span.bytes)
        }?
        .baseTimestamp
    }

    func committedOffsets(of group: String) -> [Int: Offset] {
        state.withLock { $0.committed[group] ?? [:] }
    }

    @discardableResult
    func commit(_ offsets: [Int: Offset], of group: String) -> Bool {
        state.withLock { $0.committed[group] = offsets }
        return true
    }

    var storedByteCount: UInt64 {
        state.withLock { $0.batches.joined().reduce(0) { $0 + UInt64($1.count) } }
    }

    /// As if each batch were flushed by itself.
    var flushCount: UInt64? {
        state.withLock { $0.batches.reduce(0) { $0 + UInt64($1.count) } }
    }

    func close() {}

    private func batch(holding offset: Offset, of partition: Int) -> [UInt8]? {
        state.withLock { state in
            let ends = state.nextOffsets[partition]
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if ends[middle] <= offset { low = middle + 1 } else { high = middle }
            }
            return low < ends.count ? state.batches[partition][low] : nil
        }
    }

    /// Stores a batch at the partition's end, giving it its offsets as a log does.
    func store(_ batch: [UInt8], in partition: Int) {
        state.withLock { state in
            var batch = batch
            let base = state.nextOffsets[partition].last ?? .zero
            unsafe batch.withUnsafeMutableBytes { bytes in
                unsafe RecordBatchHeader.patch(
                    baseOffset: base, leaderEpoch: LeaderEpoch(0), in: bytes)
            }
            guard let header = try? unsafe RecordBatchHeader(batch.span.bytes) else { return }
            state.nextOffsets[partition].append(header.nextOffset)
            state.batches[partition].append(batch)
        }
    }

    /// When the next batch is acknowledged.
    var nextAnswer: Int64? { state.withLock { $0.unanswered.first?.nanos } }

    /// Acknowledges the batches whose time has come.
    func answer(at now: Int64) {
        while let due = nextAnswer, due <= now {
            let (nanos, ticket, completions) = state.withLock { $0.unanswered.removeFirst() }
            completions?.post([CompletionQueue.Completion(ticket: ticket, nanos: nanos)])
        }
    }

    private final class Session: ProducerSession, ConsumerSession {
        let target: MemoryTarget
        let completions: CompletionQueue?
        var unanswered: Int?

        init(target: MemoryTarget, completions: CompletionQueue?) {
            self.target = target
            self.completions = completions
        }

        func send(
            _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int,
            ticket: Int
        ) -> SendOutcome {
            if target.refuses(partition) { return .failed(.failed("refused")) }
            let stored = target.state.withLock { $0.batches[partition].count }
            target.beforeSend(stored)
            target.willStore(producer)
            for batch in target.tamper(partition, unsafe [UInt8](batch)) {
                target.store(batch, in: partition)
            }
            if let nanos = target.answerNanos?() {
                target.state.withLock { $0.unanswered.append((nanos, ticket, completions)) }
                return .pending
            }
            guard target.answersLate else { return .acknowledged }
            if let unanswered {
                completions?.post([CompletionQueue.Completion(ticket: unanswered, nanos: 0)])
            }
            unanswered = ticket
            return .pending
        }

        func endTurn() {}

        func fetch(
            from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
        ) -> Fetched {
            if let end = target.withheldFrom, offset >= end { return Fetched() }
            guard let stored = target.batch(holding: offset, of: partition) else {
                return Fetched()
            }
            let batch = target.readAs(offset, stored)
            unsafe body(batch.span.bytes)
            return Fetched(byteCount: batch.count)
        }

        func arm(_ partition: Int, past offset: Offset) -> Bool {
            target.logEndOffset(of: partition) <= offset
        }
    }
}
