import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// Reads partitions through a client of its own, which fetches ahead on its event loop.
///
/// Whole batches are handed to the worker in the bytes of the broker's response.
final class KafkaConsumerSession: ConsumerSession {
    private let reader: KafkaReader
    let loop: (any StepLoop)?
    private let partitions: [TopicPartition]
    private let offsets: KafkaOffsets

    init(reader: KafkaReader, partitions: [TopicPartition], offsets: KafkaOffsets) {
        self.reader = reader
        loop = EventLoopSteps(on: reader.eventLoop)
        self.partitions = partitions
        self.offsets = offsets
    }

    func begin(at positions: [(partition: Int, offset: Offset)]) { reader.begin(at: positions) }
    func takeReady() -> [Int]? { reader.inbox.takeReady() }

    /// `maxBytes` is the client's `max.partition.fetch.bytes`.
    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Fetched {
        switch reader.take(partition) {
        case .records(let records):
            records.forEachBatch { _, bytes in body(bytes) }
            return Fetched(byteCount: records.lentByteCount, nextOffset: records.nextOffset)
        case .nothing(let reached): return Fetched(nextOffset: reached)
        case .failure(let error):
            throw TargetError(error, logStartOffset: offsets.start(of: partition))
        }
    }

    func arm(_ partition: Int, past offset: Offset) -> Bool { reader.inbox.isEmpty(partition) }
}

/// Moves what a client has fetched to a worker's inbox, and wakes the worker.
///
/// Thread contract: `pull` and what follows belong to the event loop, the rest to any thread.
final class KafkaReader: Sendable {
    /// So often a client without records says how far it is.
    private static let idleTime = TimeAmount.milliseconds(100)

    let inbox: KafkaInbox
    private let consumer: KafkaConsumer
    private let partitions: [TopicPartition]
    private let indices: [TopicPartition: Int]
    private let offsets: KafkaOffsets
    private let wakeup: Wakeup
    private let isClosed = StopFlag()
    /// The partitions that it reads.
    private let own = CheckedMutex<[Int]>([])

    var eventLoop: any EventLoop { consumer.cluster.eventLoop }

    init(
        consumer: KafkaConsumer, partitions: [TopicPartition], offsets: KafkaOffsets, wakeup: Wakeup
    ) {
        self.consumer = consumer
        self.partitions = partitions
        self.offsets = offsets
        self.wakeup = wakeup
        inbox = KafkaInbox(partitionCount: partitions.count)
        indices = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($1, $0) })
        eventLoop.execute { [self] in pull() }
    }

    /// All at once: each seek looks at all leaders.
    func begin(at positions: [(partition: Int, offset: Offset)]) {
        own.withLock { $0 = positions.map(\.partition) }
        _ = consumer.seek(
            Dictionary(
                uniqueKeysWithValues: positions.map {
                    (partitions[$0.partition], StartingPosition.offset($0.offset))
                }))
    }

    func take(_ partition: Int) -> KafkaInbox.Taken {
        let (taken, makesRoom) = inbox.take(partition)
        if makesRoom { eventLoop.execute { [self] in pull() } }
        return taken
    }

    var cluster: Cluster { consumer.cluster }

    /// Ends the client's fetches and its connections.
    func close() -> EventLoopFuture<Void> {
        isClosed.set()
        return consumer.close().flatMap { [consumer] in consumer.cluster.shutdown() }
    }

    private func pull() {
        guard !isClosed.isSet else { return }
        consumer.next(within: Self.idleTime).whenComplete { [self] result in
            switch result {
            case .success(let records?): guard put(records) else { return }
            case .success(nil): tellReached()
            case .failure(let error): fail(error)
            }
            pull()
        }
    }

    /// Whether there is room for more.
    private func put(_ records: FetchedRecords) -> Bool {
        guard let partition = indices[records.partition] else { return true }
        let end =
            consumer.cluster.settings.consumer.isolation == .readCommitted
            ? records.lastStableOffset : records.highWatermark
        offsets.learn(start: records.logStartOffset, end: end, of: partition)
        let hasRoom = inbox.put(records, of: partition)
        wakeup.signal()
        return hasRoom
    }

    private func tellReached() {
        for index in own.withLock({ $0 }) {
            if let position = consumer.reachedPosition(of: partitions[index]) {
                inbox.reach(position, of: index)
            }
        }
    }

    private func fail(_ error: any Error) {
        guard let error = error as? ConsumerError, let partition = indices[error.partition] else {
            return
        }
        inbox.fail(error, of: partition)
        wakeup.signal()
    }
}
