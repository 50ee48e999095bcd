import KafkaProtocol
import RecordFormat

// The records of a group of the consumer protocol in `__consumer_offsets`: key versions 3–8 and 16, value
// version 0, which is flexible. They are those of Kafka 4.0; later versions read them. Kafka's later tagged
// fields are passed over: a hash of topics, times.
//
// | Key | About | Value |
// |---|---|---|
// | 3 | the group | its epoch |
// | 4 | the group | the subscribed topics, with their numbers of partitions |
// | 5 | a member | its subscription |
// | 6 | the group | the epoch of the assignment |
// | 7 | a member | its part of the assignment |
// | 8 | a member | how far it is with that |
// | 16 | a regular expression | the topics that it matches |

/// What a `ReconciledGroup` wants to be written; nil ends what was written before.
enum ReconciledGroupRecord: AssignedMembersRecord, Equatable {
    case epoch(Int32?)
    case topics([String: ReconciledGroup.Topic]?)
    case subscription(memberID: String, ReconciledMember.Subscription?)
    case assignmentEpoch(Int32?)
    case target(memberID: String, PartitionSet?)
    case progress(memberID: String, ReconciledMember.Progress?)
    case resolution(pattern: String, ReconciledGroup.Resolution?)

    var isTombstone: Bool { value == nil }
}

extension ReconciledGroupRecord {
    static let keyVersions: Set<Int16> = [3, 4, 5, 6, 7, 8, 16]
    static let valueVersion: Int16 = 0

    var keyVersion: Int16 {
        switch self {
        case .epoch: 3
        case .topics: 4
        case .subscription: 5
        case .assignmentEpoch: 6
        case .target: 7
        case .progress: 8
        case .resolution: 16
        }
    }

    func key(group: String) -> any FieldSet {
        switch self {
        case .epoch, .topics, .assignmentEpoch: GroupKey(group: group)
        case .subscription(let memberID, _), .target(let memberID, _), .progress(let memberID, _):
            MemberKey(group: group, memberID: memberID)
        case .resolution(let pattern, _): RegularExpressionKey(group: group, pattern: pattern)
        }
    }

    var value: (any FieldSet)? {
        switch self {
        case .epoch(let epoch), .assignmentEpoch(let epoch): epoch.map { EpochValue(epoch: $0) }
        case .topics(let topics): topics.map { TopicsValue($0) }
        case .subscription(_, let subscription): subscription.map { SubscriptionValue($0) }
        case .target(_, let partitions): partitions.map { TargetValue(topicPartitions: $0.wire) }
        case .progress(_, let progress): progress.map { ProgressValue($0) }
        case .resolution(_, let resolution): resolution.map { ResolutionValue($0) }
        }
    }
}

extension ReconciledGroupRecord {
    /// Reads a record whose key has one of `keyVersions`.
    static func read(key: RawSpan, value: RawSpan?) throws(ProtocolError) -> OffsetsTopicRecord {
        let version = try VersionedFields.version(of: key, in: OffsetsTopicRecord.self)
        switch version {
        case 5, 7, 8:
            let about = try VersionedFields.decode(MemberKey.self, key)
            return .reconciled(
                group: about.group, try read(version, of: about.memberID, value))
        case 16:
            let about = try VersionedFields.decode(RegularExpressionKey.self, key)
            let resolution = try read(ResolutionValue.self, value)
            return .reconciled(
                group: about.group,
                .resolution(pattern: about.pattern, resolution.map { .init($0) }))
        default:
            let about = try VersionedFields.decode(GroupKey.self, key)
            return .reconciled(group: about.group, try read(version, value))
        }
    }

    private static func read(
        _ keyVersion: Int16, of memberID: String, _ value: RawSpan?
    ) throws(ProtocolError) -> ReconciledGroupRecord {
        switch keyVersion {
        case 5:
            let subscription = try read(SubscriptionValue.self, value)
            return .subscription(memberID: memberID, subscription.map { .init($0) })
        case 7:
            let target = try read(TargetValue.self, value)
            return .target(
                memberID: memberID, target.map { PartitionSet($0.topicPartitions) })
        default:
            let progress = try read(ProgressValue.self, value)
            return .progress(memberID: memberID, progress.map { .init($0) })
        }
    }

    private static func read(
        _ keyVersion: Int16, _ value: RawSpan?
    ) throws(ProtocolError) -> ReconciledGroupRecord {
        switch keyVersion {
        case 3: .epoch(try read(EpochValue.self, value)?.epoch)
        case 4: .topics(try read(TopicsValue.self, value)?.byName)
        default: .assignmentEpoch(try read(EpochValue.self, value)?.epoch)
        }
    }

    private static func read<Fields: FieldSet>(
        _: Fields.Type, _ value: RawSpan?
    ) throws(ProtocolError) -> Fields? {
        guard let value else { return nil }
        return try VersionedFields.decode(Fields.self, value, firstFlexible: valueVersion)
    }
}
