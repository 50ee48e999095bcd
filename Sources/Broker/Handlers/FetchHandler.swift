// Fetch, versions 4–17, by topic ids from 13 on. There are no sessions: the session id in the answer is 0, which tells every
// client so. A request of session epoch 0 or -1 is full, whatever its session id, as in Kafka. No
// preferred replica. Where a quota is used up the answer is empty and says how long to wait; a quota of bytes counts
// those of records alone. Records go from the segments' files to the socket by sendfile(2).

import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

struct FetchHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    /// On the connection's event loop, or beside it where there are many partitions.
    func handle(_ frame: RequestFrame, _ exchange: Exchange) throws(ProtocolError) {
        let request: FetchRequest = try frame.request(after: exchange.context.header)
        guard request.isFull else {
            var response = FetchResponse()
            response.errorCode = .fetchSessionIDNotFound
            return exchange.send(response)
        }
        var read = FetchRead(
            request, broker, exchange.context,
            largestByteCount: exchange.charge?.largestFetch ?? .max)
        read.perform(on: exchange.connection, isLast: false)
        if read.isEnough { return read.answer(exchange) }
        let wait = FetchWait(read, exchange)
        if exchange.isBeside {
            exchange.connection.eventLoop.execute { wait.start() }
        } else {
            wait.start()
        }
    }
}

/// One pass over the partitions of a fetch: what there is for each of them now.
struct FetchRead: WaitingRead {
    let request: FetchRequest
    private let broker: Broker
    private var context: RequestContext
    /// Topics have ids and no names.
    private let isByID: Bool
    private var response = FetchResponse()
    private var slices: [FileSlice] = []
    private var byteCount = 0
    private var hasError = false

    private static let firstVersionByID: Int16 = 13
    /// All records together, but for those that are returned however large they are.
    private let largestByteCount: Int

    init(
        _ request: FetchRequest, _ broker: Broker, _ context: RequestContext,
        largestByteCount: Int = .max
    ) {
        self.request = request
        self.broker = broker
        self.context = context
        self.largestByteCount = min(
            largestByteCount, Int(request.maxBytes), Int(broker.config.fetchMaxBytes))
        isByID = context.version >= Self.firstVersionByID
    }

    var maxWaitMs: Int32 { request.maxWaitMs }
    /// A request about many partitions is handled beside the event loop from the beginning.
    var isLong: Bool { false }

    /// Whether the client need not wait any more.
    var isEnough: Bool {
        hasError || byteCount >= min(max(Int(request.minBytes), 0), largestByteCount)
            || request.maxWaitMs <= 0
            || request.topics.allSatisfy(\.partitions.isEmpty)
    }

    func answer(_ exchange: Exchange) {
        guard let charge = exchange.charge else {
            return exchange.send(response, slices: slices)
        }
        let recordByteCount = slices.reduce(0) { $0 + $1.byteCount }
        let settled = charge.settleFetch(byteCount: recordByteCount)
        var answer = settled.isSent ? response : FetchResponse()
        answer.throttleTimeMs = settled.throttleMs
        exchange.connection.mute(forMs: settled.throttleMs)
        exchange.sendCharged(answer, slices: settled.isSent ? slices : [])
    }

    /// Reads again what is there, as far as the client may read it now.
    mutating func perform(on connection: Connection, isLast: Bool) {
        context.renewRights()
        response = FetchResponse()
        slices.removeAll(keepingCapacity: true)
        byteCount = 0
        hasError = false
        response.responses.reserveCapacity(request.topics.count)
        connection.withReadPositions { positions in
            for topic in request.topics {
                var answer = FetchResponse.Topic()
                answer.topic = topic.topic
                answer.topicID = topic.topicID
                answer.partitions.reserveCapacity(topic.partitions.count)
                let isAllowed = mayRead(topic)
                for partition in topic.partitions {
                    answer.partitions.append(
                        isAllowed
                            ? read(partition, of: topic, &positions) : denied(partition))
                }
                response.responses.append(answer)
            }
        }
    }

    /// Asked anew each time that a fetch reads, so that one which waits gets nothing once its right is taken.
    private func mayRead(_ topic: FetchRequest.Topic) -> Bool {
        guard context.authorizer != nil else { return true }
        if request.isOfFollower { return context.allowsCluster() }
        // What has an unknown id is answered as such.
        let name = isByID ? broker.log.topicName(of: topic.topicID) : topic.topic
        return name.map { context.allows(.topic, $0) } ?? true
    }

    private mutating func denied(
        _ partition: FetchRequest.Partition
    ) -> FetchResponse.Partition {
        var answer = FetchResponse.Partition()
        answer.partitionIndex = partition.partition
        if request.isolationLevel == .readUncommitted { answer.abortedTransactions = nil }
        fail(&answer, .topicAuthorizationFailed)
        return answer
    }

