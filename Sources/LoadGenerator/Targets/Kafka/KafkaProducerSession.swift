import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// Lends each batch to the client of its producer. The client numbers, sends and repeats it, and gives
/// it up after `delivery.timeout.ms`.
final class KafkaProducerSession: ProducerSession {
    private let producers: [KafkaClient.Producer]
    private let partitions: [TopicPartition]
    private let outbox: KafkaOutbox

    /// - Parameter producers: those of the run, by their numbers; the session's have one event loop.
    init(
        producers: [KafkaClient.Producer], partitions: [TopicPartition], offsets: KafkaOffsets,
        completions: CompletionQueue
    ) {
        self.producers = producers
        self.partitions = partitions
        outbox = KafkaOutbox(offsets: offsets, completions: completions)
    }

    func send(
        _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int, ticket: Int
    ) -> SendOutcome {
        do throws(RecordFormatError) {
            outbox.add(
                KafkaOutbox.Item(
                    batch: try unsafe SealedBatch(lending: batch), producer: producers[producer],
                    topicPartition: partitions[partition], partition: partition, ticket: ticket))
            return .pending
        } catch {
            return .failed(.failed("a batch that is no batch was to be sent: \(error)"))
        }
    }

    func endTurn() {}

    /// A client has so many requests in flight, each with one batch of a partition.
    func batchesInFlight(_ maxInFlight: Int) -> Int { maxInFlight * partitions.count }

    let endsLateBatches = true
}

/// The batches on their way from a worker to the event loop of its clients.
///
/// A batch is on its way at once. Those that come before the event loop turns to them go together,
/// without a further wake-up.
///
/// Thread contract: one worker adds; the event loop takes.
final class KafkaOutbox: Sendable {
    struct Item: Sendable {
        var batch: SealedBatch
        var producer: KafkaClient.Producer
        var topicPartition: TopicPartition
        var partition: Int
        var ticket: Int
    }

    private let items = CheckedMutex<[Item]>([])
    private let offsets: KafkaOffsets
    private let completions: CompletionQueue

    init(offsets: KafkaOffsets, completions: CompletionQueue) {
        self.offsets = offsets
        self.completions = completions
    }

    func add(_ item: Item) {
        let isFirst = items.withLock { items in
            items.append(item)
            return items.count == 1
        }
        if isFirst { item.producer.cluster.eventLoop.execute { [self] in submitAll() } }
    }

    private func submitAll() {
        var taken: [Item] = []
        items.withLock { swap(&$0, &taken) }
        for item in taken { submit(item) }
    }

    private func submit(_ item: Item) {
        let (partition, ticket, header) = (item.partition, item.ticket, item.batch.header)
        item.producer.submit(item.batch, to: item.topicPartition) { [offsets, completions] report in
            let outcome = BatchOutcome(report.outcome)
            if case .acknowledged(let acknowledgement) = report.outcome {
                offsets.acknowledge(
                    header.sizeInBytes,
                    end: acknowledgement.baseOffset?.advanced(
                        by: Int64(header.lastOffsetDelta) + 1), of: partition)
            }
            completions.post(
                CollectionOfOne(
                    CompletionQueue.Completion(
                        ticket: ticket, nanos: Int64(report.endedAt.uptimeNanoseconds),
                        outcome: outcome,
                        sentNanos: report.sentAt.map { Int64($0.uptimeNanoseconds) },
                        attempts: report.attempts)))
        }
    }
}

extension BatchOutcome {
    fileprivate init(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .acknowledged: self = .acknowledged
        case .failed(let error): self = .failed(.failed("a batch was refused: \(error)"))
        case .inDoubt: self = .inDoubt
        }
    }
}
