import Foundation
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import RecordFormat
import Synchronization

@testable import Broker
@testable import CommitLog

/// A log directory and a transaction coordinator, which can be stopped as a crash would and looked at as
/// clients would. One task at a time uses it.
final class TransactionBench: Sendable {
    struct State {
        var log: LogDirectory
        var coordinator: TransactionCoordinator
    }

    /// What the coordinator waits for, and when it may go on.
    final class FlushGate: Sendable {
        private let onFlush = Mutex<(@Sendable () -> Void)?>(nil)

        /// Calls `body` before each flush is done.
        func observe(_ body: (@Sendable () -> Void)?) { onFlush.withLock { $0 = body } }

        func flush(
            _ partition: PartitionLog, _ offset: Offset, _ done: @Sendable (LogError?) -> Void
        ) {
            let body = onFlush.withLock { $0 }
            body?()
            do throws(LogError) {
                try partition.flush(through: offset)
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    static let topics = ["orders", "payments"]
    static let partitionCount = 2
    static let partitions = topics.flatMap { topic in
        (0..<Int32(partitionCount)).map { TopicPartition(topic: topic, partition: $0) }
    }

    let path: String
    let config: TransactionConfig
    let isDurable: Bool
    let gate = FlushGate()
    let ended = Mutex<[String]>([])
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let now = Atomic<Int64>(1_700_000_000_000)
    private let current: Mutex<State?> = Mutex(nil)

    /// `image` is a directory that another bench has left.
    init(
        isDurable: Bool = false, config: TransactionConfig = TransactionConfig(),
        image: String? = nil
    ) async throws {
        path = image ?? temporaryPath()
        var config = config
        config.topicPartitionCount = 1
        // The disk of a busy machine may be slow.
        config.implicitAddWaitMs = 20_000
        self.config = config
        self.isDurable = isDurable
        try await open(isNew: image == nil)
    }

    deinit {
        try? group.syncShutdownGracefully()
        try? FileManager.default.removeItem(atPath: path)
    }

    var log: LogDirectory { current.withLock { $0!.log } }
    var coordinator: TransactionCoordinator { current.withLock { $0!.coordinator } }
    var nowMs: Int64 { now.load(ordering: .acquiring) }
    func advance(byMs milliseconds: Int64) {
        now.add(milliseconds, ordering: .acquiringAndReleasing)
    }

    private func open(isNew: Bool) async throws {
        let defaults = try LogConfig(overrides: isDurable ? ["flush.messages": "1"] : [:])
        // One clock for all, or the distance between data and markers would roll segments.
        let log = try LogDirectory(
            path: path, defaults: defaults,
            // A copy of the directory that meets a checkpoint has files of different ages, as no crash
            // leaves them.
            config: LogDirectoryConfig(
                overrides: ["log.flush.offset.checkpoint.interval.ms": "2147483647"]),
            clock: LogClock { [weak self] in self?.nowMs ?? 0 })
        if isNew {
            for topic in Self.topics {
                try log.createTopic(topic, partitions: Self.partitionCount)
            }
            try log.createTopic("__consumer_offsets", partitions: 1)
        }
        var logger = Logger(label: "transactions")
        logger.logLevel = .critical
        let coordinator = TransactionCoordinator(
            eventLoop: group.next(), log: log, config: config, logger: logger,
            flush: { [gate] in gate.flush($0, $1, $2) },
            offsetsEnded: { [weak self] producer, committed, partition in
                self?.ended.withLock { $0.append("\(producer) \(committed) \(partition)") }
            }, nowMs: { [weak self] in self?.nowMs ?? 0 })
        try await coordinator.start().get()
        current.withLock { $0 = State(log: log, coordinator: coordinator) }
    }

    /// Ends without a farewell, as far as that can be had in one process, and starts again.
    func restart(isClean: Bool = true) async throws {
        try await coordinator.close().get()
        // What is on its way to the loop finds a closed coordinator.
        try await group.next().submit {}.get()
        if isClean { try log.close() } else { log.abandon() }
        try await open(isNew: false)
    }

    /// Waits for all that is queued on the coordinator's loop.
    func settle() async throws {
        for _ in 0..<4 { try await group.next().submit {}.get() }
    }

    // MARK: What clients do

    func begin(
        _ id: String, timeoutMs: Int32 = 60_000, expected: ProducerIdentity? = nil
    ) async -> (ErrorCode, ProducerIdentity) {
        await withCheckedContinuation { continuation in
            coordinator.initProducerID(id, timeoutMs: timeoutMs, expected: expected) {
                continuation.resume(returning: ($0, $1))
            }
        }
    }

    /// `begin` as clients do it: again while a predecessor's transaction is being ended.
    func started(_ id: String, timeoutMs: Int32 = 60_000) async throws -> ProducerIdentity {
        for _ in 0..<100 {
            let (error, producer) = await begin(id, timeoutMs: timeoutMs)
            if error == .none { return producer }
            guard error == .concurrentTransactions else { throw ClientFailure(code: error) }
            try await settle()
        }
        throw ClientFailure(code: .requestTimedOut)
    }

    func add(
        _ partitions: Set<TopicPartition>, _ id: String, _ producer: ProducerIdentity
    ) async -> ErrorCode {
        await again {
            self.coordinator.addPartitions(partitions, to: id, by: producer, $0)
        }
    }

    func end(_ id: String, _ producer: ProducerIdentity, isCommit: Bool) async -> ErrorCode {
        await again { done in
            self.coordinator.end(id, by: producer, isCommit: isCommit) { error, _ in done(error) }
        }
    }

    /// Asks as clients do: again while the transaction before is still being written down.
    private func again(
        _ ask: (@escaping @Sendable (ErrorCode) -> Void) -> Void
    ) async -> ErrorCode {
        for _ in 0..<100 {
            let error = await withCheckedContinuation { continuation in
                ask { continuation.resume(returning: $0) }
            }
            if error != .concurrentTransactions { return error }
            try? await settle()
        }
        return .concurrentTransactions
    }

    /// Appends as ProduceHandler does; nil where the batch was taken.
    func produce(
        _ value: String, to topicPartition: TopicPartition, _ id: String?,
        _ producer: ProducerIdentity, sequence: Int32
    ) throws -> ErrorCode? {
        var builder = try RecordBatchBuilder(batchSize: 4096)
        _ = builder.append(timestamp: nowMs, key: nil, value: Array(value.utf8))
        if producer == .none {
            try builder.seal()
        } else {
            try builder.seal(
                producerID: producer.id, producerEpoch: producer.epoch, baseSequence: sequence,
                isTransactional: true)
        }
        var refusal: ErrorCode?
        let ongoing = coordinator.ongoing
        do throws(AppendError) {
            guard let log = log.partition(topicPartition) else { return .unknownTopicOrPartition }
            _ = try unsafe log.append(
                builder.sealedBytes,
                mayBegin: { _, _ in
                    refusal =
                        ongoing.refusal(
                            of: producer, transactionalID: id, for: topicPartition)?
                        .codeForRecords()
                    return refusal == nil
                })
        } catch {
            if case .invalidProducerEpoch = error { return .invalidProducerEpoch }
            return refusal ?? .invalidTxnState
        }
        return nil
    }

    /// What a reader of committed records gets of a partition, and whether nothing is open in it.
    func committed(_ topicPartition: TopicPartition) throws -> [String] {
        guard let partition = log.partition(topicPartition) else { return [] }
        var values: [String] = []
        var cursor = FetchCursor()
        var window = MappedWindow()
        var reader = RecordBatchReader()
        var next = partition.logStartOffset
        while let slice = try partition.read(
            from: next, maxBytes: 200, below: partition.lastStableOffset, cursor: &cursor)
        {
            var aborted = partition.abortedTransactions(from: next, below: slice.nextOffset)
            aborted.sort { $0.firstOffset < $1.firstOffset }
            var hidden: Set<ProducerID> = []
            let bytes = try window.bytes(of: slice)
            var position = 0
            while position < bytes.byteCount {
                let rest = bytes.extracting(position..<bytes.byteCount)
                let header = try RecordBatchHeader(rest)
                position += header.sizeInBytes
                while let first = aborted.first, first.firstOffset <= header.lastOffset {
                    hidden.insert(first.producerID)
                    aborted.removeFirst()
                }
                try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
                    (records) throws(RecordFormatError) in
                    while let record = try records.next() {
                        if header.attributes.isControl {
                            let marker = try ControlRecord(record, in: records.bytes)
                            if marker.kind == .abort { hidden.remove(header.producerID) }
                        } else if !header.attributes.isTransactional
                            || !hidden.contains(header.producerID)
                        {
                            let value = records.bytes.bytes(of: record.value)
                            values.append(
                                unsafe value.withUnsafeBytes {
                                    unsafe String(decoding: $0, as: UTF8.self)
                                })
                        }
                    }
                }
            }
            next = slice.nextOffset
        }
        return values
    }
}

/// What a client gave up with.
struct ClientFailure: Error {
    var code: ErrorCode
}

/// A place that does not exist yet.
func temporaryPath() -> String {
    NSTemporaryDirectory() + "weir-transactions-\(UUID().uuidString)"
}

// What clients of the second version do (KIP-890).
extension TransactionBench {
    func addImplicitly(
        _ partitions: Set<TopicPartition>, _ id: String, _ producer: ProducerIdentity
    ) async -> ErrorCode {
        await withCheckedContinuation { continuation in
            coordinator.addImplicitly(partitions, to: id, by: producer) {
                continuation.resume(returning: $0)
            }
        }
    }

    /// Ends a transaction, and returns the identity for the next one.
    func endRaisingEpoch(
        _ id: String, _ producer: ProducerIdentity, isCommit: Bool
    ) async -> (error: ErrorCode, producer: ProducerIdentity) {
        for _ in 0..<100 {
            let answer: (ErrorCode, ProducerIdentity) = await withCheckedContinuation {
                continuation in
                coordinator.end(id, by: producer, isCommit: isCommit, version: .second) {
                    continuation.resume(returning: ($0, $1))
                }
            }
            if answer.0 != .concurrentTransactions { return answer }
            try? await settle()
        }
        return (.concurrentTransactions, .none)
    }

    /// Writes the state of an id down as an earlier process might have, and starts again.
    func restart(with metadata: TransactionMetadata, of id: String) async throws {
        let topic = TransactionStateTopic(log: log)
        _ = topic.open()
        _ = try topic.append(TransactionStateRecord(id, metadata), nowMs: nowMs)
        try await restart()
    }
}
