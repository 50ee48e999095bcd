/// What an operator may set about groups and committed offsets, under Kafka's names and with
/// Kafka's defaults.
struct GroupConfig: Sendable, Equatable {
    /// `group.min.session.timeout.ms`
    var minSessionTimeoutMs: Int32 = 6_000
    /// `group.max.session.timeout.ms`
    var maxSessionTimeoutMs: Int32 = 1_800_000
    /// `group.consumer.session.timeout.ms`
    var consumerSessionTimeoutMs: Int64 = 45_000
    /// `group.consumer.heartbeat.interval.ms`
    var consumerHeartbeatIntervalMs: Int32 = 5_000
    /// `group.consumer.max.size`
    var consumerMaxSize = Int(Int32.max)
    /// `group.consumer.assignors`; the first is that of members that name none.
    var consumerAssignors = ServerAssignor.allCases
    /// `group.consumer.migration.policy`
    var migrationPolicy = GroupMigrationPolicy.bidirectional
    /// `group.consumer.regex.refresh.interval.ms`: after so long a regular expression is resolved again
    /// though no topics have come or gone.
    var consumerRegexRefreshIntervalMs: Int64 = 600_000
    /// `group.share.session.timeout.ms`
    var shareSessionTimeoutMs: Int64 = 45_000
    /// `group.share.heartbeat.interval.ms`
    var shareHeartbeatIntervalMs: Int32 = 5_000
    /// `group.share.max.size`
    var shareMaxSize = 200
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members to come.
    var initialRebalanceDelayMs: Int32 = 3_000
    /// `group.max.size`
    var maxSize = Int(Int32.max)
    /// `weir.max.groups`: so many groups with members or offsets there may be.
    var maxGroups = 100_000
    /// `weir.group.member.max.bytes`: what a member says of itself, and what it is assigned by another
    /// member.
    var memberMaxBytes = 1 << 20
    /// `weir.group.max.bytes`: of all members of a group together.
    var groupMaxBytes = 16 << 20
    /// `weir.groups.max.bytes`: of all groups together.
    var groupsMaxBytes = 256 << 20
    /// `offsets.retention.minutes`, in milliseconds.
    var offsetsRetentionMs: Int64 = 7 * 24 * 3_600_000
    /// `offsets.retention.check.interval.ms`
    var offsetsRetentionCheckIntervalMs: Int64 = 600_000
    /// `offset.metadata.max.bytes`, of one partition's metadata.
    var offsetMetadataMaxBytes = 4096
    /// `offsets.topic.num.partitions`
    var offsetsTopicPartitionCount: Int32 = 50
    /// `offsets.topic.segment.bytes`
    var offsetsTopicSegmentBytes: Int64 = 104_857_600

    /// Members and assignments of up to so many bytes are small.
    static let largestSmallByteCount = 64 << 10

    /// Members that were named and have not come back with their name, in one group. Kafka has no
    /// such bound; each costs memory until its session timeout.
    static let maximumPendingMembers = 10_000
    /// A member that says it owns more partitions is believed no more than twice as many as it was given.
    static let smallOwnedCount = 10_000
    /// A regular expression is not resolved again before this age, even if topics came or went. In Kafka
    /// it is 10 s.
    static let shortestRegexRefreshMs: Int64 = 1000
    /// So many of a group's regular expressions are resolved for one heartbeat.
    static let maximumPatternsAtOnce = 16
    /// The steps that matching a regular expression may take, besides those for each topic there is.
    static let patternSteps = 5_000_000
    static let patternStepsOfTopic = 500
    /// How long a member's first join may wait before the group gives up on it.
    static let newMemberJoinTimeoutMs: Int64 = 5 * 60 * 1000
}
