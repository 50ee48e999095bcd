import KafkaProtocol
import RecordFormat

@testable import Broker

/// A member of a share group, as a client plays one: its session, and what it has fetched.
final class ShareMember {
    struct Fetched {
        var response = ShareFetchResponse()
        /// The values of the records that were acquired, by offset.
        var values: [Int64: String] = [:]
        var ranges: [ShareFetchResponse.AcquiredRecords] = []

        var offsets: [Int64] { values.keys.sorted() }
        var counts: [Int16] { ranges.map(\.deliveryCount) }
    }

    let client: TestClient
    let group: String
    let id: String
    let topicID: TopicID
    var epoch: Int32 = 0
    var version: Int16 = 2

    init(_ broker: TestBroker, _ topic: String, group: String = "g", id: String) throws {
        client = try broker.client()
        self.group = group
        self.id = id
        topicID = broker.broker.log.topicID(of: topic) ?? .none
        if !group.isEmpty { try join(topic) }
    }

    /// Joins, once the coordinator has read its topic, or created it.
    private func join(_ topic: String) throws {
        var heartbeat = ShareGroupHeartbeatRequest()
        heartbeat.groupID = group
        heartbeat.memberID = id
        heartbeat.subscribedTopicNames = [topic]
        while true {
            let response = try client.ask(heartbeat, version: 1)
            if response.errorCode == .none { return }
            guard response.errorCode.isRetriable else { throw Refusal(response.errorCode, "") }
        }
    }

    func leave() throws -> ErrorCode {
        var heartbeat = ShareGroupHeartbeatRequest()
        heartbeat.groupID = group
        heartbeat.memberID = id
        heartbeat.memberEpoch = -1
        return try client.ask(heartbeat, version: 1).errorCode
    }

    func request(
        _ acknowledgements: [(Int64, Int64, AcknowledgeType)] = [], partitions: [Int32] = [0],
        maxWaitMs: Int32 = 0, maxRecords: Int32 = 500
    ) -> ShareFetchRequest {
        var request = ShareFetchRequest()
        request.groupID = group
        request.memberID = id
        request.shareSessionEpoch = epoch
        request.maxWaitMs = maxWaitMs
        request.minBytes = 1
        request.maxBytes = 1 << 20
        request.maxRecords = maxRecords
        request.batchSize = maxRecords
        if epoch == 0 || !acknowledgements.isEmpty {
            request.topics = [topic(acknowledgements, partitions)]
        }
        return request
    }

    private func topic(
        _ acknowledgements: [(Int64, Int64, AcknowledgeType)], _ partitions: [Int32]
    ) -> ShareFetchRequest.Topic {
        var topic = ShareFetchRequest.Topic()
        topic.topicID = topicID
        topic.partitions = partitions.map { index in
            var partition = ShareFetchRequest.Partition()
            partition.partitionIndex = index
            partition.acknowledgementBatches = acknowledgements.map { first, last, type in
                var batch = ShareAcknowledgementBatch()
                batch.firstOffset = Offset(first)
                batch.lastOffset = Offset(last)
                batch.acknowledgeTypes = [type.rawValue]
                return batch
            }
            return partition
        }
        return topic
    }

    func fetch(
        _ acknowledgements: [(Int64, Int64, AcknowledgeType)] = [], partitions: [Int32] = [0],
        maxWaitMs: Int32 = 0, maxRecords: Int32 = 500
    ) throws -> Fetched {
        try send(
            request(
                acknowledgements, partitions: partitions, maxWaitMs: maxWaitMs,
                maxRecords: maxRecords))
        return try receive()
    }

    func send(_ request: ShareFetchRequest) throws {
        try client.post(request, version: version)
        if epoch >= 0 { epoch += 1 }
    }

    func receive() throws -> Fetched {
        let (_, body, frame) = try client.response(ShareFetchResponse.self, version: version)
        var fetched = Fetched()
        fetched.response = body
        for partition in body.responses.flatMap(\.partitions) {
            fetched.ranges += partition.acquiredRecords
            guard let records = partition.records else { throw TestClient.Failure.closed }
            for (offset, value) in try testRecords(Array(frame[records.range]))
            where partition.acquiredRecords.contains(where: {
                $0.firstOffset.rawValue <= offset && offset <= $0.lastOffset.rawValue
            }) { fetched.values[offset] = value }
        }
        return fetched
    }

    /// The whole answer's code, or else that of its first partition.
    func acknowledge(
        _ acknowledgements: (Int64, Int64, AcknowledgeType)...
    ) throws -> ErrorCode {
        var request = ShareAcknowledgeRequest()
        request.groupID = group
        request.memberID = id
        request.shareSessionEpoch = epoch
        request.isRenewAck = acknowledgements.contains { $0.2 == .renew }
        request.topics = acknowledgements.isEmpty ? [] : [topic(acknowledgements, [0])]
        if epoch >= 0 { epoch += 1 }
        let response = try client.ask(request, version: version)
        if response.errorCode != .none { return response.errorCode }
        return response.responses.first?.partitions.first?.errorCode ?? .none
    }

    /// Ends the session.
    func close() throws -> ErrorCode {
        epoch = ShareSessions.finalEpoch
        return try acknowledge()
    }
}
