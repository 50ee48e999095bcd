import KafkaProtocol
import RecordFormat

/// What a `GroupMembership` wants done, in this order.
enum MembershipAction: Hashable, Sendable {
    /// To be answered by `answered` or `requestFailed`, with the ticket.
    case send(GroupRequest, ticket: Int)
    /// To be answered by `assigned`: this member leads.
    case assign(PartitionAssignor, [SubscribedMember])
    /// The member is to give these up: to stop fetching them, and to commit what it took. To be
    /// answered by `revoked`; the group waits for it.
    case revoke([TopicPartition])
    /// These are another member's by now: nothing can be committed.
    case lose([TopicPartition])
    /// These are the member's from now on.
    case take([TopicPartition])
    /// To be answered by `ReconciledMembership.noticed`, once the metadata has changed.
    case refreshTopics
    /// The last action.
    case fail(GroupError)
    /// The member has left.
    case left
}

enum GroupRequest: Hashable, Sendable {
    case findCoordinator
    case join(JoinGroupRequest)
    case sync(SyncGroupRequest)
    case heartbeat(HeartbeatRequest)
    case leave(LeaveGroupRequest)
    case consumerHeartbeat(ConsumerGroupHeartbeatRequest)
    case shareHeartbeat(ShareGroupHeartbeatRequest)

    var apiKey: ApiKey {
        switch self {
        case .findCoordinator: .findCoordinator
        case .join: .joinGroup
        case .sync: .syncGroup
        case .heartbeat: .heartbeat
        case .leave: .leaveGroup
        case .consumerHeartbeat: .consumerGroupHeartbeat
        case .shareHeartbeat: .shareGroupHeartbeat
        }
    }
}

enum GroupAnswer: Hashable, Sendable {
    /// Whoever sends the requests keeps the address.
    case coordinator(ErrorCode)
    case join(JoinGroupResponse)
    case sync(SyncGroupResponse)
    case heartbeat(ErrorCode)
    case leave(ErrorCode)
    case reconciling(HeartbeatAnswer)
}

/// What a coordinator that assigns the partitions itself says to a heartbeat.
struct HeartbeatAnswer: Hashable, Sendable {
    var errorCode: ErrorCode
    var memberID: String?
    var memberEpoch: Int32
    var intervalMs: Int64
    /// Nil where it has not changed.
    var assigned: [TopicIDPartitions]?

    init(_ response: ConsumerGroupHeartbeatResponse) {
        errorCode = response.errorCode
        memberID = response.memberID
        memberEpoch = response.memberEpoch
        intervalMs = Int64(response.heartbeatIntervalMs)
        assigned = response.assignment?.topicPartitions
    }

    init(_ response: ShareGroupHeartbeatResponse) {
        errorCode = response.errorCode
        memberID = response.memberID
        memberEpoch = response.memberEpoch
        intervalMs = Int64(response.heartbeatIntervalMs)
        assigned = response.assignment?.topicPartitions
    }
}
