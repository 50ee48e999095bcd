import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

/// A share fetch state with a clock, and the broker's side of the talk.
struct ShareFetchRun {
    static let topicID = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)

    var state: ShareFetchState
    var nowMs: Int64 = 1_000
    /// Of the last request that was looked at.
    private(set) var ticket = 0

    init(_ change: (inout ShareSettings) -> Void = { _ in }) {
        var share = ShareSettings()
        change(&share)
        state = ShareFetchState(
            consumer: ConsumerSettings(), share: share, groupID: "g", memberID: "m",
            backoff: Backoff(initialMs: 100, maximumMs: 1_000))
    }

    /// Partitions, all led by broker 1, for which somebody waits.
    static func asking(_ partitions: [Int32] = [0]) -> ShareFetchRun {
        var run = ShareFetchRun()
        run.state.add(partitions.map(run.partition))
        run.lead(partitions, by: 1)
        run.state.isWanted = true
        return run
    }

    func partition(_ index: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: index)
    }

    func offsets(_ first: Int64, _ last: Int64) -> OffsetRanges.Range {
        Offset(first)...Offset(last)
    }

    mutating func lead(_ indexes: [Int32], by broker: Int32) {
        let leader = PartitionLeader(nodeID: broker, epoch: LeaderEpoch(1))
        state.leads(
            Dictionary(uniqueKeysWithValues: indexes.map { (partition($0), leader) }),
            topicIDs: ["t": Self.topicID])
    }

    /// What it wants done now; the ticket of the last request among it is kept.
    mutating func actions(after milliseconds: Int64 = 0) -> [ShareFetchState.Action] {
        nowMs += milliseconds
        state.advance(nowMs: nowMs)
        let actions = state.takeActions()
        for action in actions {
            switch action {
            case .fetch(_, _, let ticket), .acknowledge(_, _, let ticket): self.ticket = ticket
            case .refreshMetadata: break
            }
        }
        return actions
    }

    mutating func fetch(after milliseconds: Int64 = 0) throws -> ShareFetchRequest {
        let actions = actions(after: milliseconds)
        guard case .fetch(_, let request, _)? = actions.last else {
            throw NotAsked(actions: actions)
        }
        return request
    }

    mutating func acknowledgement(after milliseconds: Int64 = 0) throws -> ShareAcknowledgeRequest {
        let actions = actions(after: milliseconds)
        guard case .acknowledge(_, let request, _)? = actions.last else {
            throw NotAsked(actions: actions)
        }
        return request
    }

    /// Records of partition 0, from `base` on, three a batch.
    mutating func answerFetch(
        _ code: ErrorCode = .none, base: Int64 = 0, count: Int = 0,
        acquired: [(Int64, Int64, Int16)] = [], partition: Int32 = 0,
        partitionCode: ErrorCode = .none, acknowledgeCode: ErrorCode = .none
    ) throws {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: count, by: 3) {
            let values = (start..<min(start + 3, count)).map { "\(base + Int64($0))" }
            bytes += try storedBatch(values, base: base + Int64(start))
        }
        var part = ShareFetchResponse.Partition()
        part.partitionIndex = partition
        part.errorCode = partitionCode
        part.acknowledgeErrorCode = acknowledgeCode
        part.records = RecordsRange(position: 0, byteCount: bytes.count)
        part.acquiredRecords = acquired.map {
            var range = ShareFetchResponse.AcquiredRecords()
            (range.firstOffset, range.lastOffset, range.deliveryCount) = (
                Offset($0.0), Offset($0.1), $0.2
            )
            return range
        }
        var topic = ShareFetchResponse.Topic()
        topic.topicID = Self.topicID
        topic.partitions = [part]
        var response = ShareFetchResponse()
        response.errorCode = code
        response.acquisitionLockTimeoutMs = 30_000
        response.responses = code == .none ? [topic] : []
        state.fetched(response, frame: ByteBuffer(bytes: bytes), ticket: ticket, nowMs: nowMs)
    }

    mutating func answerAcknowledgement(
        _ code: ErrorCode = .none, partitionCode: ErrorCode = .none
    ) {
        var part = ShareAcknowledgeResponse.Partition()
        part.errorCode = partitionCode
        var topic = ShareAcknowledgeResponse.Topic()
        topic.topicID = Self.topicID
        topic.partitions = [part]
        var response = ShareAcknowledgeResponse()
        response.errorCode = code
        response.responses = [topic]
        state.acknowledged(response, ticket: ticket, nowMs: nowMs)
    }

    /// Acknowledges records of partition 0.
    mutating func say(_ first: Int64, _ last: Int64, _ type: AcknowledgeType) throws {
        guard state.acknowledge(offsets(first, last), of: partition(0), type) else {
            throw NotHeld()
        }
    }

    /// The member does not have these records.
    struct NotHeld: Error {}

    /// The state did not ask for what the test waits for.
    struct NotAsked: Error { var actions: [ShareFetchState.Action] }
}

/// The offsets of records with their values, and how often each was delivered.
func values(of shared: ShareRecords) throws -> [String] {
    var found: [String] = []
    var reader = RecordBatchReader()
    try shared.forEachBatch { (header, bytes, own) throws(RecordFormatError) in
        try reader.withRecords(of: bytes, header: header, verifyChecksum: true) {
            (records) throws(RecordFormatError) in
            while let record = try records.next() {
                let offset = header.offset(of: record)
                guard let range = own.first(where: { $0.offsets.contains(offset) }) else {
                    continue
                }
                let value = unsafe records.bytes.bytes(of: record.value).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
                found.append("\(offset):\(value)x\(range.deliveryCount)")
            }
        }
    }
    return found
}

extension ShareAcknowledgementBatch {
    /// `0-4:1`, with the types.
    var text: String {
        "\(firstOffset)-\(lastOffset):\(acknowledgeTypes.map(String.init).joined(separator: ","))"
    }
}

extension [ShareFetchRequest.Topic] {
    var acknowledged: [String] {
        flatMap(\.partitions).flatMap { $0.acknowledgementBatches.map(\.text) }
    }
}
