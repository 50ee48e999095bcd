import KafkaProtocol
import NIOCore
import RecordFormat

@testable import KafkaClient

/// What brokers answer: any response by itself, and to a member one answer after the other.
let answerParsers: [Parser] = [
    // A byte for the API, one for the version, and the frame.
    Parser(name: "responses") { bytes in
        guard bytes.count > 2, let apiKey = ApiKey(rawValue: Int16(bytes[0])),
            apiKey.codedVersions.contains(Int16(bytes[1]))
        else { return }
        checkResponse(
            apiKey.request.response, version: Int16(bytes[1]), frame: Array(bytes.dropFirst(2)))
    },
    // A byte that says which answer it is and what the application does then, and the body.
    Parser(name: "share-answers", bytes: answersSeed) { bytes in
        var run = ShareAnswers()
        for chunk in chunks(bytes) {
            guard let choice = chunk.first else { continue }
            run.answer(choice, body: Array(chunk.dropFirst()))
        }
        run.state.close()
        run.step()
    },
    // To members of both protocols in which the coordinator assigns. An answer that cannot be read never came.
    Parser(name: "heartbeat-answers", bytes: heartbeatAnswersSeed) { bytes in
        for kind in [ReconciledMembership.Kind.share, .consumer] {
            var run = HeartbeatAnswers(kind)
            for chunk in chunks(bytes) { run.answer(Array(chunk)) }
            run.end()
        }
    },
]

/// What was read can be written again, and reads as the same.
private func checkResponse<Body: Response>(_: Body.Type, version: Int16, frame: [UInt8]) {
    func read(_ frame: some Sequence<UInt8>) throws -> Body {
        try ResponseFrame<Body>(
            decoding: ByteBuffer(bytes: frame), version: version, receivedAt: .now()
        ).body
    }
    func written(_ body: Body, from source: [UInt8]) throws -> [UInt8] {
        var writer = FieldWriter()
        try writer.append(body, version: version, correlationID: 1)
        let whole = unsafe writer.joined(with: source.span.bytes)
        return Array(whole.dropFirst(FrameLength.byteCount))
    }
    guard let response = try? read(frame) else { return }
    do {
        let first = try written(response, from: frame)
        let again = try written(read(first), from: first)
        precondition(again == first, "written and read, it is another")
    } catch {
        preconditionFailure("what was read cannot be written: \(error)")
    }
}

private let topicID = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)
private let one = TopicPartition(topic: "t", partition: 0)
private let backoff = Backoff(initialMs: 100, maximumMs: 1_000)

private struct ShareAnswers {
    var state: ShareFetchState
    private var nowMs: Int64 = 1_000
    private var ticket = 0

    init() {
        state = ShareFetchState(
            consumer: ConsumerSettings(), share: ShareSettings(), groupID: "g", memberID: "m",
            backoff: backoff)
        state.add([one])
        state.leads(
            [one: PartitionLeader(nodeID: 1, epoch: LeaderEpoch(1))], topicIDs: ["t": topicID])
        state.isWanted = true
    }

    mutating func step() {
        nowMs += 10_000
        state.advance(nowMs: nowMs)
        for action in state.takeActions() {
            switch action {
            case .fetch(_, _, let ticket), .acknowledge(_, _, let ticket): self.ticket = ticket
            case .refreshMetadata: break
            }
        }
    }

    mutating func answer(_ choice: UInt8, body: [UInt8]) {
        step()
        let frame = ByteBuffer(bytes: [0, 0, 0, 1, 0] + body)
        if choice & 1 == 0 {
            answer(ShareFetchResponse.self, frame) {
                $0.state.fetched(
                    $1.body, frame: $1.frame, ticket: $0.ticket, nowMs: $0.nowMs)
            }
        } else {
            answer(ShareAcknowledgeResponse.self, frame) {
                $0.state.acknowledged($1.body, ticket: $0.ticket, nowMs: $0.nowMs)
            }
        }
        take(choice)
        _ = state.takeRefusals()
        precondition(state.refusedCount >= 0)
    }

    private mutating func answer<Body: Response>(
        _: Body.Type, _ frame: ByteBuffer, _ took: (inout Self, ResponseFrame<Body>) -> Void
    ) {
        let version = Body.apiKey.advertisedVersions.upperBound
        guard
            let response = try? ResponseFrame<Body>(
                decoding: frame, version: version, receivedAt: .now())
        else { return state.requestFailed(ticket: ticket, nowMs: nowMs) }
        took(&self, response)
    }

    private mutating func take(_ choice: UInt8) {
        while true {
            do {
                guard let all = try state.take() else { break }
                for records in all {
                    read(records)
                    guard choice & 2 != 0, let first = records.acquired.first else { continue }
                    precondition(
                        state.acknowledge(
                            first.offsets, of: records.partition,
                            choice & 4 == 0 ? .release : .renew))
                }
            } catch {
                continue
            }
        }
        if choice & 8 != 0 { state.acceptHeld() }
        state.isFlushing = choice & 16 != 0
    }

    private func read(_ records: ShareRecords) {
        precondition(!records.acquired.isEmpty)
        var reader = RecordBatchReader()
        records.forEachBatch { header, bytes, own in
            precondition(bytes.byteCount == header.sizeInBytes)
            for range in own {
                precondition(
                    range.offsets.lowerBound >= header.baseOffset
                        && range.offsets.upperBound <= header.lastOffset)
            }
            try? reader.withRecords(of: bytes, header: header, verifyChecksum: true) {
                (iterator) throws(RecordFormatError) in
                while let record = try iterator.next() { _ = header.offset(of: record) }
            }
        }
    }
}

