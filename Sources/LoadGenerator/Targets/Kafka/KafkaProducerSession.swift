import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// Lends each batch to the client of its producer. The client numbers, sends and repeats it, and gives
/// it up after `delivery.timeout.ms`.
final class KafkaProducerSession: ProducerSession {
    /// By their numbers in the run; they have one event loop, that of `loop`.
    private let producers: [Int: KafkaClient.Producer]
    let loop: (any StepLoop)?
    private let partitions: [TopicPartition]
    private let offsets: KafkaOffsets
    private let completions: CompletionQueue

    init(
        producers: [Int: KafkaClient.Producer], loop: EventLoopSteps, partitions: [TopicPartition],
        offsets: KafkaOffsets, completions: CompletionQueue
    ) {
        self.producers = producers
        self.loop = loop
        self.partitions = partitions
        self.offsets = offsets
        self.completions = completions
    }

    func send(
        _ batch: UnsafeMutableRawBufferPointer, of producer: Int, to partition: Int, ticket: Int
    ) -> SendOutcome {
        guard let producer = producers[producer] else {
            preconditionFailure("a session has its worker's producers")
        }
        do throws(RecordFormatError) {
            submit(try unsafe SealedBatch(lending: batch), by: producer, to: partition, ticket)
            return .pending
        } catch {
            return .failed(.failed("a batch that is no batch was to be sent: \(error)"))
        }
    }

    private func submit(
        _ batch: SealedBatch, by producer: KafkaClient.Producer, to partition: Int, _ ticket: Int
    ) {
        let header = batch.header
        producer.submit(batch, to: partitions[partition]) { [offsets, completions] report in
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
                        outcome: BatchOutcome(report.outcome),
                        sentNanos: report.sentAt.map { Int64($0.uptimeNanoseconds) },
                        attempts: report.attempts, broker: report.nodeID)))
        }
    }

    func endTurn() {}

    /// A client has so many requests in flight, each with one batch of a partition.
    func batchesInFlight(_ maxInFlight: Int) -> Int { maxInFlight * partitions.count }

    let endsLateBatches = true
}

extension BatchOutcome {
    fileprivate init(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .acknowledged: self = .acknowledged
        case .failed(let error): self = .failed(TargetError(error))
        case .inDoubt: self = .inDoubt
        }
    }
}
