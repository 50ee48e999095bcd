import KafkaProtocol
import RecordFormat

// The records of a share group in `__consumer_offsets`: key versions 10–15, value version 0, which is flexible. They are
// those of Kafka 4.2. Key version 9, of Kafka 4.0's early access, is passed over.
//
// | Key | About | Value |
// |---|---|---|
// | 10 | a member | what it says of itself |
// | 11 | the group | its epoch, and a hash of its topics, which is 0 here: Kafka then makes an assignment anew |
// | 12 | the group | the epoch of its assignment |
// | 13 | a member | what it is assigned |
// | 14 | a member | its epoch, and what it has taken up |
// | 15 | the group | the partitions in which it has a place; here none is ever being initialized or deleted |

/// One record of a share group: what is to be written; nil ends what was written before.
enum ShareGroupRecord: AssignedMembersRecord, Equatable {
    case subscription(memberID: String, ShareGroupMember.Subscription?)
    case epoch(Int32?)
    case assignmentEpoch(Int32?)
    case target(memberID: String, PartitionSet?)
    case progress(memberID: String, ShareGroupMember.Progress?)
    case shared([TopicID: ShareGroup.SharedTopic]?)

    var isTombstone: Bool { value == nil }
}

extension ShareGroupRecord {
    static let keyVersions: Set<Int16> = [10, 11, 12, 13, 14, 15]
    static let valueVersion: Int16 = 0

    var keyVersion: Int16 {
        switch self {
        case .subscription: 10
        case .epoch: 11
        case .assignmentEpoch: 12
        case .target: 13
        case .progress: 14
        case .shared: 15
        }
    }

    func key(group: String) -> any FieldSet {
        switch self {
        case .epoch, .assignmentEpoch, .shared: ReconciledGroupRecord.GroupKey(group: group)
        case .subscription(let memberID, _), .target(let memberID, _), .progress(let memberID, _):
            ReconciledGroupRecord.MemberKey(group: group, memberID: memberID)
        }
    }

    var value: (any FieldSet)? {
        switch self {
        case .epoch(let epoch): epoch.map { EpochValue(epoch: $0) }
        case .assignmentEpoch(let epoch):
            epoch.map { ReconciledGroupRecord.EpochValue(epoch: $0) }
        case .subscription(_, let subscription): subscription.map { SubscriptionValue($0) }
        case .target(_, let partitions):
            partitions.map { ReconciledGroupRecord.TargetValue(topicPartitions: $0.wire) }
        case .progress(_, let progress): progress.map { ProgressValue($0) }
        case .shared(let topics): topics.map { SharedValue($0) }
        }
    }

    /// Reads a record whose key has one of `keyVersions`.
    static func read(key: RawSpan, value: RawSpan?) throws(ProtocolError) -> OffsetsTopicRecord {
        let version = try VersionedFields.version(of: key, in: OffsetsTopicRecord.self)
        switch version {
        case 10, 13, 14:
            let about = try VersionedFields.decode(ReconciledGroupRecord.MemberKey.self, key)
            return .share(group: about.group, try read(version, of: about.memberID, value))
        default:
            let about = try VersionedFields.decode(ReconciledGroupRecord.GroupKey.self, key)
            return .share(group: about.group, try read(version, value))
        }
    }

    private static func read(
        _ keyVersion: Int16, of memberID: String, _ value: RawSpan?
    ) throws(ProtocolError) -> ShareGroupRecord {
        switch keyVersion {
        case 10:
            let subscription = try read(SubscriptionValue.self, value)
            return .subscription(memberID: memberID, subscription.map { .init($0) })
        case 13:
            let target = try read(ReconciledGroupRecord.TargetValue.self, value)
            return .target(memberID: memberID, target.map { PartitionSet($0.topicPartitions) })
        default:
            let progress = try read(ProgressValue.self, value)
            return .progress(memberID: memberID, progress.map { .init($0) })
        }
    }

    private static func read(
        _ keyVersion: Int16, _ value: RawSpan?
    ) throws(ProtocolError) -> ShareGroupRecord {
        switch keyVersion {
        case 11: .epoch(try read(EpochValue.self, value)?.epoch)
        case 12: .assignmentEpoch(try read(ReconciledGroupRecord.EpochValue.self, value)?.epoch)
        default: .shared(try read(SharedValue.self, value)?.byID)
        }
    }

    private static func read<Fields: FieldSet>(
        _: Fields.Type, _ value: RawSpan?
    ) throws(ProtocolError) -> Fields? {
        guard let value else { return nil }
        return try VersionedFields.decode(Fields.self, value, firstFlexible: valueVersion)
    }
}
