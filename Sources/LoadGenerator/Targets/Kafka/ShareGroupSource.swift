import KafkaClient
import KafkaProtocol
import RecordFormat

/// Whom `KafkaSharePolls` asks about a share group.
protocol ShareGroupSource: Sendable {
    /// How far it is, by the partitions' indices.
    func progress() async throws -> [Int: ShareProgress]
    /// Its members and its epoch; nil where there is no such group.
    func description() async throws -> ShareGroupDescribeResponse.Group?
    /// How often the run's members have asked to join.
    func joinCount() async throws -> Int
}

/// The brokers, and the run's members themselves.
struct KafkaShareSource: ShareGroupSource {
    private let administrator: Administrator
    private let group: String
    private let members: [KafkaShareMember]
    /// Those that the group reads, by their indices.
    private let partitions: [Int: TopicPartition]

    init(
        _ administrator: Administrator, group: String, members: [KafkaShareMember],
        partitions: [Int: TopicPartition]
    ) {
        self.administrator = administrator
        self.group = group
        self.members = members
        self.partitions = partitions
    }

    func progress() async throws -> [Int: ShareProgress] {
        let all = Array(partitions.values)
        // First the ends: see `ShareProgress`.
        let ends = try await administrator.listOffsets(all, .latest)
        let told = try await administrator.shareGroupProgress(of: group, in: all)
        return partitions.compactMapValues { partition in
            told[partition].map {
                ShareProgress(
                    start: $0.startOffset, end: ends[partition]?.offset, lag: $0.lag)
            }
        }
    }

    func description() async throws -> ShareGroupDescribeResponse.Group? {
        try await administrator.describeShareGroup(group)
    }

    func joinCount() async throws -> Int {
        var sum = 0
        for member in members { sum += try await member.joinCount() }
        return sum
    }
}
