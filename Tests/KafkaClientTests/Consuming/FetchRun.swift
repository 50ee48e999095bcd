import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

/// A fetch state with a clock, and the broker's side of the talk.
struct FetchRun {
    var state: FetchState
    var nowMs: Int64 = 1_000
    /// Of the last request that was looked at.
    private(set) var ticket = 0

    init(_ change: (inout ConsumerSettings) -> Void = { _ in }) {
        var settings = ConsumerSettings()
        settings.autoOffsetReset = .earliest
        change(&settings)
        state = FetchState(
            settings: settings, backoff: Backoff(initialMs: 100, maximumMs: 1_000))
    }

    func partition(_ index: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: index)
    }

    /// Partitions from an offset on, led by broker 1.
    static func fetching(
        _ offsets: [Int32: Int64], epoch: Int32 = 5,
        _ change: (inout ConsumerSettings) -> Void = { _ in }
    ) -> FetchRun {
        var run = FetchRun(change)
        run.state.seek(
            Dictionary(
                uniqueKeysWithValues: offsets.map { (run.partition($0), .offset(Offset($1))) }))
        run.lead(Array(offsets.keys), by: 1, epoch: epoch)
        return run
    }

    /// - Parameter brokers: all that the cluster has.
    mutating func lead(
        _ indexes: [Int32], by broker: Int32, epoch: Int32, among brokers: Set<Int32> = [1, 2, 3],
        id: TopicID = .none
    ) {
        let leader = PartitionLeader(nodeID: broker, epoch: LeaderEpoch(epoch))
        state.leads(
            Dictionary(uniqueKeysWithValues: indexes.map { (partition($0), leader) }),
            among: brokers, topicIDs: ["t": id])
    }

    /// What it wants done now; the ticket of the last request among it is kept.
    mutating func actions(after milliseconds: Int64 = 0) -> [FetchState.Action] {
        nowMs += milliseconds
        state.advance(nowMs: nowMs)
        let actions = state.takeActions()
        for action in actions {
            switch action {
            case .fetch(_, _, _, let ticket), .listOffsets(_, _, let ticket),
                .leaderEpoch(_, _, let ticket):
                self.ticket = ticket
            case .refreshMetadata: break
            }
        }
        return actions
    }

    mutating func fetch(after milliseconds: Int64 = 0) throws -> FetchRequest {
        for case .fetch(_, let request, _, _) in actions(after: milliseconds) { return request }
        throw Missing()
    }

    mutating func listOffsets(after milliseconds: Int64 = 0) throws -> ListOffsetsRequest {
        for case .listOffsets(_, let request, _) in actions(after: milliseconds) { return request }
        throw Missing()
    }

    mutating func leaderEpoch() throws -> OffsetForLeaderEpochRequest {
        for case .leaderEpoch(_, let request, _) in actions() { return request }
        throw Missing()
    }

    /// - Parameters:
    ///   - session: 0 for none.
    ///   - ticket: by default of the last request.
    mutating func answerFetch(
        _ parts: [(Int32, [UInt8], ErrorCode)], session: Int32 = 0, ticket: Int? = nil,
        _ change: (inout FetchResponse.Partition) -> Void = { _ in }
    ) {
        var frame = ByteBuffer()
        var topic = FetchResponse.Topic()
        topic.topic = "t"
        topic.partitions = parts.map { index, bytes, code in
            var partition = FetchResponse.Partition()
            partition.partitionIndex = index
            partition.errorCode = code
            partition.highWatermark = Offset(100)
            partition.records = RecordsRange(
                position: frame.readableBytes, byteCount: bytes.count)
            frame.writeBytes(bytes)
            change(&partition)
            return partition
        }
        var response = FetchResponse()
        response.sessionID = session
        response.responses = [topic]
        state.fetched(response, frame: frame, ticket: ticket ?? self.ticket, nowMs: nowMs)
    }

    mutating func answerListOffsets(_ index: Int32, _ offset: Int64, _ code: ErrorCode = .none) {
        var partition = ListOffsetsResponse.Partition()
        partition.partitionIndex = index
        partition.errorCode = code
        partition.offset = Offset(offset)
        var topic = ListOffsetsResponse.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var response = ListOffsetsResponse()
        response.topics = [topic]
        state.listedOffsets(response, ticket: ticket, nowMs: nowMs)
    }

    mutating func answerLeaderEpoch(
        _ index: Int32, end: Int64, epoch: Int32, _ code: ErrorCode = .none
    ) {
        var partition = OffsetForLeaderEpochResponse.Partition()
        partition.partition = index
        partition.errorCode = code
        partition.endOffset = Offset(end)
        partition.leaderEpoch = LeaderEpoch(epoch)
        var topic = OffsetForLeaderEpochResponse.Topic()
        topic.topic = "t"
        topic.partitions = [partition]
        var response = OffsetForLeaderEpochResponse()
        response.topics = [topic]
        state.foundLeaderEpochs(response, ticket: ticket, nowMs: nowMs)
    }

    /// The state did not send the request that the test waits for.
    struct Missing: Error {}
}
