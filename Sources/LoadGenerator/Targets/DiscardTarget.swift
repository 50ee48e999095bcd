import RecordFormat
import Synchronization

/// Acknowledges every batch at once and keeps none, to measure the generator alone.
///
/// Thread contract: safe from any thread.
public final class DiscardTarget: LoadTarget {
    public let partitions: [TopicPartition]
    public let dataDirectory: String? = nil
    private let producerIDs = Atomic<Int64>(0)
    private let stored = Atomic<UInt64>(0)

    public convenience init(topics: TopicSettings) { self.init(topics: [topics]) }

    public init(topics: [TopicSettings]) {
        partitions = topics.flatMap(\.partitionsByName)
    }

    public func makeProducerSession(
        of producers: [Int], acks: Acks, completions: CompletionQueue
    ) -> any ProducerSession {
        Session(target: self)
    }

    public func makeConsumerSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any ConsumerSession {
        preconditionFailure("a profile with consumers was validated against the discard target")
    }

    public func prepareProducers(
        _ settings: ProducerSettings, topics: TopicSettings, numbering: BatchNumbering
    ) -> [ProducerID] {
        (0..<settings.count).map { _ in
            settings.enableIdempotence
                ? ProducerID(producerIDs.wrappingAdd(1, ordering: .relaxed).oldValue) : .none
        }
    }

    public func isCompacted(_ partition: Int) -> Bool { false }
    public func logStartOffset(of partition: Int) -> Offset { .zero }
    public func logEndOffset(of partition: Int) -> Offset { .zero }
    public func offsets(atUnixMillis millis: Int64) -> [Offset?] { partitions.map { _ in nil } }
    public func timestamp(at offset: Offset, of partition: Int) -> Int64? { nil }
    public func committedOffsets(of group: String) -> [Int: Offset] { [:] }
    public func commit(_ offsets: [Int: Offset], of group: String) -> Bool { true }
    public var storedByteCount: UInt64 { stored.load(ordering: .relaxed) }
    public var flushCount: UInt64? { nil }
    public func close() {}

    private final class Session: ProducerSession {
        private let target: DiscardTarget

        init(target: DiscardTarget) {
            self.target = target
        }

        func send(
            _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int,
            ticket: Int
        ) -> SendOutcome {
            target.stored.wrappingAdd(UInt64(batch.count), ordering: .relaxed)
            return .acknowledged
        }

        func endTurn() {}
    }
}
