import KafkaProtocol
import RecordFormat

/// Why a member cannot go on, in words for whoever configured it.
public enum GroupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The coordinator refused the request, and would refuse it again.
    case refused(ApiKey, ErrorCode, group: String)
    /// Another process joined with the same `group.instance.id`.
    case fencedInstance(String, group: String)
    /// The generation is over: the partitions are another member's, or will be.
    case commitFailed(ErrorCode, group: String)
    /// Offsets of this partition cannot be committed or read.
    case partition(TopicPartition, ErrorCode, group: String)
    /// The coordinator cannot be reached, and that will not change by itself.
    case unreachable(String, group: String)
    /// A broker is too old for something that a share consumer is to do, with which the sentence begins.
    case tooOld(String, group: String)
    /// What the coordinator or another member sent makes no sense.
    case invalidAnswer(String, group: String)

    public var description: String {
        switch self {
        case .refused(.consumerGroupHeartbeat, .unsupportedVersion, let group):
            "group \(group): the brokers do not have the consumer protocol (KIP-848). Set "
                + "group.protocol=classic, or use Kafka 4.0 or later with group.version=1."
        case .refused(.shareGroupHeartbeat, .unsupportedVersion, let group):
            "group \(group): the brokers have no share groups (KIP-932). Use Kafka 4.2 or later with "
                + "share.version=1, or consumers of another protocol."
        case .refused(.shareGroupHeartbeat, .groupMaxSizeReached, let group):
            "group \(group): the coordinator answers \(ApiKey.shareGroupHeartbeat) with GROUP_MAX_SIZE_REACHED. The "
                + "broker's group.share.max.size is reached: use fewer members, or raise it."
        case .refused(let api, let code, let group)
        where api == .shareFetch || api == .shareAcknowledge:
            "group \(group): the leader of a partition answers \(api) with \(code.name). \(Self.remedy(code))"
        case .refused(let api, let code, let group):
            "group \(group): the coordinator answers \(api) with \(code.name). \(Self.remedy(code))"
        case .fencedInstance(let instance, let group):
            "group \(group): another member has joined with group.instance.id=\(instance). Give "
                + "each member an id of its own."
        case .commitFailed(let code, let group):
            "group \(group): the offsets were not committed (\(code.name)), because the group has "
                + "gone on without this member. Take records more often than max.poll.interval.ms, or "
                + "raise it."
        case .partition(let partition, let code, let group):
            "group \(group): offsets of \(partition) are refused with \(code.name)"
        case .tooOld(let what, let group):
            "group \(group): \(what) needs ShareFetch and ShareAcknowledge 2 (KIP-1206, KIP-1222), which a broker "
                + "does not have. Do without it, or use Kafka 4.2 or later."
        case .unreachable(let reason, let group), .invalidAnswer(let reason, let group):
            "group \(group): \(reason)"
        }
    }

    private static func remedy(_ code: ErrorCode) -> String {
        switch code {
        case .inconsistentGroupProtocol:
            "All members need a common partition.assignment.strategy; see those of the others."
        case .invalidSessionTimeout:
            "Set session.timeout.ms between the broker's group.min.session.timeout.ms and "
                + "group.max.session.timeout.ms."
        case .groupMaxSizeReached: "The broker's group.max.size is reached: use fewer members."
        case .groupAuthorizationFailed: "The user needs READ on the group."
        case .unreleasedInstanceID:
            "Another member with this group.instance.id is in the group: close it, or wait until its session "
                + "ends."
        case .unsupportedAssignor:
            "Set group.remote.assignor to one of the brokers' group.consumer.assignors."
        case .groupIDNotFound:
            "A group of another kind has this name: end its members, or take another group.id."
        case .topicAuthorizationFailed: "The user needs DESCRIBE on the topics."
        case .invalidGroupID: "Set group.id to a name that is not empty."
        default: "It will not go away by itself."
        }
    }
}
