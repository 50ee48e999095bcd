import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

/// A membership with a clock, and the coordinator's side of the talk.
struct MembershipRun: MemberRun {
    var member: Membership
    var nowMs: Int64 = 1_000
    /// Of the last request that was looked at.
    var ticket = 0

    init(
        assignors: [PartitionAssignor] = [.range, .cooperativeSticky], instanceID: String = ""
    ) {
        var group = GroupSettings()
        group.groupID = "g"
        group.groupInstanceID = instanceID
        group.assignors = assignors
        member = Membership(
            group: group, topics: ["t"], backoff: Backoff(initialMs: 100, maximumMs: 1_000),
            nowMs: nowMs)
    }

    /// In generation 3 as `m`, with the first two partitions.
    static func stable(
        assignors: [PartitionAssignor] = [.range], instanceID: String = ""
    ) -> MembershipRun {
        var run = MembershipRun(assignors: assignors, instanceID: instanceID)
        run.find()
        _ = run.actions
        run.answerJoin(memberID: "m", generation: 3, leader: "other", assignor: assignors[0])
        _ = run.actions
        run.answerSync([run.partition(0), run.partition(1)])
        _ = run.actions
        return run
    }

    mutating func join() throws -> JoinGroupRequest {
        guard case .send(.join(let request), _)? = actions.last else {
            throw ProtocolBroken()
        }
        return request
    }

    mutating func sync() throws -> SyncGroupRequest {
        guard case .send(.sync(let request), _)? = actions.last else { throw ProtocolBroken() }
        return request
    }

    mutating func heartbeat() throws -> HeartbeatRequest {
        guard case .send(.heartbeat(let request), _)? = actions.last else {
            throw ProtocolBroken()
        }
        return request
    }

    mutating func answerJoin(
        _ code: ErrorCode = .none, memberID: String = "", generation: Int32 = -1,
        leader: String = "", assignor: PartitionAssignor = .range, members: [String] = [],
        skipAssignment: Bool = false
    ) {
        var response = JoinGroupResponse()
        response.errorCode = code
        response.memberID = memberID
        response.generationID = generation
        response.leader = leader
        response.protocolName = assignor.name
        response.skipAssignment = skipAssignment
        response.members = members.map { id in
            var subscription = ConsumerProtocolSubscription()
            subscription.topics = ["t"]
            var member = JoinGroupResponse.Member()
            member.memberID = id
            member.metadata = (try? subscription.encoded()) ?? OpaqueBytes()
            return member
        }
        member.answered(.join(response), ticket: ticket, nowMs: nowMs)
    }

    mutating func answerSync(_ partitions: [TopicPartition], _ code: ErrorCode = .none) {
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = ConsumerProtocolTopic.grouping(partitions)
        var response = SyncGroupResponse()
        response.errorCode = code
        response.assignment = (try? assignment.encoded()) ?? OpaqueBytes()
        member.answered(.sync(response), ticket: ticket, nowMs: nowMs)
    }

    mutating func answerHeartbeat(_ code: ErrorCode) {
        member.answered(.heartbeat(code), ticket: ticket, nowMs: nowMs)
    }
}