private struct HeartbeatAnswers {
    private var member: ReconciledMembership
    private let kind: ReconciledMembership.Kind
    private var nowMs: Int64 = 1_000
    private var ticket = 0

    init(_ kind: ReconciledMembership.Kind) {
        self.kind = kind
        var group = GroupSettings()
        group.groupID = "g"
        group.groupProtocol = .consumer
        member = ReconciledMembership(
            kind, group: group, topics: ["t"], rack: "", memberID: "m", backoff: backoff,
            nowMs: nowMs)
        member.noticed([topicID: "t"], nowMs: nowMs)
        step()
        member.answered(.coordinator(.none), ticket: ticket, nowMs: nowMs)
    }

    private mutating func step() {
        nowMs += 10_000
        member.polled(nowMs: nowMs)
        member.advance(nowMs: nowMs)
        while true {
            let actions = member.takeActions()
            if actions.isEmpty { return }
            for action in actions {
                switch action {
                case .send(.findCoordinator, let ticket):
                    member.answered(.coordinator(.none), ticket: ticket, nowMs: nowMs)
                case .send(_, let ticket): self.ticket = ticket
                case .revoke: member.revoked(nowMs: nowMs)
                default: break
                }
            }
        }
    }

    mutating func answer(_ body: [UInt8]) {
        step()
        let frame = ByteBuffer(bytes: [0, 0, 0, 1, 0] + body)
        if let answer = answer(frame) {
            member.answered(.reconciling(answer), ticket: ticket, nowMs: nowMs)
        } else {
            member.requestFailed(ticket: ticket, nowMs: nowMs)
        }
        precondition(member.owned.allSatisfy { $0.topic == "t" })
    }

    private func answer(_ frame: ByteBuffer) -> HeartbeatAnswer? {
        switch kind {
        case .share: body(ShareGroupHeartbeatResponse.self, frame).map { HeartbeatAnswer($0) }
        case .consumer:
            body(ConsumerGroupHeartbeatResponse.self, frame).map { HeartbeatAnswer($0) }
        }
    }

    private func body<Body: Response>(_: Body.Type, _ frame: ByteBuffer) -> Body? {
        try? ResponseFrame<Body>(
            decoding: frame, version: Body.apiKey.advertisedVersions.upperBound, receivedAt: .now()
        ).body
    }

    mutating func end() {
        member.close(nowMs: nowMs)
        step()
    }
}

private let answersSeed: [UInt8] = {
    func records(_ base: Int64) -> [UInt8] {
        let values = ["a", "b", "c"].flatMap { [[], Array($0.utf8)] }
        guard var batch = batch(of: values) else { preconditionFailure("no batch can be made") }
        for byte in 0..<8 { batch[byte] = UInt8(truncatingIfNeeded: base >> (56 - 8 * byte)) }
        return batch
    }
    func fetch(_ base: Int64, _ acquired: [(Int64, Int64, Int16)]) -> [UInt8] {
        let bytes = records(base)
        var part = ShareFetchResponse.Partition()
        part.records = RecordsRange(position: 0, byteCount: bytes.count)
        part.acquiredRecords = acquired.map {
            var range = ShareFetchResponse.AcquiredRecords()
            (range.firstOffset, range.lastOffset, range.deliveryCount) = (
                Offset($0.0), Offset($0.1), $0.2
            )
            return range
        }
        var topic = ShareFetchResponse.Topic()
        topic.topicID = topicID
        topic.partitions = [part]
        var response = ShareFetchResponse()
        response.responses = [topic]
        return [2] + frame(response, bytes)
    }
    func acknowledged(_ code: ErrorCode) -> [UInt8] {
        var part = ShareAcknowledgeResponse.Partition()
        part.errorCode = code
        var topic = ShareAcknowledgeResponse.Topic()
        topic.topicID = topicID
        topic.partitions = [part]
        var response = ShareAcknowledgeResponse()
        response.responses = [topic]
        return [17] + frame(response, [])
    }
    return joined([
        fetch(0, [(0, 2, 1)]), fetch(3, [(3, 3, 1), (5, 5, 2)]), acknowledged(.none),
        fetch(6, [(4, 8, 1)]), acknowledged(.invalidRecordState),
    ])
}()

private let heartbeatAnswersSeed: [UInt8] = {
    func answer(_ epoch: Int32, _ partitions: [Int32]?, _ code: ErrorCode = .none) -> [UInt8] {
        var response = ShareGroupHeartbeatResponse()
        response.errorCode = code
        response.memberID = "m"
        response.memberEpoch = epoch
        response.heartbeatIntervalMs = 5_000
        if let partitions {
            var topic = TopicIDPartitions()
            topic.topicID = topicID
            topic.partitions = partitions
            var assignment = ShareGroupHeartbeatResponse.Assignment()
            assignment.topicPartitions = [topic]
            response.assignment = assignment
        }
        return frame(response, [])
    }
    return joined([
        answer(1, [0, 1]), answer(1, nil), answer(2, [1]), answer(2, nil),
        answer(0, nil, .fencedMemberEpoch), answer(4, [0]),
    ])
}()

/// A response without its length and its header.
private func frame<Body: Response>(_ response: Body, _ records: [UInt8]) -> [UInt8] {
    var writer = FieldWriter()
    do {
        try writer.append(
            response, version: Body.apiKey.advertisedVersions.upperBound, correlationID: 1)
    } catch {
        preconditionFailure("a seed cannot be written: \(error)")
    }
    let headerByteCount = FrameLength.byteCount + 5
    return Array(unsafe writer.joined(with: records.span.bytes).dropFirst(headerByteCount))
}
