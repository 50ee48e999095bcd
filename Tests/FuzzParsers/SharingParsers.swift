import KafkaProtocol
import RecordFormat

@testable import Broker

/// What members of share groups send.
let sharingParsers: [Parser] = [
    Parser(name: "share-heartbeats", bytes: heartbeatsSeed) { bytes in
        var group = ShareGroup(id: "g", config: GroupConfig())
        var changeCount = 0
        for body in chunks(bytes) {
            changeCount += 1
            guard
                let request = decoded(ShareGroupHeartbeatRequest.self, .shareGroupHeartbeat, body),
                (try? ShareGroupHeartbeatHandler.validate(request)) != nil
            else { continue }
            let before = group
            let known = KnownTopics(changeCount: changeCount) { topics[$0] }
            let event = ShareHeartbeat(request: request, clientID: "c", clientHost: "/h")
            guard (try? group.heartbeat(event, topics: known)) != nil else { continue }
            _ = group.takeActions()
            checkRecords(group.takeRecords(), lead: before, to: group)
        }
    },
    Parser(name: "share-requests", bytes: requestsSeed) { bytes in
        var run = ShareRun()
        for body in chunks(bytes) {
            guard let request = decoded(ShareFetchRequest.self, .shareFetch, body) else { continue }
            run.take(request)
        }
    },
]

/// What was written of the change reads as the change.
func checkRecords(_ records: [ShareGroupRecord], lead before: ShareGroup, to group: ShareGroup) {
    var copy = before
    for record in records { copy.restore(encodedAndRead(record)) }
    precondition(copy.members == group.members && copy.target == group.target)
    precondition(copy.epoch == group.epoch && copy.assignmentEpoch == group.assignmentEpoch)
    precondition(copy.shared == group.shared && copy.byteCount == group.byteCount)
}

private func encodedAndRead(_ record: ShareGroupRecord) -> ShareGroupRecord {
    do {
        let (key, value) = try OffsetsTopicRecord.share(group: "g", record).encoded()
        let read = try unsafe OffsetsTopicRecord(
            key: key.span.bytes, value: value?.span.bytes)
        guard case .share("g", let again) = read else { preconditionFailure("another record") }
        return again
    } catch {
        preconditionFailure("what is written cannot be read: \(error)")
    }
}

/// One partition of a share group, and what requests make of it.
private struct ShareRun {
    private static let batches: [ShareBatch] = (0..<40).map {
        ShareBatch(first: $0 * 7, last: $0 * 7 + 4, byteCount: 10, isDeliverable: $0 % 5 != 0)
    }

    private var state = SharePartitionState(start: 0, epoch: 0)
    /// As a restart would read it.
    private var stored = SharePartitionState(start: 0, epoch: 0)
    private let sessions = ShareSessions(maximumCount: 2)
    private let limits: ShareLimits
    private var nowMs: Int64 = 0

    init() {
        var limits = ShareLimits()
        limits.maxRecordLocks = 50
        limits.deliveryCountLimit = 3
        self.limits = limits
    }

    mutating func take(_ request: ShareFetchRequest) {
        nowMs += 7_000
        write(state.expire(limits, nowMs: nowMs))
        let key = ShareSessions.Key(group: "g", member: request.memberID ?? "")
        guard let turn = try? turn(of: request, key) else { return }
        for part in request.topics.flatMap(\.partitions) {
            guard
                let pieces = try? ShareAcknowledgements.acknowledgements(
                    in: part.acknowledgementBatches, takesRenewals: request.isRenewAck),
                let changes = try? state.acknowledge(
                    pieces, by: turn.holder, limits, nowMs: nowMs)
            else { continue }
            write(changes)
        }
        if request.shareSessionEpoch == ShareSessions.finalEpoch {
            _ = sessions.close(key)
            return write(state.release(turn.holder, limits))
        }
        guard let next = state.nextFetch(limits) else { return }
        let got = state.acquire(
            AcquireRequest(
                holder: turn.holder, maxRecords: Int(request.maxRecords),
                batchSize: request.batchSize > 0 ? Int(request.batchSize) : .max,
                mode: request.acquireMode),
            in: Self.batches.filter { $0.last >= next.offset }, from: next.offset, limits,
            nowMs: nowMs)
        check()
        if request.minBytes < 0 { state.giveBack(got.ranges, of: turn.holder) }
        check()
    }

