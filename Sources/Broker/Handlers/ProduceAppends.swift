import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

/// The batches of one Produce, appended one after the other. It may stop between two, and go on on
/// another thread.
///
/// All batches together may decompress to 32 times the request's bytes, and to 128 MiB at least:
/// else a request with thousands of small batches, each within its topic's bound, would take
/// minutes of a thread.
/// Thread contract: one owner at a time.
struct ProduceAppends: Sendable {
    /// What may be done in one turn of a thread.
    struct Budget {
        /// After so long the turn ends with the batch at hand.
        var duration: TimeAmount
        /// Batches that are larger than this are not written in this turn, and those with more
        /// records than this are not read record by record.
        var batchByteCount = Int.max
        var walkedRecordCount = Int.max
        /// Nor are compressed batches decoded that are larger, or become larger, than these.
        var compressedByteCount = Int.max
        var decodedByteCount = Int.max
        var isReencoding = true

        /// Batches of any size, one at least; then others have their turn.
        static let besideEventLoop = Budget(duration: .milliseconds(20))
        /// So that a loop is held for less than a millisecond. The largest batch that topics take
        /// by default is still written there, with as many records as librdkafka gives one: on
        /// another thread, with another core's cache, it would take the broker far more CPU time.
        static let onEventLoop = Budget(
            duration: .microseconds(500), batchByteCount: 1_100_000, walkedRecordCount: 10_000,
            compressedByteCount: 64 << 10, decodedByteCount: 128 << 10, isReencoding: false)
    }

    private let request: ProduceRequest
    private let frame: RequestFrame
    var exchange: Exchange
    private let broker: Broker
    private var response = ProduceResponse()
    /// Partitions that could not be added to the transaction, and why.
    private var notAdded: (partitions: Set<TopicPartition>, code: ErrorCode)?
    /// Why nothing of the request is appended.
    private var refusal: ErrorCode?
    /// Whether the client may write to a topic, of the one that was asked about last.
    private var permission: (topic: Int, isAllowed: Bool)?
    private var flushes: [PendingFlush] = []
    /// What the batches of the request may still decompress to, all of them together.
    private var allowance: DecodeAllowance
    /// How many refused records the answer may still name. A request may hold any number of small
    /// batches that decompress to nothing but refused records, and each takes a sentence of memory.
    private var nameable: Int
    /// The partition that is next.
    private var next = (topic: 0, partition: 0)

    init(
        _ request: ProduceRequest, _ frame: RequestFrame, _ exchange: Exchange, _ broker: Broker
    ) {
        self.request = request
        self.frame = frame
        self.exchange = exchange
        self.broker = broker
        let byteCount = unsafe frame.bytes.count
        allowance = DecodeAllowance(
            byteCount: max(LogConfig.defaultMaxExpansion * byteCount, Self.leastAllowance))
        let isTold =
            exchange.context.version >= Self.firstVersionWithRecordErrors && request.acks != 0
        nameable = isTold ? RefusedRecords.maximumNamedCount : 0
        response.responses.reserveCapacity(request.topicData.count)
    }

    private static let firstVersionWithRecordErrors: Int16 = 8
    /// TRANSACTION_ABORTABLE
    private static let firstVersionWithAbortable: Int16 = 11
    /// Small requests may decompress to so much, too: as the largest batch that a topic can be set
    /// to take.
    private static let leastAllowance = Decompressor.defaultMaximumByteCount

    /// These partitions could not be added to the transaction.
    mutating func refuse(_ partitions: Set<TopicPartition>, _ code: ErrorCode) {
        notAdded = (partitions, code)
    }

    mutating func refuseAll(_ code: ErrorCode) { refusal = code }

    /// Asked once for all partitions of a topic.
    private mutating func mayWrite(to topic: String, at index: Int) -> Bool {
        if let permission, permission.topic == index { return permission.isAllowed }
        let isAllowed = exchange.context.allows(.topic, topic)
        permission = (index, isAllowed)
        return isAllowed
    }

    /// Appends what is left; false where the budget ends before.
    mutating func perform(_ budget: Budget) -> Bool {
        let end = NIODeadline.now() + budget.duration
        while next.topic < request.topicData.count {
            let topic = request.topicData[next.topic]
            // It is there where an earlier call ended before the topic's first partition.
            if response.responses.count == next.topic {
                var answer = ProduceResponse.Topic()
                answer.name = topic.name
                answer.topicID = topic.topicID
                answer.partitionResponses.reserveCapacity(topic.partitionData.count)
                response.responses.append(answer)
            }
            while next.partition < topic.partitionData.count {
                guard let result = result(of: next, budget) else { return false }
                response.responses[next.topic].partitionResponses.append(result)
                next.partition += 1
                // The clock is only asked where there is more to come.
                let isLast =
                    next.partition == topic.partitionData.count
                    && next.topic + 1 == request.topicData.count
                if !isLast, NIODeadline.now() >= end { return false }
            }
            next = (next.topic + 1, 0)
        }
        return true
    }

