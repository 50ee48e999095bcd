// Produce, versions 3–11. Versions 0–2 are advertised, for librdkafka's sake, and are answered
// UNSUPPORTED_VERSION, since their records have older formats; with acks=0 they end the connection. acks=1 and acks=all mean the same on one node: the batch is in
// the log, and durable where the topic's flush policy says so. The timeout is not looked at: nothing
// is waited for but the disk.

import CommitLog
import KafkaProtocol
import RecordFormat

struct ProduceHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    /// Appends the batches of `frame` where they stand: the log writes offsets into them.
    func handle(_ frame: RequestFrame, _ exchange: Exchange) throws(ProtocolError) {
        let request: ProduceRequest = try frame.request(after: exchange.context.header)
        var response = ProduceResponse()
        var flushes: [PendingFlush] = []
        let hasValidAcks = (-1...1).contains(request.acks)
        var nameable = Self.mostNamedRecords(request, exchange.context.version)
        response.responses.reserveCapacity(request.topicData.count)
        for topic in request.topicData {
            var answer = ProduceResponse.Topic()
            answer.name = topic.name
            answer.partitionResponses.reserveCapacity(topic.partitionData.count)
            for partition in topic.partitionData {
                var result = ProduceResponse.Partition()
                result.index = partition.index
                if hasValidAcks {
                    let place = (response.responses.count, answer.partitionResponses.count)
                    if let flush = append(
                        partition, of: topic.name, in: frame, exchange.context.version,
                        request.transactionalID, &nameable, &result)
                    {
                        flushes.append(
                            PendingFlush(log: flush.log, through: flush.through, place: place))
                    }
                } else {
                    result.refuse(.invalidRequiredAcks, "acks must be -1, 0 or 1")
                }
                answer.partitionResponses.append(result)
            }
            response.responses.append(answer)
        }
        if request.acks == 0 {
            answerNothing(response, flushes, exchange)
        } else if flushes.isEmpty {
            exchange.send(response)
        } else {
            DurableAnswer(response, pending: flushes.count, exchange).wait(
                for: flushes, in: broker.flusher)
        }
    }

    /// Appends one partition's batch, and says what must be durable before that may be acknowledged.
    private func append(
        _ partition: ProduceRequest.Partition, of topic: String,
        in frame: RequestFrame, _ version: Int16, _ transactionalID: String?,
        _ nameable: inout Int, _ result: inout ProduceResponse.Partition
    ) -> (log: PartitionLog, through: Offset)? {
        let topicPartition = TopicPartition(topic: topic, partition: partition.index)
        let log = broker.log.partition(topicPartition)
        guard let log else {
            result.refuse(.unknownTopicOrPartition, nil)
            return nil
        }
        if InternalTopic.contains(topic) {
            result.refuse(.invalidTopicException, "Clients do not write to \(topic).")
            return nil
        }
        let batch = unsafe frame.records(partition.records ?? .empty)
        if let refusal = unsafe refusal(of: UnsafeRawBufferPointer(batch), version) {
            result.refuse(refusal.code, refusal.message)
            return nil
        }
        var verdict: ErrorCode?
        do throws(AppendError) {
            // Asked only where a transactional batch begins something in the partition.
            let appended = try unsafe log.append(batch) { (producerID, epoch) in
                verdict = broker.transactions.ongoing.refusal(
                    of: ProducerIdentity(id: producerID, epoch: epoch),
                    transactionalID: transactionalID, for: topicPartition)
                return verdict == nil
            }
            result.baseOffset = appended.baseOffset
            result.logAppendTimeMs = appended.logAppendTimeMs ?? -1
            result.logStartOffset = log.logStartOffset
            return appended.flushThrough.map { (log, $0) }
        } catch {
            broker.storageComplaints.note(error)
            result.refuse(verdict ?? ErrorCode(error), error.description)
            result.name(error, atMost: nameable)
            nameable -= result.recordErrors.count
            return nil
        }
    }

    /// How many refused records the whole answer may name. A request may hold any number of small batches
    /// that decompress to nothing but refused records, and each takes a sentence of memory.
    private static func mostNamedRecords(_ request: ProduceRequest, _ version: Int16) -> Int {
        let isTold = version >= firstVersionWithRecordErrors && request.acks != 0
        return isTold ? RefusedRecords.maximumNamedCount : 0
    }

    private static let firstVersionWithRecordErrors: Int16 = 8

    /// What is wrong with the records as a whole, before the log looks at them.
    private func refusal(
        of batch: UnsafeRawBufferPointer, _ version: Int16
    ) -> (code: ErrorCode, message: String)? {
        if unsafe batch.isEmpty {
            return (.invalidRecord, "There must be one record batch for each partition.")
        }
        let header: RecordBatchHeader
        do throws(RecordFormatError) {
            header = try RecordBatchHeader(unsafe RawSpan(_unsafeBytes: batch))
        } catch {
            return (ErrorCode(error), "Invalid record batch: \(error).")
        }
        if header.sizeInBytes < batch.count {
            return (.invalidRecord, "There must be only one record batch for each partition.")
        }
        if header.attributes.codec == .zstd, version < Self.firstVersionWithZstd {
            return (
                .unsupportedCompressionType,
                "zstd needs Produce version \(Self.firstVersionWithZstd)."
            )
        }
        return nil
    }

    private static let firstVersionWithZstd: Int16 = 7

    /// Who wants no answer learns of an error by the end of the connection.
    private func answerNothing(
        _ response: ProduceResponse, _ flushes: [PendingFlush], _ exchange: Exchange
    ) {
        for flush in flushes {
            broker.flusher.flush(partition: flush.log, through: flush.through) { _ in }
        }
        for topic in response.responses {
            for partition in topic.partitionResponses where partition.errorCode != .none {
                return exchange.close(
                    because: "\(partition.errorCode.name) for \(topic.name)-\(partition.index) "
                        + "and acks=0")
            }
        }
        exchange.sendNothing()
    }
}

