import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization

@testable import KafkaClient

/// A broker with one share group that reads one partition, as far as a client can see: each record is one member's
/// until it acknowledges it, releases it, or closes its session.
final class ScriptedShareGroup: Sendable {
    /// What the broker says of share groups.
    enum Support: Sendable {
        case whole
        /// It does not know the requests.
        case none
        /// Their versions are those of Kafka 4.1.
        case old
        /// It knows them, and refuses them.
        case switchedOff
    }

    private struct Session {
        var epoch: Int32
        var held = OffsetRanges()
    }

    private struct State {
        var available = OffsetRanges()
        var deliveryCounts: [Offset: Int16] = [:]
        var accepted = OffsetRanges()
        var sessions: [String: Session] = [:]
        var members: Set<String> = []
        var isRefusing = false
    }

    static let topicID = TopicID(mostSignificantBits: 7, leastSignificantBits: 7)

    private let support: Support
    private let state = Mutex(State())
    private let port = Mutex(0)

    init(_ support: Support = .whole) { self.support = support }

    func cluster() async throws -> ScriptedCluster {
        let cluster = try await ScriptedCluster(1) { [self] _, request in
            try answer(request)
        }
        cluster.topicID.withLock { $0 = Self.topicID }
        port.withLock { $0 = cluster[1]?.port ?? 0 }
        return cluster
    }

    /// Records from 0 on are there.
    func write(_ count: Int64) {
        state.withLock { $0.available.insert(Offset(0)...Offset(count - 1)) }
    }

    /// From now on acknowledgements come too late.
    func endLocks() { state.withLock { $0.isRefusing = true } }

    var accepted: OffsetRanges { state.withLock { $0.accepted } }
    var members: Set<String> { state.withLock { $0.members } }
    var available: OffsetRanges { state.withLock { $0.available } }

    private func answer(_ request: ScriptedBroker.Received) throws -> [ScriptedBroker.Reply] {
        switch request.apiKey {
        case .findCoordinator:
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = "sharers"
            coordinator.nodeID = 1
            coordinator.host = "127.0.0.1"
            coordinator.port = Int32(port.withLock { $0 })
            var response = FindCoordinatorResponse()
            response.coordinators = [coordinator]
            return [try request.answered(by: response)]
        case .apiVersions where support == .none:
            var versions = ScriptedBroker.versions
            versions.apiKeys.removeAll { $0.apiKey == ApiKey.shareGroupHeartbeat.rawValue }
            return [try request.answered(by: versions)]
        case .apiVersions where support == .old:
            var versions = ScriptedBroker.versions
            for place in versions.apiKeys.indices
            where [ApiKey.shareFetch, .shareAcknowledge].map(\.rawValue)
                .contains(versions.apiKeys[place].apiKey)
            {
                versions.apiKeys[place].maxVersion = 1
            }
            return [try request.answered(by: versions)]
        case .shareGroupHeartbeat where support == .switchedOff:
            var response = ShareGroupHeartbeatResponse()
            response.errorCode = .unsupportedVersion
            return [try request.answered(by: response)]
        case .shareGroupHeartbeat:
            return [try request.answered(by: heartbeat(try request.body()))]
        case .shareFetch: return [try fetch(request)]
        case .shareAcknowledge:
            return [try request.answered(by: acknowledge(try request.body()))]
        default: return []
        }
    }

    private func heartbeat(_ request: ShareGroupHeartbeatRequest) -> ShareGroupHeartbeatResponse {
        var response = ShareGroupHeartbeatResponse()
        response.memberID = request.memberID
        response.memberEpoch = max(request.memberEpoch, 1)
        response.heartbeatIntervalMs = 5_000
        state.withLock { state in
            if request.memberEpoch < 0 {
                state.members.remove(request.memberID)
                response.memberEpoch = -1
            } else if request.memberEpoch == 0 {
                state.members.insert(request.memberID)
                var topic = TopicIDPartitions()
                topic.topicID = Self.topicID
                topic.partitions = [0]
                var assignment = ShareGroupHeartbeatResponse.Assignment()
                assignment.topicPartitions = [topic]
                response.assignment = assignment
            }
        }
        return response
    }