    private func turn(
        of request: ShareFetchRequest, _ key: ShareSessions.Key
    ) throws(Refusal) -> ShareSessions.Turn {
        let places = request.topics.flatMap { topic in
            topic.partitions.map {
                TopicIDPartition(topicID: topic.topicID, partition: $0.partitionIndex)
            }
        }
        let epoch = request.shareSessionEpoch
        guard epoch != ShareSessions.initialEpoch else {
            return try sessions.open(key, on: ConnectionID(rawValue: 1), places)
        }
        return try sessions.advance(key, epoch: epoch, adding: places)
    }

    private mutating func write(_ changes: [DeliveryChange]) {
        precondition(stored.restore(start: state.start, changes), "no restart can read it")
        precondition(stored.start >= state.start)
        check()
    }

    private func check() { checkState(state) }
}

/// The runs lie side by side, and what is written of them reads as the same.
func checkState(_ state: SharePartitionState) {
    var next = state.start
    for run in state.runs.all {
        precondition(run.first == next && run.first < run.end)
        next = run.end
    }
    precondition(next == state.end || state.runs.isEmpty)
    precondition(state.inFlightCount >= 0 && state.availableCount >= 0)
    var again = SharePartitionState(start: state.start, epoch: state.epoch)
    precondition(again.restore(start: nil, state.snapshot))
    precondition(again.start == state.start && again.doneCount == state.doneCount)
}

private let heartbeatsSeed: [UInt8] = {
    var join = ShareGroupHeartbeatRequest()
    join.groupID = "g"
    join.memberID = "m"
    join.rackID = "r"
    join.subscribedTopicNames = ["orders", "a"]
    var other = join
    other.memberID = "n"
    var beat = ShareGroupHeartbeatRequest()
    beat.groupID = "g"
    beat.memberID = "m"
    beat.memberEpoch = 1
    var change = beat
    change.memberEpoch = 2
    change.subscribedTopicNames = ["audit.log"]
    var leave = beat
    leave.memberEpoch = -1
    return joined([join, beat, other, change, beat, leave].map { body($0, .shareGroupHeartbeat) })
}()

private let requestsSeed: [UInt8] = {
    func request(
        _ epoch: Int32, _ acknowledged: [(Int64, Int64, [Int8])] = [], maxRecords: Int32 = 10,
        mode: ShareAcquireMode = .batchOptimized, isRenewAck: Bool = false
    ) -> [UInt8] {
        var part = ShareFetchRequest.Partition()
        part.acknowledgementBatches = acknowledged.map {
            var batch = ShareAcknowledgementBatch()
            (batch.firstOffset, batch.lastOffset) = (Offset($0.0), Offset($0.1))
            batch.acknowledgeTypes = $0.2
            return batch
        }
        var topic = ShareFetchRequest.Topic()
        topic.partitions = [part]
        var request = ShareFetchRequest()
        request.groupID = "g"
        request.memberID = "m"
        request.shareSessionEpoch = epoch
        request.maxRecords = maxRecords
        request.batchSize = 5
        request.acquireMode = mode
        request.isRenewAck = isRenewAck
        request.topics = [topic]
        return body(request, .shareFetch)
    }
    return joined([
        request(0), request(1, [(7, 9, [1]), (10, 11, [2, 3])], mode: .recordLimit),
        request(2, [(14, 18, [4])], maxRecords: 3, isRenewAck: true), request(3), request(4),
        request(-1, [(21, 25, [1, 1, 2, 0, 3])]), request(0), request(1, maxRecords: 100),
    ])
}()