    /// What came of one partition; nil where it takes longer than the budget has.
    private mutating func result(
        of place: (topic: Int, partition: Int), _ budget: Budget
    ) -> ProduceResponse.Partition? {
        let asked = request.topicData[place.topic]
        let partition = request.topicData[place.topic].partitionData[place.partition]
        var result = ProduceResponse.Partition()
        result.index = partition.index
        if let refusal {
            result.refuse(refusal, nil)
            return result
        }
        guard (-1...1).contains(request.acks) else {
            result.refuse(.invalidRequiredAcks, "acks must be -1, 0 or 1")
            return result
        }
        guard let topic = broker.log.name(of: asked, version: exchange.context.version) else {
            result.refuse(.unknownTopicID, nil)
            return result
        }
        guard mayWrite(to: topic, at: place.topic) else {
            result.refuse(.topicAuthorizationFailed, nil)
            return result
        }
        let topicPartition = TopicPartition(topic: topic, partition: partition.index)
        guard let log = broker.log.partition(topicPartition) else {
            result.refuse(.unknownTopicOrPartition, nil)
            return result
        }
        if InternalTopic.contains(topic) {
            result.refuse(.invalidTopicException, "Clients do not write to \(topic).")
            return result
        }
        if let notAdded, notAdded.partitions.contains(topicPartition) {
            result.refuse(
                notAdded.code, "\(topicPartition) could not be added to the transaction.")
            return result
        }
        let batch = unsafe frame.records(partition.records ?? .empty)
        let header: RecordBatchHeader
        do throws(RecordsRefusal) {
            header = try unsafe RecordsRefusal.checkedHeader(
                UnsafeRawBufferPointer(batch), exchange.context.version)
        } catch {
            result.refuse(error.code, error.message)
            return result
        }
        guard budget.allows(header, log.recordWork(for: header)) else { return nil }
        return unsafe append(batch, to: log, budget, place, &result) ? result : nil
    }

    /// False where the batch would become too large for the budget once decoded.
    private mutating func append(
        _ batch: UnsafeMutableRawBufferPointer, to log: PartitionLog, _ budget: Budget,
        _ place: (topic: Int, partition: Int), _ result: inout ProduceResponse.Partition
    ) -> Bool {
        let granted = DecodeAllowance(
            byteCount: min(allowance.byteCount, budget.decodedByteCount))
        var decodable = granted
        defer { allowance.take(granted.byteCount - decodable.byteCount) }
        var verdict: ErrorCode?
        let knowsAbortable = exchange.context.version >= Self.firstVersionWithAbortable
        do throws(AppendError) {
            // Asked only where a transactional batch begins something in the partition.
            let appended = try unsafe log.append(batch, decoding: &decodable) {
                (producerID, epoch) in
                verdict =
                    broker.transactions.ongoing.refusal(
                        of: ProducerIdentity(id: producerID, epoch: epoch),
                        transactionalID: request.transactionalID, for: log.topicPartition)?
                    .codeForRecords(knowsAbortable: knowsAbortable)
                return verdict == nil
            }
            result.baseOffset = appended.baseOffset
            result.logAppendTimeMs = appended.logAppendTimeMs ?? -1
            result.logStartOffset = log.logStartOffset
            if let through = appended.flushThrough {
                flushes.append(PendingFlush(log: log, through: through, place: place))
            }
        } catch {
            if case .beyondAllowance = error, granted.byteCount < allowance.byteCount {
                return false
            }
            broker.storageComplaints.note(error)
            result.refuse(verdict ?? ErrorCode(error), error.description)
            result.name(error, atMost: nameable)
            nameable -= result.recordErrors.count
        }
        return true
    }

    /// Answers once all is appended: now, or when it is durable.
    func answer() {
        if request.acks == 0 {
            answerNothing()
        } else if flushes.isEmpty {
            exchange.send(response)
        } else {
            DurableAnswer(response, pending: flushes.count, exchange).wait(
                for: flushes, in: broker.flusher)
        }
    }

    /// A client that wants no answer learns of an error by the end of its connection.
    private func answerNothing() {
        for flush in flushes {
            broker.flusher.flush(partition: flush.log, through: flush.through) { _ in }
        }
        for topic in response.responses {
            let name = topic.name.isEmpty ? "\(topic.topicID)" : topic.name
            for partition in topic.partitionResponses where partition.errorCode != .none {
                return exchange.close(
                    because: "\(partition.errorCode.name) for \(name)-\(partition.index) "
                        + "and acks=0")
            }
        }
        exchange.sendNothing()
    }
}

extension ProduceAppends.Budget {
    func allows(_ header: RecordBatchHeader, _ work: RecordWork) -> Bool {
        let byteCount = header.sizeInBytes
        guard byteCount <= batchByteCount else { return false }
        return switch work {
        case .none: true
        case .reading where header.attributes.codec == .none:
            header.recordCount <= walkedRecordCount
        case .reading: byteCount <= compressedByteCount
        case .reencoding: isReencoding
        }
    }
}

/// What is wrong with the records of a partition as a whole, before the log looks at them.
private struct RecordsRefusal: Error {
    var code: ErrorCode
    var message: String

    private static let firstVersionWithZstd: Int16 = 7

    /// The header of the one batch that there must be.
    static func checkedHeader(
        _ batch: UnsafeRawBufferPointer, _ version: Int16
    ) throws(RecordsRefusal) -> RecordBatchHeader {
        if unsafe batch.isEmpty {
            throw RecordsRefusal(
                code: .invalidRecord,
                message: "There must be one record batch for each partition.")
        }
        let header: RecordBatchHeader
        do throws(RecordFormatError) {
            header = try RecordBatchHeader(unsafe RawSpan(_unsafeBytes: batch))
        } catch {
            throw RecordsRefusal(
                code: ErrorCode(error), message: "Invalid record batch: \(error).")
        }
        if header.sizeInBytes < batch.count {
            throw RecordsRefusal(
                code: .invalidRecord,
                message: "There must be only one record batch for each partition.")
        }
        if header.attributes.codec == .zstd, version < firstVersionWithZstd {
            throw RecordsRefusal(
                code: .unsupportedCompressionType,
                message: "zstd needs Produce version \(firstVersionWithZstd).")
        }
        return header
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

    /// Names the records for which the batch was refused: clients report the others as those that
    /// were in a batch with them.
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