    private func fetch(_ received: ScriptedBroker.Received) throws -> ScriptedBroker.Reply {
        let request: ShareFetchRequest = try received.body()
        let member = request.memberID ?? ""
        var response = ShareFetchResponse()
        var records: [UInt8] = []
        try state.withLock { state in
            if request.shareSessionEpoch == 0 {
                state.sessions[member] = Session(epoch: 0)
            } else if state.sessions[member]?.epoch != request.shareSessionEpoch {
                response.errorCode = .shareSessionNotFound
                return
            }
            state.sessions[member]?.epoch += 1
            var part = ShareFetchResponse.Partition()
            part.acknowledgeErrorCode = Self.take(request.topics, of: member, &state)
            // Up to ten at a time, in batches of five.
            if let first = state.available.ranges.first {
                let last = min(first.upperBound, first.lowerBound.advanced(by: 9))
                let base = first.lowerBound.rawValue / 5 * 5
                for start in stride(from: base, through: last.rawValue, by: 5) {
                    records += try storedBatch(
                        (start..<start + 5).map(String.init), base: start)
                }
                for offset in first.lowerBound.rawValue...last.rawValue {
                    state.deliveryCounts[Offset(offset), default: 0] += 1
                    var range = ShareFetchResponse.AcquiredRecords()
                    (range.firstOffset, range.lastOffset) = (Offset(offset), Offset(offset))
                    range.deliveryCount = state.deliveryCounts[Offset(offset)] ?? 0
                    part.acquiredRecords.append(range)
                }
                state.available.remove(first.lowerBound...last)
                state.sessions[member]?.held.insert(first.lowerBound...last)
            }
            part.records = RecordsRange(position: 0, byteCount: records.count)
            var topic = ShareFetchResponse.Topic()
            topic.topicID = Self.topicID
            topic.partitions = [part]
            response.responses = [topic]
            response.acquisitionLockTimeoutMs = 30_000
        }
        var writer = FieldWriter()
        try writer.append(
            response, version: received.header.apiVersion,
            correlationID: received.header.correlationID)
        return .send(unsafe writer.joined(with: records.span.bytes))
    }

    private func acknowledge(_ request: ShareAcknowledgeRequest) -> ShareAcknowledgeResponse {
        let member = request.memberID ?? ""
        var response = ShareAcknowledgeResponse()
        state.withLock { state in
            let isLast = request.shareSessionEpoch == -1
            guard let session = state.sessions[member],
                isLast || session.epoch == request.shareSessionEpoch
            else {
                response.errorCode = .shareSessionNotFound
                return
            }
            state.sessions[member]?.epoch += 1
            var part = ShareAcknowledgeResponse.Partition()
            part.errorCode = Self.take(request.topics, of: member, &state)
            var topic = ShareAcknowledgeResponse.Topic()
            topic.topicID = Self.topicID
            topic.partitions = [part]
            response.responses = [topic]
            guard isLast else { return }
            for range in state.sessions[member]?.held.ranges ?? [] { state.available.insert(range) }
            state.sessions[member] = nil
        }
        return response
    }

    private static func take(
        _ topics: [ShareFetchRequest.Topic], of member: String, _ state: inout State
    ) -> ErrorCode {
        for batch in topics.flatMap(\.partitions).flatMap(\.acknowledgementBatches) {
            let range = batch.firstOffset...batch.lastOffset
            guard !state.isRefusing, state.sessions[member]?.held.contains(range) == true,
                let type = batch.acknowledgeTypes.first.flatMap(AcknowledgeType.init)
            else { return .invalidRecordState }
            if type == .renew { continue }
            state.sessions[member]?.held.remove(range)
            if type == .release {
                state.available.insert(range)
            } else {
                state.accepted.insert(range)
            }
        }
        return .none
    }
}
