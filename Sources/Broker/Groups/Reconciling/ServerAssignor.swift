import RecordFormat

/// Who gets which partitions, decided by the broker (KIP-848). Raw values are Kafka's names.
enum ServerAssignor: String, Sendable, CaseIterable {
    /// Everybody as many as the others, and of those each had before as many as possible.
    case uniform
    /// Of each topic a range, so that members that read several topics get the same numbers of each.
    case range

    /// What an assignor knows of a member.
    struct Member: Sendable {
        var id: String
        /// It keeps its place in the order under its next member id.
        var instanceID: String?
        var topics: Set<TopicID>
        /// What was assigned to it last.
        var previous: PartitionSet
    }

    /// Each partition of a topic goes to one of the members that subscribe to it, if there is one.
    ///
    /// - Parameter partitionCounts: of all topics that members subscribe to.
    func assign(_ members: [Member], partitionCounts: [TopicID: Int32]) -> [String: PartitionSet] {
        let ordered = members.sorted(by: Self.isBefore)
        switch self {
        case .uniform: return UniformAssignment(ordered, partitionCounts).assigned
        case .range: return Self.ranges(ordered, partitionCounts)
        }
    }

    /// Static members first, whose names last.
    private static func isBefore(_ one: Member, _ other: Member) -> Bool {
        switch (one.instanceID, other.instanceID) {
        case (let first?, let second?): first < second
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): one.id < other.id
        }
    }

    private static func ranges(
        _ members: [Member], _ partitionCounts: [TopicID: Int32]
    ) -> [String: PartitionSet] {
        var readers: [TopicID: [String]] = [:]
        for member in members {
            for topic in member.topics { readers[topic, default: []].append(member.id) }
        }
        var assigned = Dictionary(uniqueKeysWithValues: members.map { ($0.id, PartitionSet()) })
        for (topic, count) in partitionCounts {
            guard let readers = readers[topic] else { continue }
            let (share, rest) = Int(count).quotientAndRemainder(dividingBy: readers.count)
            var next: Int32 = 0
            for (index, reader) in readers.enumerated() {
                let end = next + Int32(share + (index < rest ? 1 : 0))
                assigned[reader]?.insert(next..<end, of: topic)
                next = end
            }
        }
        return assigned
    }
}
