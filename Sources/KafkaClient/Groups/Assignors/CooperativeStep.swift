import RecordFormat

/// The first half of a cooperative rebalance (KIP-429).
enum CooperativeStep {
    /// `ideal` without the partitions that another member still owns: that one sees that it is to
    /// give them up, does, and joins again; only then are they anybody's to get.
    static func withoutMovingPartitions(
        _ ideal: [String: [TopicPartition]], _ members: [SubscribedMember]
    ) -> [String: [TopicPartition]] {
        var owners: [TopicPartition: Set<String>] = [:]
        for member in members {
            for partition in member.owned { owners[partition, default: []].insert(member.memberID) }
        }
        return Dictionary(
            uniqueKeysWithValues: ideal.map { memberID, partitions in
                (
                    memberID,
                    partitions.filter { owners[$0]?.contains(memberID) ?? true }
                )
            })
    }
}