    private mutating func read(
        _ partition: FetchRequest.Partition, of topic: FetchRequest.Topic,
        _ positions: inout ReadPositions
    ) -> FetchResponse.Partition {
        var answer = FetchResponse.Partition()
        answer.partitionIndex = partition.partition
        if request.isolationLevel == .readUncommitted { answer.abortedTransactions = nil }
        guard let log = log(partition.partition, of: topic) else {
            // A topic that was created again under its name has another id.
            let isUnknownID = isByID && broker.log.topicName(of: topic.topicID) == nil
            fail(&answer, isUnknownID ? .unknownTopicID : .unknownTopicOrPartition)
            return answer
        }
        if let refusal = ErrorCode(
            clientEpoch: partition.currentLeaderEpoch, current: log.leaderEpoch)
        {
            fail(&answer, refusal)
            return answer
        }
        do throws(LogError) {
            // Taken before the read, so that what the answer says is there can be read.
            answer.highWatermark = log.highWatermark
            answer.lastStableOffset = log.lastStableOffset
            answer.logStartOffset = log.logStartOffset
            let end = isCommittedOnly ? answer.lastStableOffset : Offset(.max)
            if let slice = try slice(of: log, partition, below: end, &positions) {
                answer.records = RecordsRange(
                    position: slices.count, byteCount: slice.byteCount)
                slices.append(slice)
                // A batch without records lets a client go on, but does not end its wait.
                if slice.hasRecords { byteCount += slice.byteCount }
                answer.highWatermark = max(answer.highWatermark, slice.nextOffset)
                if isCommittedOnly {
                    answer.abortedTransactions = aborted(log, partition.fetchOffset, slice)
                }
            }
        } catch {
            broker.storageComplaints.note(
                error, reading: log.topicPartition, from: partition.fetchOffset)
            fail(&answer, ErrorCode(error))
        }
        return answer
    }

    private func log(_ partition: Int32, of topic: FetchRequest.Topic) -> PartitionLog? {
        isByID
            ? broker.log.partition(partition, of: topic.topicID)
            : broker.log.partition(TopicPartition(topic: topic.topic, partition: partition))
    }

    /// The first records of the whole answer are at least one batch, however large; those after
    /// them keep the limits.
    private func slice(
        of log: PartitionLog, _ partition: FetchRequest.Partition,
        below end: Offset, _ positions: inout ReadPositions
    ) throws(LogError) -> FileSlice? {
        let answerLimit = largestByteCount - byteCount
        let limit = max(0, min(Int(partition.partitionMaxBytes), answerLimit))
        // Batches without records do not count.
        let isFirst = byteCount == 0
        guard
            let slice = try positions.read(
                log, from: partition.fetchOffset, maxBytes: limit, below: end)
        else { return nil }
        return slice.byteCount <= limit || isFirst ? slice : nil
    }

    /// Reads up to the last stable offset and is told what of it was aborted.
    var isCommittedOnly: Bool { request.isolationLevel == .readCommitted }

    private func aborted(
        _ log: PartitionLog, _ offset: Offset, _ slice: FileSlice
    ) -> [FetchResponse.AbortedTransaction] {
        // Clients may take them in the order in which their records come.
        log.abortedTransactions(from: offset, below: slice.nextOffset)
            .sorted { $0.firstOffset < $1.firstOffset }
            .map {
                var aborted = FetchResponse.AbortedTransaction()
                aborted.producerID = $0.producerID
                aborted.firstOffset = $0.firstOffset
                return aborted
            }
    }

    private mutating func fail(_ answer: inout FetchResponse.Partition, _ code: ErrorCode) {
        answer.errorCode = code
        answer.highWatermark = Offset(-1)
        answer.lastStableOffset = Offset(-1)
        answer.logStartOffset = Offset(-1)
        hasError = true
    }

    /// Asks the logs whose growth may make the answer larger, each from what its readers have seen on.
    func listen(_ wake: @escaping @Sendable () -> Void) -> [WaitSource] {
        var sources: [WaitSource] = []
        for (log, offset) in growing() {
            let token =
                isCommittedOnly
                ? log.whenStable(past: offset, wake) : log.whenMore(than: offset, wake)
            // Nil where the log has grown since it was read, or was closed.
            guard let token else {
                wake()
                break
            }
            sources.append(.log(log, token))
        }
        return sources
    }

    /// The logs whose growth may make the answer larger, each with the offset that its readers have
    /// seen the log up to.
    private func growing() -> [(log: PartitionLog, offset: Offset)] {
        var growing: [(PartitionLog, Offset)] = []
        for (topic, answer) in zip(request.topics, response.responses) {
            for (partition, answer) in zip(topic.partitions, answer.partitions)
            where answer.errorCode == .none {
                if let log = log(partition.partition, of: topic) {
                    let seen = isCommittedOnly ? answer.lastStableOffset : answer.highWatermark
                    growing.append((log, seen))
                }
            }
        }
        return growing
    }
}

extension FetchRequest {
    /// Whether it names all its partitions itself, and none is remembered from an earlier request
    /// (KIP-227). Epoch 0 asks for a new session, −1 for none; either ends the one whose id it
    /// gives.
    fileprivate var isFull: Bool { sessionEpoch == 0 || sessionEpoch == -1 }

    /// Whether it says that it comes from a broker that follows.
    fileprivate var isOfFollower: Bool { replicaID >= 0 || (replicaState?.replicaID ?? -1) >= 0 }
}

extension ErrorCode {
    /// What is wrong with the epoch that a client takes for the current one; nil where it is right,
    /// or the client does not know.
    init?(clientEpoch: LeaderEpoch, current: LeaderEpoch) {
        if clientEpoch == .none || clientEpoch == current { return nil }
        self = clientEpoch < current ? .fencedLeaderEpoch : .unknownLeaderEpoch
    }
}
