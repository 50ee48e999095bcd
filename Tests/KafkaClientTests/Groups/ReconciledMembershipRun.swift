import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

/// A membership of the consumer protocol, or of a share group, with a clock, and the coordinator's side of the talk.
struct ReconciledMembershipRun: MemberRun {
    static let topicID = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)

    var member: ReconciledMembership
    var nowMs: Int64 = 1_000
    /// Of the last request that was looked at.
    var ticket = 0

    init(
        kind: ReconciledMembership.Kind = .consumer, instanceID: String = "", assignor: String = "",
        knowsTopic: Bool = true
    ) {
        var group = GroupSettings()
        group.groupID = "g"
        group.groupProtocol = .consumer
        group.groupInstanceID = instanceID
        group.remoteAssignor = assignor
        member = ReconciledMembership(
            kind, group: group, topics: ["t"], rack: "r", memberID: "m",
            backoff: Backoff(initialMs: 100, maximumMs: 1_000), nowMs: nowMs)
        if knowsTopic { member.noticed([Self.topicID: "t"], nowMs: nowMs) }
    }

    /// In epoch 3, with these partitions, of which the coordinator knows.
    static func stable(
        _ partitions: [Int32] = [0, 1], instanceID: String = ""
    ) throws -> ReconciledMembershipRun {
        var run = ReconciledMembershipRun(instanceID: instanceID)
        run.find()
        _ = try run.heartbeat()
        run.answer(epoch: 3, partitions)
        _ = try run.heartbeat()
        run.answer(epoch: 3)
        _ = run.actions
        return run
    }

    /// The heartbeat that it sends now.
    mutating func heartbeat() throws -> ConsumerGroupHeartbeatRequest {
        guard case .send(.consumerHeartbeat(let request), _)? = actions.last else {
            throw ProtocolBroken()
        }
        return request
    }

    mutating func answer(
        _ code: ErrorCode = .none, epoch: Int32 = 3, intervalMs: Int32 = 5_000,
        _ partitions: [Int32]? = nil, of topicID: TopicID = topicID
    ) {
        var response = ConsumerGroupHeartbeatResponse()
        response.errorCode = code
        response.memberID = "m"
        response.memberEpoch = epoch
        response.heartbeatIntervalMs = intervalMs
        if let partitions {
            var topic = TopicIDPartitions()
            topic.topicID = topicID
            topic.partitions = partitions
            var assignment = ConsumerGroupHeartbeatResponse.Assignment()
            assignment.topicPartitions = [topic]
            response.assignment = assignment
        }
        member.answered(.reconciling(HeartbeatAnswer(response)), ticket: ticket, nowMs: nowMs)
    }
}