/// What must be durable before a partition's result is true.
private struct PendingFlush {
    var log: PartitionLog
    var through: Offset
    /// The indices of the topic and the partition in the response.
    var place: (topic: Int, partition: Int)
}

/// An answer that is given once the last of its flushes is done. Thread contract: any thread.
private final class DurableAnswer: Sendable {
    private struct State {
        var response: ProduceResponse
        var pending: Int
    }

    private let state: Locked<State>
    private let exchange: Exchange

    init(_ response: ProduceResponse, pending: Int, _ exchange: Exchange) {
        state = Locked(State(response: response, pending: pending))
        self.exchange = exchange
    }

    func wait(for flushes: [PendingFlush], in queue: FlushQueue) {
        for flush in flushes {
            let (topic, partition) = flush.place
            queue.flush(partition: flush.log, through: flush.through) { error in
                self.didFlush(topic, partition, error)
            }
        }
    }

    private func didFlush(_ topic: Int, _ partition: Int, _ error: LogError?) {
        let finished = state.withLock { state -> ProduceResponse? in
            if let error {
                state.response.responses[topic].partitionResponses[partition].refuse(
                    ErrorCode(error), error.description)
            }
            state.pending -= 1
            return state.pending == 0 ? state.response : nil
        }
        if let finished { exchange.send(finished) }
    }
}

extension ProduceResponse.Partition {
    fileprivate mutating func refuse(_ code: ErrorCode, _ message: String?) {
        errorCode = code
        errorMessage = message
        baseOffset = Offset(-1)
        logAppendTimeMs = -1
    }

    /// Names the records for which the batch was refused: clients report the others as those that were in a
    /// batch with them.
    fileprivate mutating func name(_ error: AppendError, atMost count: Int) {
        switch error {
        case .refusedRecords(let refused):
            recordErrors = refused.named.prefix(count).map { .init($0.index, $0.fault.description) }
        case .invalidRecord(let reason):
            if count > 0, let index = reason.recordIndex {
                recordErrors = [.init(index, reason.description)]
            }
        default: break
        }
    }
}

extension ProduceResponse.RecordError {
    fileprivate init(_ index: Int, _ message: String) {
        self.init()
        batchIndex = Int32(clamping: index)
        batchIndexErrorMessage = message
    }
}
